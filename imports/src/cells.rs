//! Cells as numbers, with a point or a comma, with a unit or a word behind it; and as weights and distances, whose unit may
//! stand elsewhere.

use training::imports::SkipReason;

use crate::entry::{Distance, Weight};
use crate::table::{Row, Table};
use crate::units::{METRES_PER_MILE, unit_called};

/// A number, and what is written behind it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured<'a> {
    pub(crate) value: f64,
    pub(crate) word: &'a str,
}

/// The number in a cell; none in an empty one.
pub(crate) fn measured(cell: &str) -> Result<Option<Measured<'_>>, SkipReason> {
    let cell = cell.trim();
    if cell.is_empty() || matches!(cell, "-" | "–" | "—") {
        return Ok(None);
    }
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’');
    let signed = cell.strip_prefix(['-', '−']);
    let unsigned = signed.or_else(|| cell.strip_prefix('+')).unwrap_or(cell).trim_start();
    let end = unsigned.find(|c: char| !is_part(c)).unwrap_or(unsigned.len());
    let (digits, word) = unsigned.split_at(end);
    let value = number(digits.trim_end_matches(['.', ','])).ok_or(SkipReason::BadNumber)?;
    let word = word.trim();
    // A second number behind it is no unit.
    if word.contains(|c: char| c.is_ascii_digit()) {
        return Err(SkipReason::BadNumber);
    }
    Ok(Some(Measured { value: if signed.is_some() { -value } else { value }, word }))
}

/// A number with one decimal separator, or one that groups thousands and another; none where it could mean two things.
fn number(digits: &str) -> Option<f64> {
    let plain: String = digits.chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    let (points, commas) = (plain.matches('.').count(), plain.matches(',').count());
    let text = match (points, commas) {
        (0 | 1, 0) => plain,
        // 1,000 is a thousand to one and a one to another.
        (0, 1) if plain.len() - plain.find(',')? == 4 && !plain.starts_with('0') => return None,
        (0, 1) => plain.replace(',', "."),
        (_, 1) if plain.rfind(',') > plain.rfind('.') => plain.replace('.', "").replace(',', "."),
        (1, _) if plain.rfind('.') > plain.rfind(',') => plain.replace(',', ""),
        (0, _) => plain.replace(',', ""),
        (_, 0) => plain.replace('.', ""),
        _ => return None,
    };
    text.parse().ok().filter(|value: &f64| value.is_finite() && *value < 1e12)
}

/// A whole number, as `8`, `8.0` or `8 reps`.
pub(crate) fn whole(cell: &str) -> Result<Option<u32>, SkipReason> {
    measured(cell)?.map(|measured| whole_number(measured.value)).transpose()
}

pub(crate) fn whole_number(value: f64) -> Result<u32, SkipReason> {
    if value.fract() != 0.0 {
        return Err(SkipReason::BadNumber);
    }
    if !(0.0..=1e9).contains(&value) {
        return Err(SkipReason::OutOfRange);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be within its range")]
    Ok(value as u32)
}

/// A column of weights or distances. The unit stands behind the number, in a column of its own, or in the header; the first
/// of these counts.
#[derive(Clone, Copy)]
pub(crate) struct MeasureColumn<'a> {
    at: Option<usize>,
    unit_at: Option<usize>,
    in_header: Option<&'a str>,
}

impl<'a> MeasureColumn<'a> {
    /// The first column with one of these names; its unit perhaps stands in one of the others.
    pub(crate) fn of(table: &'a Table, names: &[&str], of_unit: &[&str]) -> Self {
        let (at, in_header) = table.measure(names).map_or((None, None), |(at, unit)| (Some(at), unit));
        Self { at, unit_at: table.column(of_unit), in_header }
    }

    /// All columns with one of these names, each in a unit of its own.
    pub(crate) fn all(table: &'a Table, names: &[&str]) -> Vec<Self> {
        table.measures(names).into_iter().map(|(at, unit)| Self::at(at, unit)).collect()
    }

    /// A column of this unit.
    pub(crate) fn at(at: usize, in_header: Option<&'a str>) -> Self {
        Self { at: Some(at), unit_at: None, in_header }
    }

    /// The columns it takes something from.
    pub(crate) fn used(&self) -> [Option<usize>; 2] {
        [self.at, self.unit_at]
    }

    /// The weight in a row; none in an empty cell.
    pub(crate) fn weight(&self, row: &Row) -> Result<Option<Weight>, SkipReason> {
        let written = measured(row.cell(self.at))?;
        written.map(|written| weight(written, self.unit_beside(row))).transpose()
    }

    /// The distance in a row; none in an empty cell, and none if it is zero, which trackers fill empty cells with.
    pub(crate) fn distance(&self, row: &Row) -> Result<Option<Distance>, SkipReason> {
        let Some(written) = measured(row.cell(self.at))?.filter(|is| is.value != 0.0) else { return Ok(None) };
        Ok(Some(match some(written.word).or(self.unit_beside(row)) {
            Some(unit) => Distance::Metres(written.value * metres_in(unit)?),
            None => Distance::Silent(written.value),
        }))
    }

    fn unit_beside<'r>(&self, row: &'r Row) -> Option<&'r str>
    where
        'a: 'r,
    {
        row.some(self.unit_at).or(self.in_header)
    }
}

/// The weight of a row, which may be written in several units, but then has to be the same.
pub(crate) fn weight_in(row: &Row, columns: &[MeasureColumn<'_>]) -> Result<Option<Weight>, SkipReason> {
    let mut found: Option<Weight> = None;
    for column in columns {
        let Some(weight) = column.weight(row)? else { continue };
        match found {
            None => found = Some(weight),
            Some(Weight { value, unit: Some(one) }) if let Some(other) = weight.unit => {
                let (one, other) = (one.kilograms(value), other.kilograms(weight.value));
                // Each is rounded in its own unit.
                if (one - other).abs() > 0.5 + one.abs() / 100.0 {
                    return Err(SkipReason::UnitContradiction);
                }
            }
            Some(_) => {}
        }
    }
    Ok(found)
}

/// The distance of a row, which may be written in several units: the first one counts.
pub(crate) fn distance_in(row: &Row, columns: &[MeasureColumn<'_>]) -> Result<Option<Distance>, SkipReason> {
    for column in columns {
        if let Some(distance) = column.distance(row)? {
            return Ok(Some(distance));
        }
    }
    Ok(None)
}

/// A weight that is written in a cell, with what is said of its unit beside it.
pub(crate) fn weight(written: Measured<'_>, beside: Option<&str>) -> Result<Weight, SkipReason> {
    let word = some(written.word).or(beside.and_then(some));
    let unit = word.map(|word| unit_called(word).ok_or(SkipReason::UnknownUnit)).transpose()?;
    Ok(Weight { value: written.value, unit })
}

fn some(word: &str) -> Option<&str> {
    Some(word).filter(|word| !word.trim().is_empty())
}

/// The metres of one of a distance's unit.
fn metres_in(word: &str) -> Result<f64, SkipReason> {
    match crate::fold::fold(word).trim_end_matches('.') {
        "m" | "meter" | "meters" | "metre" | "metres" | "metri" | "metros" => Ok(1.0),
        "km" | "kms" | "kilometer" | "kilometers" | "kilometre" | "kilometres" => Ok(1_000.0),
        "mi" | "mile" | "miles" => Ok(METRES_PER_MILE),
        "yd" | "yds" | "yard" | "yards" => Ok(0.914_4),
        "ft" | "feet" | "foot" => Ok(0.304_8),
        "cm" => Ok(0.01),
        _ => Err(SkipReason::UnknownUnit),
    }
}

/// A time in seconds: `90`, `1:30`, `0:12:30`, `1h 5m`, `45 min`.
pub(crate) fn seconds(cell: &str) -> Result<Option<f64>, SkipReason> {
    let cell = cell.trim();
    if cell.contains(':') {
        let parts: Option<Vec<f64>> = cell.split(':').map(|part| part.trim().parse().ok()).collect();
        let parts = parts.filter(|parts| parts.len() <= 3 && parts.iter().all(|part| (0.0..=100_000.0).contains(part)));
        return parts
            .map(|parts| Some(parts.iter().fold(0.0, |sum, part| sum * 60.0 + part)))
            .ok_or(SkipReason::BadNumber);
    }
    let Some(first) = cell.find(|c: char| c.is_alphabetic()) else { return Ok(measured(cell)?.map(|is| is.value)) };
    let (mut sum, mut rest, mut word_at) = (0.0, cell, first);
    loop {
        let (number, behind) = rest.split_at(word_at);
        let end = behind.find(|c: char| c.is_ascii_digit()).unwrap_or(behind.len());
        let (word, next) = behind.split_at(end);
        let value = measured(number)?.ok_or(SkipReason::BadNumber)?.value;
        sum += value * seconds_in(word.trim())?;
        if next.is_empty() {
            return Ok(Some(sum));
        }
        rest = next;
        word_at = next.find(|c: char| c.is_alphabetic()).ok_or(SkipReason::BadNumber)?;
    }
}

fn seconds_in(word: &str) -> Result<f64, SkipReason> {
    match crate::fold::fold(word).chars().next().filter(|_| !word.contains(char::is_whitespace)) {
        Some('h' | 'o' | 'u' | 'ч') => Ok(3_600.0),
        Some('m' | 'м') => Ok(60.0),
        Some('s' | 'с') => Ok(1.0),
        _ => Err(SkipReason::UnknownUnit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(cell: &str) -> Result<Option<f64>, SkipReason> {
        Ok(measured(cell)?.map(|measured| measured.value))
    }

    #[test]
    fn numbers_are_read_with_point_and_comma() {
        for (cell, expected) in [
            ("100.0", 100.0),
            ("62,5", 62.5),
            ("0,00 kg", 0.0),
            ("1.234,5", 1_234.5),
            ("1,234.5", 1_234.5),
            ("0,125", 0.125),
            ("-20", -20.0),
            ("−20", -20.0),
            ("100kg", 100.0),
            ("1’250.5", 1_250.5),
        ] {
            assert_eq!(value(cell), Ok(Some(expected)), "{cell}");
        }
        assert_eq!(value(" "), Ok(None));
        for cell in ["1,000", "abc", "1.2.3,4,5", "=HYPERLINK(\"x\")", "8 9", "NaN", "1e400", "..", "٣"] {
            assert_eq!(value(cell), Err(SkipReason::BadNumber), "{cell}");
        }
    }

    #[test]
    fn repetitions_are_whole() {
        assert_eq!(whole("20 ripetizioni"), Ok(Some(20)));
        assert_eq!(whole("8.0"), Ok(Some(8)));
        assert_eq!(whole(""), Ok(None));
        assert_eq!(whole("8.5"), Err(SkipReason::BadNumber));
        assert_eq!(whole("99999999999"), Err(SkipReason::OutOfRange));
    }

    #[test]
    fn times_are_read_however_they_are_written() {
        for (cell, expected) in
            [("90", 90.0), ("1:30", 90.0), ("0:12:30", 750.0), ("1h 5m", 3_900.0), ("45 min", 2_700.0), ("32s", 32.0)]
        {
            assert_eq!(seconds(cell), Ok(Some(expected)), "{cell}");
        }
        for cell in ["1:x", "5 q", "h", "1h x", "1:2:3:4"] {
            assert!(seconds(cell).is_err(), "{cell}");
        }
    }
}
