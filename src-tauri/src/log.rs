//! Logging: to standard error, to one file a day in the system's directory for logs and, the last problems only, to
//! memory for support.
//!
//! Neither standard error nor the file can hold the application up, or end it, by being full or stalled; see `logging`.
//!
//! Log files contain no personal data and no tokens; the core logs neither.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use logging::LogWriter;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::fmt::format::{DefaultFields, Format};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt as format, reload};

/// How many days of logs are kept.
const DAYS: usize = 7;
/// How many bytes a process may log in a day: weeks of normal use.
const A_DAY: usize = 8 * 1024 * 1024;
/// What is logged when the limit is reached.
const FULL: &[u8] = b"nothing more is logged until tomorrow: the log is full\n";
/// How long the end of the application may be held up by the rest of its log.
const FLUSH_WITHIN: Duration = Duration::from_millis(500);
/// How many problems are remembered.
const PROBLEMS: usize = 20;
/// The default filter.
const USUAL: &str = "warn,ringside_core=info,ringside=info";

type ToFiles = Box<dyn Layer<Registry> + Send + Sync>;

/// The log to standard error. The file is added when its path is known.
pub(crate) struct Log {
    file: Box<dyn Fn(RollingFileAppender) + Send + Sync>,
    problems: Problems,
}

/// What the process logs to; as global as `tracing`'s own, because an end of the process can come from anywhere.
static OUTPUTS: Mutex<Vec<LogWriter>> = Mutex::new(Vec::new());

/// The last problems, the newest at the end.
#[derive(Clone, Default)]
pub(crate) struct Problems(Arc<Mutex<VecDeque<String>>>);

impl Log {
    /// Starts logging.
    pub(crate) fn begin() -> Self {
        let filter = EnvFilter::try_from_env("RINGSIDE_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
        let problems = Problems::default();
        let (file, handle) = reload::Layer::new(None::<ToFiles>);
        let to_stderr = output(io::stderr());
        tracing_subscriber::registry()
            .with(file)
            .with(filter)
            .with(layer(to_stderr.clone()).with_ansi(io::stderr().is_terminal()))
            .with(problems.clone())
            .init();
        log_panics(to_stderr);
        let file = Box::new(move |appender: RollingFileAppender| {
            let layer = layer(output(Bounded::to(appender, A_DAY))).with_ansi(false);
            if let Err(error) = handle.reload(Some(layer.boxed())) {
                tracing::warn!(error = &error as &dyn std::error::Error, "nothing is logged to a file");
            }
        });
        Self { file, problems }
    }

    /// Also logs to files in `directory`. A failure to do so is only logged.
    pub(crate) fn to_files(&self, directory: &Path, profile: &str) {
        // A directory for each profile, because old files are deleted by their name's prefix.
        let directory = directory.join(profile);
        // The appender would also create the directory, but print an error first.
        if let Err(error) = std::fs::create_dir_all(&directory) {
            tracing::warn!(error = &error as &dyn std::error::Error, "there is no directory for logs");
        }
        let appender = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .max_log_files(DAYS)
            .filename_prefix("ringside")
            .filename_suffix("log")
            .build(directory);
        match appender {
            Ok(appender) => (self.file)(appender),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "nothing is logged to a file"),
        }
    }

    /// The last problems.
    pub(crate) fn problems(&self) -> Problems {
        self.problems.clone()
    }
}

/// A layer that writes to `output`.
fn layer<S>(output: LogWriter) -> format::Layer<S, DefaultFields, Format, impl Fn() -> LogWriter> {
    // Internal errors would be written to standard error directly, which ends the process if that fails as well.
    format::layer().log_internal_errors(false).with_writer(move || output.clone())
}

/// A log to `destination`, which [`flush`] knows.
fn output(destination: impl Write + Send + 'static) -> LogWriter {
    let output = LogWriter::to(destination);
    OUTPUTS.lock().unwrap_or_else(PoisonError::into_inner).push(output.clone());
    output
}

/// Waits a moment until what was logged is written, because the process is about to end.
pub(crate) fn flush() {
    flush_within(FLUSH_WITHIN);
}

fn flush_within(time: Duration) {
    for output in OUTPUTS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        output.flush(time);
    }
}

/// Limits the bytes written in a day, so that a repeated failure can't fill the disk.
struct Bounded<W> {
    to: W,
    most: usize,
    /// The bytes left for today. `None` when the log is full.
    left: Option<usize>,
    /// The current day. Like the log files, it begins at midnight UTC.
    day: u64,
}

impl<W: Write> Bounded<W> {
    fn to(to: W, most: usize) -> Self {
        Self { to, most, left: Some(most), day: today() }
    }

    /// Writes a whole line, or nothing.
    fn put(&mut self, line: &[u8], day: u64) -> io::Result<()> {
        if day != self.day {
            (self.left, self.day) = (Some(self.most), day);
        }
        let Some(left) = self.left else { return Ok(()) };
        self.left = left.checked_sub(line.len());
        self.to.write_all(if self.left.is_some() { line } else { FULL })
    }
}

impl<W: Write> Write for Bounded<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.put(line, today()).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// The days since 1970.
fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / (24 * 60 * 60)
}

/// Logs the location of a panic. Its message goes only to standard error, because it may contain personal data.
fn log_panics(stderr: LogWriter) {
    std::panic::set_hook(Box::new(move |panicked| {
        if logging::is_writing_a_log() {
            return;
        }
        let at = panicked.location().map_or_else(|| "somewhere".to_owned(), ToString::to_string);
        tracing::error!(at, "a panic");
        let backtrace = Backtrace::capture();
        let backtrace =
            if backtrace.status() == BacktraceStatus::Captured { format!("{backtrace}\n") } else { String::new() };
        // In one call, which makes it one line. It never fails.
        drop(stderr.clone().write_all(format!("{panicked}\n{backtrace}").as_bytes()));
        flush();
    }));
}

impl<S: Subscriber> Layer<S> for Problems {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        // Other crates may log anything: addresses, paths, names.
        if *metadata.level() > Level::WARN || !metadata.target().starts_with("ringside") {
            return;
        }
        let mut line = format!("{} {}:", metadata.level(), metadata.target());
        event.record(&mut Fields(&mut line));
        let mut problems = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if problems.len() == PROBLEMS {
            problems.pop_front();
        }
        problems.push_back(line);
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

/// Writes an event's message and fields into one line.
struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let written = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
        debug_assert!(written.is_ok(), "a text takes everything");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_problems_are_remembered_and_what_is_none_is_not() {
        let problems = Problems::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(problems.clone()), || {
            tracing::info!("all is well");
            for number in 0..=PROBLEMS {
                tracing::warn!(number, "too bad");
            }
        });
        let said = problems.to_string();
        assert_eq!(said.lines().count(), PROBLEMS);
        assert!(said.ends_with(&format!(": too bad number={PROBLEMS}\n")), "{said}");
        assert!(!said.contains("number=0\n") && !said.contains("well"), "{said}");
    }

    #[test]
    fn what_is_logged_over_and_over_ends_with_a_word_about_it() {
        let mut log = Bounded::to(Vec::new(), 20);
        let today = log.day;
        for day in [today, today, today, today, today + 1] {
            log.put(b"too bad..\n", day).expect("a list of bytes takes everything");
        }
        let [line, full] = ["too bad..\n", std::str::from_utf8(FULL).expect("a text")];
        assert_eq!(String::from_utf8_lossy(&log.to), [line, line, full, line].concat());
    }

    #[test]
    fn a_file_a_day_and_only_the_last_of_them() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let of_profile = directory.path().join("default");
        std::fs::create_dir(&of_profile).expect("writable");
        for day in 1..=9 {
            std::fs::write(of_profile.join(format!("ringside.2020-01-0{day}.log")), "old").expect("writable");
        }
        let log = Log::begin();
        log.to_files(directory.path(), "default");
        tracing::warn!("something");
        flush_within(Duration::from_secs(90));
        let names: Vec<_> = std::fs::read_dir(&of_profile).expect("it is there").filter_map(Result::ok).collect();
        assert_eq!(names.len(), DAYS);
        let today =
            names.iter().filter_map(|name| std::fs::read_to_string(name.path()).ok()).find(|text| text != "old");
        assert!(today.is_some_and(|text| text.contains("something")));
        assert_eq!(log.problems().to_string().lines().count(), 1);
    }
}
