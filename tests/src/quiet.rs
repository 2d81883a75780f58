//! Time-sensitive scenes, whose results count only while the machine keeps up.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::server::Server;

/// A machine that stalls for this long did not keep up.
const STALL: Duration = Duration::from_secs(1);
/// The polling interval.
const LOOK: Duration = Duration::from_millis(100);
/// How often a scene is tried before giving up.
const TRIES: u32 = 8;

/// Runs `scene` with a server started for it, and retries if this process or the server stalled meanwhile; returns
/// the result of a run without stalls. A scene returns what it sees and asserts nothing: an assertion in it could fail
/// because of a stall.
///
/// # Errors
/// The [`Failure`] of a start, or that the machine never kept up.
pub async fn undisturbed<T>(
    start: impl Fn() -> Result<Server, Failure>,
    scene: impl AsyncFn(&Server) -> T,
) -> Result<T, Failure> {
    let mut stood_still = Duration::ZERO;
    for _ in 0..TRIES {
        let server = start()?;
        let stalls = Stalls { longest: Cell::default(), last: Cell::new(Instant::now()) };
        let seen = tokio::select! {
            biased;
            seen = scene(&server) => seen,
            never = stalls.follow(&server) => match never {},
        };
        // It may be stalled at this moment.
        stalls.note();
        stood_still = stalls.longest.get();
        if stood_still < STALL {
            return Ok(seen);
        }
    }
    let problem = format!("never kept up: it stood still for {stood_still:?} the last time");
    Err(Failure::Program { program: "the machine".to_owned(), problem })
}

/// The longest time in which this process was stalled or the server did not respond.
struct Stalls {
    longest: Cell<Duration>,
    last: Cell<Instant>,
}

impl Stalls {
    async fn follow(&self, server: &Server) -> Infallible {
        let (client, healthy) = (reqwest::Client::new(), format!("{}/healthz", server.url()));
        let mut look = tokio::time::interval(LOOK);
        loop {
            look.tick().await;
            // Only the time matters, not the result.
            drop(client.get(&healthy).send().await);
            self.note();
        }
    }

    fn note(&self) {
        self.longest.set(self.longest.get().max(self.last.replace(Instant::now()).elapsed()));
    }
}
