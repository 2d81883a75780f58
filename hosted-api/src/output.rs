//! The program's standard streams, which may be closed, full or read by nobody.
//!
//! `println!` and `eprintln!` panic when a stream fails. A server must not end because nobody could be told its address,
//! nor a command fail that has been carried out. What goes to standard error passes a [`LogWriter`], so that it never
//! holds up the server either.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use hosted_api::DatabaseUrl;
use logging::{LogWriter, LostLines};
use tracing_subscriber::EnvFilter;

/// How long the program waits at its end for the rest of its log to be written.
const FLUSH_WITHIN: Duration = Duration::from_secs(1);

/// Prints a line that was asked for.
pub(crate) fn print(line: impl Display) -> Result<(), CanNotPrint> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}").and_then(|()| output.flush()).map_err(CanNotPrint)
}

/// Says that a database was made, so that whoever meant another one notices.
pub(crate) fn created_database(database: &DatabaseUrl) -> String {
    format!(
        "{database} was made just now; a server uses it if its RINGSIDE_DATA_DIR or RINGSIDE_DATABASE_URL leads there"
    )
}

/// Standard output does not take what was asked for.
#[derive(Debug, thiserror::Error)]
#[error("can't write to standard output")]
pub(crate) struct CanNotPrint(#[source] io::Error);

/// Prints a line about what has been done, which is done even if nobody can be told.
pub(crate) fn print_if_possible(line: impl Display) {
    if let Err(error) = print(line) {
        tracing::warn!(error = &error as &dyn std::error::Error, "nobody was told");
    }
}

/// Standard error. What was written is flushed when this is dropped, even by a panic.
pub(crate) struct ErrorOutput(LogWriter);

impl ErrorOutput {
    pub(crate) fn begin() -> Self {
        Self(LogWriter::to(io::stderr()))
    }

    /// Takes the log, and panics with it.
    pub(crate) fn install_as_log(&self, filter: EnvFilter) {
        let log = self.0.clone();
        tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(io::stderr().is_terminal())
            // They would be written to standard error directly.
            .log_internal_errors(false)
            .with_writer(move || log.clone())
            .init();
        log_panics();
    }

    /// Writes a line for the person who started the program.
    pub(crate) fn write_line(&self, line: &str) {
        // In one call, which makes it one line. It never fails.
        drop(self.0.clone().write_all(format!("ringside-api: {line}\n").as_bytes()));
    }

    /// How many lines were lost.
    pub(crate) fn lost_lines(&self) -> LostLines {
        self.0.lost_lines()
    }
}

impl Drop for ErrorOutput {
    fn drop(&mut self) {
        self.0.flush(FLUSH_WITHIN);
    }
}

/// Logs panics, instead of having them written to standard error directly, which may block.
fn log_panics() {
    std::panic::set_hook(Box::new(|panicked| {
        if logging::is_writing_a_log() {
            return;
        }
        let at = panicked.location().map_or_else(|| "somewhere".to_owned(), ToString::to_string);
        let message = panicked.payload_as_str().unwrap_or("without a message");
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| tracing::field::display(backtrace));
        tracing::error!(at, message, backtrace, "a panic");
    }));
}
