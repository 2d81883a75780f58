//! TCP ports for programs that must be told theirs, and can't be asked which one the system gave them.
//!
//! A port that the system says is free is anybody's again before the program has it: another stage's driver, or a
//! connection to somewhere, which takes one of the same range. So these come from below that range, and each is one
//! stage's for as long as it is held, also among the processes of several tests.

use std::net::{Ipv4Addr, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::atomic::{AtomicU16, Ordering};

use crate::failure::{Failure, While};

/// Below what Linux gives to connections (32,768 and above, unless somebody changed it), and above what services use.
const RANGE: std::ops::Range<u16> = 21_000..31_000;

/// A port that nobody else is given until this is dropped.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    /// A socket that has a name and no file: the system frees the name when the process ends, however it ends.
    _held: UnixListener,
}

impl Port {
    /// One that nothing listens on.
    pub(crate) fn take() -> Result<Self, Failure> {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let from = u16::try_from(std::process::id() % 10_000).unwrap_or_default();
        for _ in RANGE {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            let number = RANGE.start + from.wrapping_add(step) % (RANGE.end - RANGE.start);
            let name =
                SocketAddr::from_abstract_name(format!("ringside-test-port-{number}")).while_doing("naming a port")?;
            let Ok(held) = UnixListener::bind_addr(&name) else { continue };
            if TcpListener::bind((Ipv4Addr::LOCALHOST, number)).is_ok() {
                return Ok(Self { number, _held: held });
            }
        }
        let problem = format!("has none of {RANGE:?} to give");
        Err(Failure::Program { program: "the list of free ports".to_owned(), problem })
    }

    /// Its number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}
