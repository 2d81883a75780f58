//! TCP ports for programs that must be told theirs, and can't be asked which one the system gave them.
//!
//! A port that the system says is free is anybody's again before the program has it: another stage's driver, or a
//! connection to somewhere, which takes one of the same range. So these come from below that range, and each is one
//! stage's for as long as it is held, also among the processes of several tests: whoever has the odd port after it.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

use crate::failure::Failure;

/// How many there are: above the ports of services, and below those that Linux gives to connections (32,768 and above,
/// unless somebody changed it).
const COUNT: u16 = 5_000;
/// The first; the others follow it, two apart.
const FIRST: u16 = 21_000;

/// A port that nobody else is given until this is dropped.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    /// On the odd port after it: the system frees that when the process ends, however it ends.
    _held: TcpListener,
}

impl Port {
    /// One that nothing listens on.
    pub(crate) fn take() -> Result<Self, Failure> {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let from = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap_or_default();
        for _ in 0..COUNT {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            let number = FIRST + from.wrapping_add(step) % COUNT * 2;
            let listen = |number| TcpListener::bind((Ipv4Addr::LOCALHOST, number));
            let Ok(held) = listen(number + 1) else { continue };
            if listen(number).is_ok() {
                return Ok(Self { number, _held: held });
            }
        }
        let problem = format!("has none of {COUNT} to give");
        Err(Failure::Program { program: "the list of free ports".to_owned(), problem })
    }

    /// Its number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}
