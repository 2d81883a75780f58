//! Rows of the application and, next to them, of a Tauri application with nothing in it.

use system_tests::Percentiles;

use crate::memory::Memory;
use crate::report::{Row, milliseconds};
use crate::sizes::megabytes;

const EMPTY: &str = "the same of an empty Tauri application";

/// Our application's value, then the empty one's.
#[derive(Debug)]
pub(crate) struct Comparison<T> {
    pub(crate) ours: T,
    pub(crate) empty: T,
}

/// How large something is, in bytes.
pub(crate) fn sizes(
    what: impl Into<String>,
    Comparison { ours, empty }: &Comparison<u64>,
    goal: &'static str,
) -> [Row; 2] {
    rows(what, megabytes(*ours), goal, format!("{}; ours is {}", megabytes(*empty), ratio(*ours, *empty)))
}

/// How long something takes.
pub(crate) fn times(what: impl Into<String>, Comparison { ours, empty }: &Comparison<Percentiles>) -> [Row; 2] {
    let shown = |times: &Percentiles| {
        let [p50, most] = [50, 100].map(|share| milliseconds(times.at(share)));
        format!("p50 {p50}, most {most}, of {}", times.count())
    };
    let [of_ours, of_empty] = [ours, empty].map(|times| u64::try_from(times.at(50).as_micros()).unwrap_or(u64::MAX));
    rows(what, shown(ours), "", format!("{}; ours is {}, by p50", shown(empty), ratio(of_ours, of_empty)))
}

/// How much memory is used: the median of several measurements.
pub(crate) fn memories(what: impl Into<String>, Comparison { ours, empty }: Comparison<Vec<Memory>>) -> [Row; 2] {
    let (ours, empty) = (median(ours), median(empty));
    rows(what, memory(ours), "", format!("{}; ours is {}", memory(empty), ratio(ours.all, empty.all)))
}

/// Memory as text.
pub(crate) fn memory(Memory { all, program }: Memory) -> String {
    format!("{}, {} of it the program's own process", megabytes(all), megabytes(program))
}

fn rows(what: impl Into<String>, ours: String, goal: &'static str, empty: String) -> [Row; 2] {
    [Row { what: what.into(), figure: ours, goal }, Row { what: EMPTY.to_owned(), figure: empty, goal: "" }]
}

/// The median.
fn median(mut measured: Vec<Memory>) -> Memory {
    measured.sort_unstable();
    measured.get(measured.len() / 2).copied().unwrap_or_default()
}

/// How many times as large ours is.
fn ratio(ours: u64, empty: u64) -> String {
    let tenths = (ours * 10 + empty / 2) / empty.max(1);
    format!("{}.{} times that", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn figures([ours, empty]: [Row; 2]) -> [String; 2] {
        [ours.figure, empty.figure]
    }

    #[test]
    fn a_ratio_is_rounded_to_a_tenth() {
        assert_eq!(ratio(230, 100), "2.3 times that");
        assert_eq!(ratio(1249, 1000), "1.2 times that");
        assert_eq!(ratio(1250, 1000), "1.3 times that");
        assert_eq!(ratio(99, 100), "1.0 times that");
    }

    #[test]
    fn the_row_of_the_empty_application_has_the_ratio() {
        let size = sizes("size", &Comparison { ours: 8_000_000, empty: 4_000_000 }, "≤ 9 MB");
        assert_eq!(size[0].goal, "≤ 9 MB");
        assert_eq!(figures(size), ["8.0 MB", "4.0 MB; ours is 2.0 times that"]);

        let took = |ms: &[u64]| ms.iter().copied().map(Duration::from_millis).collect();
        let start = times("start", &Comparison { ours: took(&[900, 600, 500]), empty: took(&[400]) });
        let expected =
            ["p50 600 ms, most 900 ms, of 3", "p50 400 ms, most 400 ms, of 1; ours is 1.5 times that, by p50"];
        assert_eq!(figures(start), expected);
    }

    #[test]
    fn memory_is_the_median_of_the_measurements() {
        let measured = |megabytes: u64| Memory { all: megabytes * 1_000_000, program: 1_000_000 };
        let comparison = Comparison { ours: vec![measured(9), measured(1), measured(4)], empty: vec![measured(2)] };
        let expected = [
            "4.0 MB, 1.0 MB of it the program's own process",
            "2.0 MB, 1.0 MB of it the program's own process; ours is 2.0 times that",
        ];
        assert_eq!(figures(memories("memory", comparison)), expected);
    }
}
