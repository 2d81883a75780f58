//! The number of tests that passed and failed, read from the output of the test runners while it is shown.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use xshell::Cmd;

use crate::failure::{Failure, IoContext};

/// How many of the slowest tests are listed.
const LISTED_SLOWEST: usize = 20;

/// How many tests passed and failed so far, and the times of those whose runner prints them.
#[derive(Debug, Default)]
pub(crate) struct TestSummary {
    passed: u64,
    failed: u64,
    times: Vec<(f64, String)>,
}

impl TestSummary {
    /// Runs `command`, showing its output as it comes and counting the tests it reports.
    pub(crate) fn run(&mut self, command: Cmd<'_>) -> Result<(), Failure> {
        let shown = command.to_string();
        println!("$ {shown}");
        let mut child = Command::from(command).stdout(Stdio::piped()).spawn().context(shown.clone())?;
        let output = child.stdout.take().expect("its standard output is piped");
        for line in BufReader::new(output).split(b'\n') {
            let line = line.context(format!("reading the output of `{shown}`"))?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            self.count(&line);
        }
        let status = child.wait().context(shown.clone())?;
        if status.success() { Ok(()) } else { Err(Failure::Ended { command: shown, status }) }
    }

    /// Counts a line if it is the summary of a test run: libtest's (`test result: ok. 5 passed; 0 failed; …`) or
    /// vitest's (`Tests  1 failed | 11 passed (12)`).
    fn count(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim_start();
        if let Some((name, seconds)) = test_time(line) {
            self.times.push((seconds, name.to_owned()));
        }
        let Some(summary) = line.strip_prefix("test result: ").or_else(|| line.strip_prefix("Tests  ")) else { return };
        let words: Vec<&str> = summary.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(number) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                _ => {}
            }
        }
    }
}

impl TestSummary {
    /// The slowest tests, slowest first, a line each.
    pub(crate) fn slowest(&self) -> Vec<String> {
        let mut times: Vec<&(f64, String)> = self.times.iter().collect();
        times.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        times.into_iter().take(LISTED_SLOWEST).map(|(seconds, name)| format!("{seconds:>7.1} s  {name}")).collect()
    }
}

/// A test's name and how many seconds it took, in a line of libtest's: `test name ... ok <0.012s>`.
fn test_time(line: &str) -> Option<(&str, f64)> {
    let (name, rest) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let seconds = rest.split_once('<')?.1.strip_suffix("s>")?.parse().ok()?;
    Some((name, seconds))
}

/// The text without colours, which some runners write also to a pipe.
fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or(part, |(_colour, text)| text));
    }
    plain
}

impl std::fmt::Display for TestSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_tests_are_listed_with_their_times() {
        let mut summary = TestSummary::default();
        for line in [
            "test quick ... ok <0.001s>",
            "test slow::on_postgres ... FAILED <12.345s>",
            "test middling ... ok <1.500s>",
            "test without_a_time ... ok",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 13.9s",
        ] {
            summary.count(line);
        }
        assert_eq!(summary.slowest(), ["   12.3 s  slow::on_postgres", "    1.5 s  middling", "    0.0 s  quick"]);
    }

    #[test]
    fn summaries_are_added_up_and_other_lines_are_ignored() {
        let mut summary = TestSummary::default();
        for line in [
            "running 3 tests",
            "test b25_one_round_is_out_at_a_time ... ok",
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            " Test Files  3 passed (3)",
            "      Tests  1 failed | 11 passed (12)",
            "      Tests  4 passed (4)",
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m8 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (8)\u{1b}[39m",
            "7 passed, 9 failed",
        ] {
            summary.count(line);
        }
        assert_eq!(summary.to_string(), "30 passed, 2 failed");
    }
}
