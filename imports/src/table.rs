//! A file as a table: its delimiter is found out, its header named, its rows have their lines.

use csv::{ReaderBuilder, StringRecord};
use training::imports::SkipReason;

use crate::fold::fold;
use crate::{ImportLimits, Unreadable};

/// The longest cell, in bytes: a longer one is a quote that nobody closed.
const MAX_CELL_BYTES: usize = 20_000;

/// A table.
pub(crate) struct Table {
    /// The names of its columns, folded.
    pub(crate) header: Vec<String>,
    /// The names as they are written.
    pub(crate) titles: Vec<String>,
    /// The rows below the header.
    pub(crate) rows: Vec<Row>,
}

/// A row, with the line it begins at.
pub(crate) struct Row {
    pub(crate) line: u32,
    cells: StringRecord,
}

impl Table {
    pub(crate) fn of(text: &str) -> Result<Self, Unreadable> {
        let (text, skipped_lines) = without_separator_hint(text);
        let delimiter = delimiter_of(text);
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut rows = Vec::new();
        let (mut header, mut record) = (None, StringRecord::new());
        // Reading from memory what is UTF-8 already does not fail.
        while reader.read_record(&mut record).map_err(|_| Unreadable::NotText)? {
            if header.is_none() {
                if record.len() > ImportLimits::MAX_COLUMNS {
                    return Err(Unreadable::TooManyColumns);
                }
                header = Some(record.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>());
                continue;
            }
            if rows.len() == ImportLimits::MAX_ROWS {
                return Err(Unreadable::TooManyRows);
            }
            let line = record.position().map_or(0, csv::Position::line) + skipped_lines;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            // Cells beyond any header are not kept, only that there are some.
            if record.len() > ImportLimits::MAX_COLUMNS {
                record.truncate(ImportLimits::MAX_COLUMNS + 1);
            }
            rows.push(Row { line, cells: record.clone() });
        }
        let titles = header.ok_or(Unreadable::Empty)?;
        Ok(Self { header: titles.iter().map(|title| fold(title)).collect(), titles, rows })
    }

    /// The first column that has one of these names.
    pub(crate) fn column(&self, names: &[&str]) -> Option<usize> {
        self.header.iter().position(|title| names.contains(&title.as_str()))
    }

    /// The first column that has one of these names, with or without a unit: `Weight (kg)`, `weight_lbs`.
    pub(crate) fn measure(&self, names: &[&str]) -> Option<(usize, Option<&str>)> {
        self.measures(names).into_iter().next()
    }

    /// All of them.
    pub(crate) fn measures(&self, names: &[&str]) -> Vec<(usize, Option<&str>)> {
        let found = self.header.iter().enumerate().filter_map(|(at, title)| {
            let rest = names.iter().find_map(|name| title.strip_prefix(name))?;
            let unit = rest.trim().trim_start_matches('(').trim_end_matches(')').trim();
            // `Weight Unit` is the column of the unit itself.
            let is_apart = rest.is_empty() || (rest.starts_with([' ', '(']) && unit != "unit");
            is_apart.then_some((at, Some(unit).filter(|unit| !unit.is_empty())))
        });
        found.collect()
    }

    /// Whether it has all of these columns.
    pub(crate) fn has(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.header.iter().any(|title| title == name))
    }

    /// The columns that nothing was taken from, although some row has something in them.
    pub(crate) fn unused(&self, used: &[Option<usize>]) -> Vec<String> {
        let is_filled = |at: usize| self.rows.iter().any(|row| !row.cell(Some(at)).is_empty());
        let unused = self.titles.iter().enumerate().filter(|(at, _)| !used.contains(&Some(*at)) && is_filled(*at));
        unused.map(|(_, title)| title.chars().take(100).collect()).collect()
    }
}

impl Row {
    /// A cell without surrounding white space; empty where there is none.
    pub(crate) fn cell(&self, column: Option<usize>) -> &str {
        column.and_then(|at| self.cells.get(at)).unwrap_or_default().trim()
    }

    /// A cell, if there is something in it.
    pub(crate) fn some(&self, column: Option<usize>) -> Option<&str> {
        Some(self.cell(column)).filter(|cell| !cell.is_empty())
    }

    /// Whether it has the shape of a row of a table with so many columns.
    pub(crate) fn check(&self, columns: usize) -> Result<(), SkipReason> {
        if self.cells.iter().all(|cell| cell.trim().is_empty()) {
            Err(SkipReason::Empty)
        } else if self.cells.iter().any(|cell| cell.len() > MAX_CELL_BYTES) {
            Err(SkipReason::TooLong)
        } else if self.cells.len() < columns {
            Err(SkipReason::IncompleteRow)
        } else if self.cells.iter().skip(columns).any(|cell| !cell.trim().is_empty()) {
            Err(SkipReason::TooManyCells)
        } else {
            Ok(())
        }
    }
}

/// Spreadsheets write `sep=;` as a first line of its own.
fn without_separator_hint(text: &str) -> (&str, u64) {
    let text = text.trim_start_matches('\u{FEFF}');
    match text.split_once('\n') {
        Some((first, rest)) if first.len() < 10 && first.to_lowercase().starts_with("sep=") => (rest, 1),
        _ => (text, 0),
    }
}

/// The delimiter that the first line has most of, outside of quotes.
fn delimiter_of(text: &str) -> u8 {
    let first = text.trim_start().lines().next().unwrap_or_default();
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| !quoted && *delimiter == byte) {
            *count += 1;
        }
    }
    // Of two with as many, the first one: max_by_key would take the last.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        Table::of(text).expect("a table")
    }

    #[test]
    fn the_delimiter_is_found_out_and_quotes_hold_lines_together() {
        for text in [
            "a,b\n\"1,\n2\",x\n3,y\n",
            "\"a\";\"b\"\n\"1;\n2\";x\n3;y\n",
            "sep=;\na;b\n\"1\n2\";x\n3;y\n",
            "a\tb\n\"1\n2\"\tx\n3\ty\n",
        ] {
            let table = table(text);
            assert_eq!(table.header, ["a", "b"], "{text:?}");
            assert_eq!((table.rows[0].cell(Some(1)), table.rows[1].cell(Some(0))), ("x", "3"), "{text:?}");
            let first = 2 + u32::from(text.starts_with("sep"));
            assert_eq!(table.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [first, first + 2], "{text:?}");
        }
    }

    #[test]
    fn a_column_is_known_with_its_unit() {
        let table = table("Weight (kg),weight_lbs,Weighted,Weight Unit\n");
        assert_eq!(table.measures(&["weight"]), [(0, Some("kg")), (1, Some("lbs"))]);
    }

    #[test]
    fn a_row_of_another_shape_is_told() {
        let table = table(&format!("a,b\n1\n1,2,3\n1,2,\n,\n1,{}\n{}\n", "x".repeat(30_000), "1,".repeat(10_000)));
        let checks: Vec<_> = table.rows.iter().map(|row| row.check(2)).collect();
        let expected = [
            Err(SkipReason::IncompleteRow),
            Err(SkipReason::TooManyCells),
            Ok(()),
            Err(SkipReason::Empty),
            Err(SkipReason::TooLong),
            Err(SkipReason::TooManyCells),
        ];
        assert_eq!(checks, expected);
    }

    #[test]
    fn more_than_anybody_has_is_refused() {
        assert!(matches!(Table::of(&"a,".repeat(501)), Err(Unreadable::TooManyColumns)));
        assert!(matches!(Table::of(&format!("a\n{}", "1\n".repeat(200_001))), Err(Unreadable::TooManyRows)));
    }
}
