//! `ringside-api admin import`: what a file of another tracker holds, as the dry run of the API says it.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use imports::{ImportLimits, Names, Options, Plan, Unreadable, read, sentence};
use jiff::tz::TimeZone;
use training::imports::{UnitSource, WeightUnit};

use crate::output::print;

/// How many skipped rows are printed one by one.
const MOST_SKIPPED: usize = 50;

#[derive(Args)]
pub(crate) struct ImportCommand {
    /// Says what is in the file, and stores nothing. No studio is asked for its exercises.
    #[arg(long, required = true)]
    dry_run: bool,
    /// The file, an export of Ringside, Strong, Hevy, FitNotes, StrongLifts or GymBook.
    file: PathBuf,
    /// The unit of weights where the file does not say it.
    #[arg(long, value_enum)]
    unit: Option<Unit>,
    /// Where its times were noted, such as Europe/Berlin; this machine's time zone if absent.
    #[arg(long)]
    timezone: Option<String>,
}

/// A unit of weight.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Unit {
    /// Kilograms.
    Kg,
    /// Pounds.
    Lb,
}

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error("{} can't be read", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("there is no time zone {name}")]
    TimeZone { name: String, source: jiff::Error },
    #[error("nothing was read from {}", path.display())]
    Unreadable { path: PathBuf, source: Unreadable },
}

impl ImportCommand {
    /// Prints what is in the file.
    pub(crate) fn run(self) -> Result<(), Box<dyn Error>> {
        debug_assert!(self.dry_run, "it is required");
        let time_zone = match &self.timezone {
            None => TimeZone::system(),
            Some(name) => TimeZone::get(name).map_err(|source| ImportError::TimeZone { name: name.clone(), source })?,
        };
        let bytes = bytes(&self.file)?;
        let unit = self.unit.map(|unit| match unit {
            Unit::Kg => WeightUnit::Kg,
            Unit::Lb => WeightUnit::Lb,
        });
        let names = Names::default();
        let now = jiff::Timestamp::now().into();
        let plan = read(&bytes, &Options { unit, time_zone, now, names: &names })
            .map_err(|source| ImportError::Unreadable { path: self.file, source })?;
        for line in lines(&plan) {
            print(line)?;
        }
        Ok(())
    }
}

/// The bytes of a file, and no more than it takes to see that it is too large.
fn bytes(path: &Path) -> Result<Vec<u8>, ImportError> {
    use std::io::Read;
    let unreadable = |source| ImportError::File { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(ImportLimits::MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// A plan in words.
fn lines(plan: &Plan) -> Vec<String> {
    let source = match plan.unit.source {
        UnitSource::File => "as the file says",
        UnitSource::Request => "as asked",
        UnitSource::Evidence => "by its weights",
        _ => "assumed, as nothing tells",
    };
    let Plan { rows, skipped, weights, sessions, exercises, .. } = plan;
    let mut lines = vec![
        format!("format     {}", plan.format.as_str()),
        format!("unit       {}, {source}", plan.unit.unit.as_str()),
        format!("rows       {rows}: {} sets, {} weights, {} skipped", plan.sets(), weights.len(), skipped.len()),
        format!("sessions   {}", sessions.len()),
    ];
    if let (Some(first), Some(last)) = (sessions.first(), sessions.last()) {
        lines.push(format!("from       {} to {}", first.started_at, last.started_at));
    }
    lines.extend(exercises.iter().map(|exercise| format!("exercise   {}", exercise.name)));
    lines.push("library    of no studio: which exercises are there already is said by a window".to_owned());
    lines.extend(plan.unused_columns.iter().map(|column| format!("not used   {column}")));
    let shown = skipped.iter().take(MOST_SKIPPED);
    lines.extend(shown.map(|skipped| format!("skipped    line {}: {}", skipped.line, sentence(skipped.reason))));
    if skipped.len() > MOST_SKIPPED {
        lines.push(format!("skipped    {} more", skipped.len() - MOST_SKIPPED));
    }
    lines
}
