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
/// answers what was seen when neither did. What a scene is about is for whoever called to judge: it must not end the test.
///
/// # Errors
/// The [`Failure`] of a start, or that the machine never kept up.
pub async fn undisturbed<T>(
    start: impl Fn() -> Result<Server, Failure>,
    scene: impl AsyncFn(&Server) -> T,
) -> Result<T, Failure> {
    let longest = Cell::new(Duration::ZERO);
    for _ in 0..TRIES {
        let server = start()?;
        longest.set(Duration::ZERO);
        let seen = tokio::select! {
            biased;
            seen = scene(&server) => seen,
            never = note_stalls(&server, &longest) => match never {},
        };
        if longest.get() < STALL {
            return Ok(seen);
        }
    }
    let problem = format!("never kept up: it stood still for {:?} the last time", longest.get());
    Err(Failure::Program { program: "the machine".to_owned(), problem })
}

/// Notes the longest time in which either this process did nothing, or the server did not answer.
async fn note_stalls(server: &Server, longest: &Cell<Duration>) -> Infallible {
    let (client, healthy) = (reqwest::Client::new(), format!("{}/healthz", server.url()));
    let mut look = tokio::time::interval(LOOK);
    let mut last = Instant::now();
    loop {
        look.tick().await;
        // How it ends is no matter, only when.
        drop(client.get(&healthy).send().await);
        longest.set(longest.get().max(last.elapsed()));
        last = Instant::now();
    }
}
