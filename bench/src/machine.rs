//! On what, and of what, a figure was measured.

use std::process::Command;

use crate::report::root;

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
