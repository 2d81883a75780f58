//! Memory of an application and everything it started.

use crate::{Problem, io};

/// Proportional set size, in bytes, of the process named `name` among the descendants of `ancestor`, and of its own
/// descendants: memory that processes share is counted once.
pub(crate) fn of_application(ancestor: u32, name: &str) -> Result<u64, Problem> {
    let processes = system_tests::application(ancestor, name)?;
    processes.into_iter().map(proportional_set_size).sum()
}

fn proportional_set_size(id: u32) -> Result<u64, Problem> {
    let path = format!("/proc/{id}/smaps_rollup");
    let text = std::fs::read_to_string(&path).map_err(io(format!("reading {path}")))?;
    let kilobytes =
        text.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| Problem::Unexpected(format!("{path} has no Pss")))
}
