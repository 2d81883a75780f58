//! Cells as numbers: with a point or a comma, with a unit or a word behind it.

use training::imports::{SkipReason, WeightUnit};

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

/// The unit of a weight: what stands behind the number, else in its own cell or the header.
pub(crate) fn weight_unit(behind: &str, elsewhere: Option<&str>) -> Result<Option<WeightUnit>, SkipReason> {
    let word = Some(behind).filter(|word| !word.is_empty()).or(elsewhere.filter(|word| !word.trim().is_empty()));
    word.map(|word| unit_called(word).ok_or(SkipReason::UnknownUnit)).transpose()
}

/// The metres of one of a distance's unit.
pub(crate) fn metres_in(word: &str) -> Result<f64, SkipReason> {
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
