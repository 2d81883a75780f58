//! Scenes that are about seconds, and so say something only while the machine keeps up.

use std::cell::Cell;
use std::convert::Infallible;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::server::Server;

/// A machine that does nothing for as long as this did not keep up.
const STALL: Duration = Duration::from_secs(1);
/// How often is looked.
const LOOK: Duration = Duration::from_millis(100);
/// How often a scene is played before the machine is given up.
const TRIES: u32 = 8;

/// Plays `scene` before a server that is started for it, and again as long as this process or the server stalled meanwhile;
/// answers what was seen when neither did. A scene answers what it sees and judges nothing: a test that ended in it would have
/// ended by a stall.
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
        // It may stand still at this moment.
        stalls.note();
        stood_still = stalls.longest.get();
        if stood_still < STALL {
            return Ok(seen);
        }
    }
    let problem = format!("never kept up: it stood still for {stood_still:?} the last time");
    Err(Failure::Program { program: "the machine".to_owned(), problem })
}

/// The longest time in which either this process did nothing, or the server did not answer.
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
            // How it ends is no matter, only when.
            drop(client.get(&healthy).send().await);
            self.note();
        }
    }

    fn note(&self) {
        self.longest.set(self.longest.get().max(self.last.replace(Instant::now()).elapsed()));
    }
}
