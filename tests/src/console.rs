//! What a page wrote to its console, as `WebKit` prints it: `CONSOLE JS WARN …`, one line per message.

use std::path::Path;

use crate::failure::{Failure, IoContext};

/// The warnings and errors in the file at `path`.
pub(crate) fn console_problems(path: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read(path).context("reading a window's console")?;
    Ok(String::from_utf8_lossy(&text).lines().filter(|line| is_problem(line)).map(str::to_owned).collect())
}

/// `CONSOLE <source> <level> …`; a source may be two words.
fn is_problem(line: &str) -> bool {
    let mut words = line.split_whitespace();
    words.next() == Some("CONSOLE") && words.take(3).any(|word| matches!(word, "WARN" | "ERROR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_errors_of_the_page_are_problems_and_other_lines_are_not() {
        assert!(is_problem("CONSOLE JS ERROR TypeError: undefined is not an object"));
        assert!(is_problem("CONSOLE SECURITY ERROR Refused to load http://a.example/ because it …"));
        assert!(is_problem("CONSOLE CONSOLE-API WARN careful"));
        assert!(!is_problem("CONSOLE CONSOLE-API LOG an ERROR was mentioned"));
        assert!(!is_problem("2026-11-23T16:00:00Z  WARN ringside_core: no keyring answers"));
    }
}
