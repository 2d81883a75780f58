//! TCP ports for programs that must be given one and can't report which one the system gave them.
//!
//! A port that the system reports as free may be taken before the program binds it: by another test's driver, or by an
//! outgoing connection, which uses the same range. So these come from below that range. Each is reserved, also across
//! test processes, by holding the odd port after it.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

use crate::failure::Failure;

/// The number of ports: above those of services, and below Linux's ephemeral range (32,768 and above by default).
const COUNT: u16 = 5_000;
/// The first port; the others follow it, two apart.
const FIRST: u16 = 21_000;

/// A port that is reserved until this is dropped.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    /// Listens on the odd port after it, which the system frees however the process ends.
    _guard: TcpListener,
}

impl Port {
    /// Reserves a port that nothing listens on.
    pub(crate) fn reserve() -> Result<Self, Failure> {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let from = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap_or_default();
        for _ in 0..COUNT {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            let number = FIRST + from.wrapping_add(step) % COUNT * 2;
            let listen = |number| TcpListener::bind((Ipv4Addr::LOCALHOST, number));
            let Ok(guard) = listen(number + 1) else { continue };
            if listen(number).is_ok() {
                return Ok(Self { number, _guard: guard });
            }
        }
        let problem = format!("has none of its {COUNT} free");
        Err(Failure::Program { program: "the list of free ports".to_owned(), problem })
    }

    /// Its number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}
