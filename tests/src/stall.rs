//! Time-sensitive scenarios, whose results count only if nothing stalled.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::server::Server;

/// A longer pause is a stall. A busy machine seldom pauses as long, and a scenario must bear twice as much.
const MAX_PAUSE: Duration = Duration::from_secs(3);
/// The polling interval.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How often a scenario is tried.
const MAX_TRIES: u32 = 8;

/// Runs `scenario` with a server started for it, and retries if this process or the server stalled meanwhile; returns
/// the result of a run without stalls. A scenario returns what it sees and asserts nothing: an assertion in it could fail
/// because of a stall.
///
/// # Errors
/// The [`Failure`] of a start, or that the machine never kept up.
pub async fn without_stalls<T>(
    start: impl Fn() -> Result<Server, Failure>,
    scenario: impl AsyncFn(&Server) -> T,
) -> Result<T, Failure> {
    let mut longest_pause = Duration::ZERO;
    for _ in 0..MAX_TRIES {
        let server = start()?;
        let stalls = Stalls { longest: Cell::default(), last: Cell::new(Instant::now()) };
        let seen = tokio::select! {
            biased;
            seen = scenario(&server) => seen,
            never = stalls.follow(&server) => match never {},
        };
        // It may be stalled at this moment.
        stalls.note();
        longest_pause = stalls.longest.get();
        if longest_pause < MAX_PAUSE {
            return Ok(seen);
        }
    }
    let problem = format!("stalled in every run, for {longest_pause:?} the last time");
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
        let mut interval = tokio::time::interval(POLL_INTERVAL);
        loop {
            interval.tick().await;
            // Only the time matters, not the result.
            drop(client.get(&healthy).send().await);
            self.note();
        }
    }

    fn note(&self) {
        self.longest.set(self.longest.get().max(self.last.replace(Instant::now()).elapsed()));
    }
}
