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
const KEPT_DAYS: usize = 7;
/// How many bytes a process may log in a day: weeks of normal use.
const MAX_BYTES_PER_DAY: usize = 8 * 1024 * 1024;
/// What is logged when that limit is reached.
const LIMIT_REACHED: &[u8] = b"the daily log limit is reached: nothing more is logged until tomorrow\n";
/// How long the end of the application may be held up by the rest of its log.
const FLUSH_TIMEOUT: Duration = Duration::from_millis(500);
/// How many problems are kept for support.
const KEPT_PROBLEMS: usize = 20;
/// The default filter.
const DEFAULT_FILTER: &str = "warn,ringside_core=info,ringside=info";

type FileLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// The log to standard error. The file is added when its path is known.
pub(crate) struct Log {
    add_file: Box<dyn Fn(RollingFileAppender) + Send + Sync>,
    problems: RecentProblems,
}

/// What the process logs to; as global as `tracing`'s own, because an end of the process can come from anywhere.
static OUTPUTS: Mutex<Vec<LogWriter>> = Mutex::new(Vec::new());

/// The last problems, the newest at the end.
#[derive(Clone, Default)]
pub(crate) struct RecentProblems(Arc<Mutex<VecDeque<String>>>);

impl Log {
    /// Starts logging.
    pub(crate) fn start() -> Self {
        let filter = EnvFilter::try_from_env("RINGSIDE_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
        let problems = RecentProblems::default();
        let (file_layer, handle) = reload::Layer::new(None::<FileLayer>);
        let to_stderr = output(io::stderr());
        tracing_subscriber::registry()
            .with(file_layer)
            .with(filter)
            .with(layer(to_stderr.clone()).with_ansi(io::stderr().is_terminal()))
            .with(problems.clone())
            .init();
        log_panics(to_stderr);
        let add_file = Box::new(move |appender: RollingFileAppender| {
            let layer = layer(output(DailyLimit::new(appender, MAX_BYTES_PER_DAY))).with_ansi(false);
            if let Err(error) = handle.reload(Some(layer.boxed())) {
                tracing::warn!(error = &error as &dyn std::error::Error, "nothing is logged to a file");
            }
        });
        Self { add_file, problems }
    }

    /// Also logs to files in `directory`. A failure to do so is only logged.
    pub(crate) fn add_files(&self, directory: &Path, profile: &str) {
        // A directory for each profile, because old files are deleted by their name's prefix.
        let directory = directory.join(profile);
        // The appender would also create the directory, but print an error first.
        if let Err(error) = std::fs::create_dir_all(&directory) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the directory for logs could not be created");
        }
        let appender = RollingFileAppender::builder()
            .rotation(Rotation::DAILY)
            .max_log_files(KEPT_DAYS)
            .filename_prefix("ringside")
            .filename_suffix("log")
            .build(directory);
        match appender {
            Ok(appender) => (self.add_file)(appender),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "nothing is logged to a file"),
        }
    }

    /// The last problems.
    pub(crate) fn problems(&self) -> RecentProblems {
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
    flush_within(FLUSH_TIMEOUT);
}

fn flush_within(time: Duration) {
    for output in OUTPUTS.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        output.flush(time);
    }
}

/// Limits the bytes written in a day, so that a repeated failure can't fill the disk.
struct DailyLimit<W> {
    writer: W,
    max_bytes: usize,
    /// The bytes left for today. `None` when the limit is reached.
    left: Option<usize>,
    /// The current day. Like the log files, it begins at midnight UTC.
    day: u64,
}

impl<W: Write> DailyLimit<W> {
    fn new(writer: W, max_bytes: usize) -> Self {
        Self { writer, max_bytes, left: Some(max_bytes), day: today() }
    }

    /// Writes a whole line, or nothing.
    fn write_line(&mut self, line: &[u8], day: u64) -> io::Result<()> {
        if day != self.day {
            (self.left, self.day) = (Some(self.max_bytes), day);
        }
        let Some(left) = self.left else { return Ok(()) };
        self.left = left.checked_sub(line.len());
        self.writer.write_all(if self.left.is_some() { line } else { LIMIT_REACHED })
    }
}

impl<W: Write> Write for DailyLimit<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.write_line(line, today()).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The days since 1970.
fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / (24 * 60 * 60)
}

/// Logs the location of a panic. Its message goes only to standard error, because it may contain personal data.
fn log_panics(stderr: LogWriter) {
    std::panic::set_hook(Box::new(move |info| {
        if logging::is_writing_a_log() {
            return;
        }
        let at = info.location().map_or_else(|| "an unknown location".to_owned(), ToString::to_string);
        tracing::error!(at, "a panic");
        let backtrace = Backtrace::capture();
        let backtrace =
            if backtrace.status() == BacktraceStatus::Captured { format!("{backtrace}\n") } else { String::new() };
        // In one call, which makes it one line. It never fails.
        drop(stderr.clone().write_all(format!("{info}\n{backtrace}").as_bytes()));
        flush();
    }));
}

impl<S: Subscriber> Layer<S> for RecentProblems {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        // Other crates may log anything: addresses, paths, names.
        if *metadata.level() > Level::WARN || !metadata.target().starts_with("ringside") {
            return;
        }
        let mut line = format!("{} {}:", metadata.level(), metadata.target());
        event.record(&mut FieldWriter(&mut line));
        let mut problems = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if problems.len() == KEPT_PROBLEMS {
            problems.pop_front();
        }
        problems.push_back(line);
    }
}

impl fmt::Display for RecentProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

/// Writes an event's message and fields into one line.
struct FieldWriter<'a>(&'a mut String);

impl Visit for FieldWriter<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let written = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
        debug_assert!(written.is_ok(), "writing to a string does not fail");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_problems_are_kept_and_other_events_are_not() {
        let problems = RecentProblems::default();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(problems.clone()), || {
            tracing::info!("all is well");
            for number in 0..=KEPT_PROBLEMS {
                tracing::warn!(number, "too bad");
            }
        });
        let text = problems.to_string();
        assert_eq!(text.lines().count(), KEPT_PROBLEMS);
        assert!(text.ends_with(&format!(": too bad number={KEPT_PROBLEMS}\n")), "{text}");
        assert!(!text.contains("number=0\n") && !text.contains("well"), "{text}");
    }

    #[test]
    fn a_log_that_reaches_the_daily_limit_says_so_and_resumes_the_next_day() {
        let mut log = DailyLimit::new(Vec::new(), 20);
        let today = log.day;
        for day in [today, today, today, today, today + 1] {
            log.write_line(b"too bad..\n", day).expect("writing to a vector does not fail");
        }
        let [line, limit_reached] = ["too bad..\n", std::str::from_utf8(LIMIT_REACHED).expect("a text")];
        assert_eq!(String::from_utf8_lossy(&log.writer), [line, line, limit_reached, line].concat());
    }

    #[test]
    fn one_file_per_day_is_written_and_only_the_newest_are_kept() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let of_profile = directory.path().join("default");
        std::fs::create_dir(&of_profile).expect("writable");
        for day in 1..=9 {
            std::fs::write(of_profile.join(format!("ringside.2020-01-0{day}.log")), "old").expect("writable");
        }
        let log = Log::start();
        log.add_files(directory.path(), "default");
        tracing::warn!("something");
        flush_within(Duration::from_secs(90));
        let names: Vec<_> = std::fs::read_dir(&of_profile).expect("it is there").filter_map(Result::ok).collect();
        assert_eq!(names.len(), KEPT_DAYS);
        let today =
            names.iter().filter_map(|name| std::fs::read_to_string(name.path()).ok()).find(|text| text != "old");
        assert!(today.is_some_and(|text| text.contains("something")));
        assert_eq!(log.problems().to_string().lines().count(), 1);
    }
}
