//! The tables, and the file they are kept in.

use std::fmt;
use std::time::Duration;

use system_tests::Percentiles;

use crate::machine::{self, root};
use crate::problem::{Problem, io};

const TITLE: &str = "# Results\n\nWritten by `cargo xtask bench`; each section by its own run.\n";

/// One figure.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) figure: String,
    /// What it should be; empty if it is only recorded.
    pub(crate) goal: &'static str,
}

/// The figures of one run.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) name: &'static str,
    pub(crate) rows: Vec<Row>,
    /// What a reader must know to interpret them, in whole sentences.
    pub(crate) notes: Vec<String>,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | measured | goal |\n| --- | --- | --- |")?;
        for Row { what, figure, goal } in &self.rows {
            writeln!(f, "| {what} | {figure} | {goal} |")?;
        }
        for (number, note) in self.notes.iter().enumerate() {
            let before = if number == 0 { "\n" } else { "" };
            writeln!(f, "{before}- {note}")?;
        }
        Ok(())
    }
}

/// Writes the section into `bench/RESULTS.md`, replacing that of an earlier run.
pub(crate) fn save(section: &Section) -> Result<(), Problem> {
    let path = root().join("bench/RESULTS.md");
    let previous = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => TITLE.to_owned(),
        Err(error) => return Err(io(format!("reading {}", path.display()))(error)),
    };
    let body = format!("{}\n\n{section}", machine::description());
    std::fs::write(&path, replaced(&previous, section.name, &body)).map_err(io(format!("writing {}", path.display())))
}

/// Milliseconds with the significant digits only.
pub(crate) fn milliseconds(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    if ms < 10.0 { format!("{ms:.2} ms") } else { format!("{ms:.0} ms") }
}

/// A row of percentiles.
pub(crate) fn times(what: impl Into<String>, times: &Percentiles, goal: &'static str) -> Row {
    let [p50, p99, most] = [50, 99, 100].map(|share| milliseconds(times.at(share)));
    let figure = format!("p50 {p50}, p99 {p99}, most {most}, of {}", times.count());
    Row { what: what.into(), figure, goal }
}

/// `text` with the section called `name` replaced, or added at the end.
fn replaced(text: &str, name: &str, body: &str) -> String {
    let heading = format!("\n## {name}\n");
    let section = format!("{heading}\n{}\n", body.trim_end());
    let Some(start) = text.find(&heading) else { return format!("{}\n{section}", text.trim_end()) };
    let after = start + heading.len();
    let end = text[after..].find("\n## ").map_or(text.len(), |at| after + at);
    format!("{}{section}{}", &text[..start], &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_follow_the_table() {
        let row = Row { what: "size".to_owned(), figure: "8.0 MB".to_owned(), goal: "≤ 9 MB" };
        let mut section =
            Section { name: "desktop", rows: vec![row], notes: vec!["One.".to_owned(), "Two.".to_owned()] };
        let table = "| what | measured | goal |\n| --- | --- | --- |\n| size | 8.0 MB | ≤ 9 MB |\n";
        assert_eq!(section.to_string(), format!("{table}\n- One.\n- Two.\n"));
        section.notes.clear();
        assert_eq!(section.to_string(), table);
    }

    #[test]
    fn a_section_replaces_only_itself() {
        let first = replaced(TITLE, "live", "one");
        let both = replaced(&first, "desktop", "two");
        assert_eq!(both, format!("{TITLE}\n## live\n\none\n\n## desktop\n\ntwo\n"));
        assert_eq!(replaced(&both, "live", "three"), format!("{TITLE}\n## live\n\nthree\n\n## desktop\n\ntwo\n"));
        assert_eq!(replaced(&both, "desktop", "four"), format!("{TITLE}\n## live\n\none\n\n## desktop\n\nfour\n"));
    }
}
