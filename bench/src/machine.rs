//! The machine and the commit of a measurement.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::problem::{Problem, io};

/// How long the machine's other load is observed.
const OBSERVATION: Duration = Duration::from_secs(5);

/// The repository's directory.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this crate lives in the repository's directory").to_owned()
}

/// Commit, day and machine in a sentence each.
pub(crate) fn description() -> String {
    let commit = command("git", &["describe", "--always", "--dirty"]);
    let day = command("date", &["--iso-8601"]);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processor = line_of("/proc/cpuinfo", "model name");
    let memory = line_of("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse::<u64>().unwrap_or_default();
    let system = command("uname", &["-sr"]);
    format!(
        "Commit {commit}, {day}. {processor}, {cores} cores, {:.0} GB of memory, {system}; release builds; windows on a \
         virtual display, drawn by the processor.",
        f64::from(u32::try_from(memory / 1000).unwrap_or(u32::MAX)) / 1000.0
    )
}

/// How busy the processors are, in percent, while the caller sleeps on purpose.
pub(crate) async fn busy() -> Result<u64, Problem> {
    let before = processors()?;
    tokio::time::sleep(OBSERVATION).await;
    let after = processors()?;
    let (busy, all) = (after.busy.saturating_sub(before.busy), after.all.saturating_sub(before.all));
    Ok((busy * 100 + all / 2) / all.max(1))
}

/// How busy they were before and after a measurement, as a note on it.
pub(crate) fn busy_note(before: u64, after: u64) -> String {
    format!("Other programs took {before} % of the processors' time in the seconds before, {after} % in those after.")
}

/// Ticks of all processors since the machine was started.
#[derive(Debug, PartialEq, Eq)]
struct Processors {
    busy: u64,
    all: u64,
}

fn processors() -> Result<Processors, Problem> {
    let path = "/proc/stat";
    let text = std::fs::read_to_string(path).map_err(io(format!("reading {path}")))?;
    parse(&text).ok_or_else(|| Problem::Unexpected(format!("{path} can't be read")))
}

/// The first line is the sum over all processors: user, nice, system, idle, waiting for a disk, two kinds of
/// interrupts, stolen by the host; the fields after that are already included in these.
fn parse(stat: &str) -> Option<Processors> {
    let ticks = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace().take(8);
    let ticks: Vec<u64> = ticks.map(str::parse).collect::<Result<_, _>>().ok()?;
    let idle = ticks.get(3)? + ticks.get(4)?;
    let all: u64 = ticks.iter().sum();
    Some(Processors { busy: all - idle, all })
}

fn command(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    if text.is_empty() { "unknown".to_owned() } else { text }
}

/// The value of the first line of `path` that begins with `name`.
fn line_of(path: &str, name: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'));
    value.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_for_a_disk_does_not_count_as_busy() {
        let stat = "cpu  10 1 5 100 20 2 1 3 4 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(parse(stat), Some(Processors { busy: 22, all: 142 }));
        assert_eq!(parse("cpu  10 1 5"), None);
        assert_eq!(parse("cpu0 1 1 1 1 1 1 1 1"), None);
    }
}
