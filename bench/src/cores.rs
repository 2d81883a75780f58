//! Many desktop cores in one process: as real as those in an installed application, without windows.
//!
//! They have their own process because it will be frozen, and because a thousand of them need room. It reads refresh
//! tokens from its standard input, one a line, and prints a line for each core that becomes live or stops being live.

use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, TryStreamExt};
use ringside_core::ThisMachine;
use ringside_core::bridge::{LinkState, Message};
use ringside_core::{Agent, Home, Options, ServerUrl, Vault};

use crate::problem::{Problem, io};

/// How many are opened at once.
const CONCURRENCY: usize = 16;

/// A line of this process: which core's connection changed, how, and when, in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) core: usize,
    pub(crate) is_live: bool,
    pub(crate) at_us: u128,
}

impl Line {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let core = words.next()?.parse().ok()?;
        let is_live = match words.next()? {
            "live" => true,
            "lost" => false,
            _ => return None,
        };
        Some(Self { core, is_live, at_us: words.next()?.parse().ok()? })
    }
}

/// Now, in microseconds since 1970: two processes on one machine agree on it.
pub(crate) fn now_us() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros()
}

/// Runs them, with their files in `directory`, until this process is ended.
pub(crate) async fn run(server: ServerUrl, directory: &Path) -> Result<(), Problem> {
    let tokens: Vec<String> =
        std::io::stdin().lock().lines().collect::<Result<_, _>>().map_err(io("reading refresh tokens"))?;
    let (server, home) = (&server, &Home::new(directory));
    let opening = tokens.iter().enumerate().map(|(core, token)| async move {
        let vault = Vault::in_memory();
        vault.write(token).await;
        let profile = format!("p{core}").parse().map_err(|_| Problem::Unexpected("no profile".to_owned()))?;
        let options = Options {
            home: home.clone(),
            profile,
            server: Some(server.clone()),
            app_version: "0.0.0".to_owned(),
            vault: Some(vault),
            environment: Arc::new(ThisMachine::default()),
            updater: None,
            host: None,
            emit: emit_for(core),
        };
        Agent::open(options).await.map_err(|failure| Problem::Unexpected(format!("{failure:?}")))
    });
    let _agents: Vec<Agent> = futures_util::stream::iter(opening).buffered(CONCURRENCY).try_collect().await?;
    std::future::pending().await
}

fn emit_for(core: usize) -> ringside_core::Emit {
    let was_live = AtomicBool::new(false);
    Arc::new(move |message| {
        let Message::Link { link, .. } = message else { return };
        let is_live = link.state == LinkState::Live;
        if was_live.swap(is_live, Ordering::Relaxed) != is_live {
            let word = if is_live { "live" } else { "lost" };
            // The reader is gone, so this process is about to end as well.
            writeln!(std::io::stdout().lock(), "{core} {word} {}", now_us()).ok();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_core_a_state_and_a_time() {
        assert_eq!(Line::parse("7 live 12"), Some(Line { core: 7, is_live: true, at_us: 12 }));
        assert_eq!(Line::parse("7 lost 12"), Some(Line { core: 7, is_live: false, at_us: 12 }));
        for text in ["", "7", "7 live", "x live 1", "7 asleep 1"] {
            assert_eq!(Line::parse(text), None, "{text:?}");
        }
    }
}
