//! Memory of an application and everything it started.

use crate::{Problem, io};

/// Proportional set size, in bytes, of the process named `name` among the descendants of `ancestor`, and of its own
/// descendants: memory that processes share is counted once.
pub(crate) fn of_application(ancestor: u32, name: &str) -> Result<u64, Problem> {
    let processes = processes()?;
    let below = |root: u32| {
        let mut found = vec![root];
        let mut next = 0;
        while let Some(&parent) = found.get(next) {
            found.extend(processes.iter().filter(|process| process.parent == parent).map(|process| process.id));
            next += 1;
        }
        found
    };
    let application = below(ancestor).into_iter().find(|id| processes.iter().any(|it| it.id == *id && it.name == name));
    let application = application.ok_or_else(|| Problem::Unexpected(format!("no process named {name} runs")))?;
    below(application).into_iter().map(proportional_set_size).sum()
}

struct Process {
    id: u32,
    parent: u32,
    name: String,
}

fn processes() -> Result<Vec<Process>, Problem> {
    let entries = std::fs::read_dir("/proc").map_err(io("listing processes"))?;
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // One that ended meanwhile has no file any more, and is none.
    Ok(ids.filter_map(|id| parse(id, &std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)).collect())
}

/// The name stands in brackets and may itself hold brackets and spaces; the state and the parent follow.
fn parse(id: u32, stat: &str) -> Option<Process> {
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
    let parent = rest.split_whitespace().nth(1)?.parse().ok()?;
    Some(Process { id, parent, name: name.to_owned() })
}

fn proportional_set_size(id: u32) -> Result<u64, Problem> {
    let path = format!("/proc/{id}/smaps_rollup");
    let text = std::fs::read_to_string(&path).map_err(io(format!("reading {path}")))?;
    let kilobytes =
        text.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| Problem::Unexpected(format!("{path} has no Pss")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let process = parse(7, "7 (a) (b c) S 3 7 7 0").expect("a process");
        assert_eq!((process.parent, process.name.as_str()), (3, "a) (b c"));
    }

    #[test]
    fn this_very_process_has_some_memory() {
        assert!(proportional_set_size(std::process::id()).is_ok_and(|size| size > 0));
    }
}
