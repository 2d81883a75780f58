//! Process trees: the descendants of a process.

use crate::failure::{Failure, IoContext};

/// A process as the kernel lists it.
struct Listed {
    id: u32,
    parent: u32,
    name: String,
    /// Whether it has ended, and its parent has not taken note of it yet.
    has_ended: bool,
}

/// The process named `name` among the descendants of `ancestor`, and then its own descendants.
///
/// # Errors
/// When there is none, or processes can't be listed.
pub fn application(ancestor: u32, name: &str) -> Result<Vec<u32>, Failure> {
    let listed = listed()?;
    let is_named = |id: &u32| listed.iter().any(|process| process.id == *id && process.name == name);
    let application = below(ancestor, &listed).into_iter().find(is_named).ok_or_else(|| Failure::Program {
        program: name.to_owned(),
        problem: format!("does not run below {ancestor}"),
    })?;
    Ok(below(application, &listed))
}

/// The running processes named `name` among the descendants of `ancestor`.
///
/// # Errors
/// When processes can't be listed.
pub(crate) fn descendants_named(ancestor: u32, name: &str) -> Result<Vec<u32>, Failure> {
    let listed = listed()?;
    let below = below(ancestor, &listed);
    let is_meant = |process: &&Listed| process.name == name && !process.has_ended && below.contains(&process.id);
    Ok(listed.iter().filter(is_meant).map(|process| process.id).collect())
}

/// A process and its descendants.
///
/// # Errors
/// When processes can't be listed.
pub fn family(root: u32) -> Result<Vec<u32>, Failure> {
    Ok(below(root, &listed()?))
}

fn below(root: u32, listed: &[Listed]) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&parent) = found.get(next) {
        found.extend(listed.iter().filter(|process| process.parent == parent).map(|process| process.id));
        next += 1;
    }
    found
}

fn listed() -> Result<Vec<Listed>, Failure> {
    let entries = std::fs::read_dir("/proc").context("listing processes")?;
    let ids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    // A process that ended meanwhile has no file and is skipped.
    Ok(ids.filter_map(|id| parse(id, &std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?)).collect())
}

/// The name is in brackets and may itself contain brackets and spaces; the state and the parent follow.
fn parse(id: u32, stat: &str) -> Option<Listed> {
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
    let mut rest = rest.split_whitespace();
    let has_ended = rest.next()? == "Z";
    let parent = rest.next()?.parse().ok()?;
    Some(Listed { id, parent, name: name.to_owned(), has_ended })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_name_may_contain_brackets_and_spaces() {
        let process = parse(7, "7 (a) (b c) S 3 7 7 0").expect("a process");
        assert_eq!((process.parent, process.name.as_str()), (3, "a) (b c"));
    }
}
