//! Dates as trackers write them: ISO, with names of months in any of their languages, or in numbers whose order the file
//! as a whole tells.

use jiff::civil::{Date, DateTime, Time};

use crate::fold::fold;
use crate::months::month;

/// The order of day and month where both are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateOrder {
    DayFirst,
    MonthFirst,
}

/// A moment on the clock of whoever trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) date: Date,
    /// None where only the day is known.
    pub(crate) time: Option<Time>,
}

impl Moment {
    /// The moment; noon, where only the day is known.
    pub(crate) fn date_time(self) -> DateTime {
        self.date.to_datetime(self.time.unwrap_or(Time::constant(12, 0, 0, 0)))
    }
}

impl DateOrder {
    /// What the dates of a file tell: a number above twelve is no month, and Americans write am and pm.
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut last = "";
        let mut american = false;
        for cell in cells {
            if cell == last {
                continue;
            }
            last = cell;
            let folded = fold(cell);
            let numbers = Parts::of(&folded).numbers;
            if let [Some((first, _)), Some((second, _)), Some(_)] = numbers {
                if (13..=31).contains(&first) {
                    return Self::DayFirst;
                }
                if (13..=31).contains(&second) && first <= 12 {
                    return Self::MonthFirst;
                }
            }
            american |= cell.contains('/') && half_of_day(&folded).is_some();
        }
        if american { Self::MonthFirst } else { Self::DayFirst }
    }
}

/// The moment in a cell, if there is such a one.
pub(crate) fn moment(cell: &str, order: DateOrder) -> Option<Moment> {
    // What is longer is no date, whatever it begins with.
    if cell.len() > 80 {
        return None;
    }
    let folded = fold(cell);
    let parts = Parts::of(&folded);
    let time = match parts.time(&folded)? {
        Clock::At(time) => Some(time),
        Clock::Unknown => None,
    };
    Some(Moment { date: parts.date(order)?, time })
}

/// What a cell says of the time of day.
enum Clock {
    At(Time),
    /// Nothing.
    Unknown,
}

/// The numbers and the month of a date, and its time.
#[derive(Default)]
struct Parts {
    /// The first three numbers of the date, with how many digits each has.
    numbers: [Option<(i16, usize)>; 3],
    count: usize,
    month: Option<i8>,
    /// Hour, minute and second, as far as they are there.
    clock: Vec<i8>,
    is_broken: bool,
}

impl Parts {
    fn of(folded: &str) -> Self {
        let mut parts = Self::default();
        let bytes = folded.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let rest = &folded[at..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits > 0 {
                let after = bytes.get(at + digits).copied();
                let before = at.checked_sub(1).map(|before| bytes[before]);
                parts.add_number(&rest[..digits], after == Some(b':') || before == Some(b':'));
                at += digits;
                // Fractions of a second, and a time zone that the file names, are not needed.
                if parts.clock.len() == 3 && after == Some(b'.') {
                    at += 1 + folded[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
                }
            } else {
                let letters: usize = rest.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
                if letters > 0 {
                    parts.month = month(&rest[..letters]).or(parts.month);
                }
                at += letters.max(rest.chars().next().map_or(1, char::len_utf8));
            }
        }
        parts
    }

    fn add_number(&mut self, digits: &str, is_clock: bool) {
        if is_clock {
            match digits.parse() {
                Ok(value) if self.clock.len() < 3 => self.clock.push(value),
                _ => self.is_broken = true,
            }
        } else if self.count < 3 {
            self.is_broken |= digits.len() > 4;
            self.numbers[self.count] = digits.parse().ok().map(|value| (value, digits.len()));
            self.count += 1;
        } else {
            self.is_broken = true;
        }
    }

    fn date(&self, order: DateOrder) -> Option<Date> {
        let [first, second, third] = self.numbers;
        let (year, month, day) = match (self.month, first, second, third) {
            _ if self.is_broken => return None,
            (Some(month), Some(year @ (_, 4)), Some((day, _)), None)
            | (Some(month), Some((day, _)), Some(year), None) => (year, i16::from(month), day),
            (None, Some(year @ (_, 4)), Some((month, _)), Some((day, _))) => (year, month, day),
            (None, Some((one, _)), Some((other, _)), Some(year)) => match order {
                DateOrder::DayFirst => (year, other, one),
                DateOrder::MonthFirst => (year, one, other),
            },
            _ => return None,
        };
        let year = match year {
            (year, 4) => year,
            (year, 2) => 2_000 + year,
            _ => return None,
        };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    /// The time; nothing where it is none that a clock shows.
    fn time(&self, folded: &str) -> Option<Clock> {
        let (hour, minute, second) = match self.clock[..] {
            [] => return Some(Clock::Unknown),
            [hour, minute] => (hour, minute, 0),
            [hour, minute, second] => (hour, minute, second),
            _ => return None,
        };
        let hour = match half_of_day(folded) {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(is_after_noon) => hour % 12 + if is_after_noon { 12 } else { 0 },
        };
        Time::new(hour, minute, second, 0).ok().map(Clock::At)
    }
}

/// Whether a time is after noon; none where it is written with 24 hours.
fn half_of_day(folded: &str) -> Option<bool> {
    let words: String = folded.chars().filter(|c| c.is_alphanumeric() || *c == ':').collect();
    let is_after = |word: &str| words.ends_with(word);
    // A month may end in `am`, so there has to be a digit before it.
    let behind_digit =
        |word: &str| is_after(word) && words[..words.len() - word.len()].ends_with(|c: char| c.is_ascii_digit());
    if behind_digit("pm") || words.contains("午後") || words.contains("下午") || words.contains("오후") {
        Some(true)
    } else if behind_digit("am") || words.contains("午前") || words.contains("上午") || words.contains("오전") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(cell: &str, order: DateOrder) -> Option<String> {
        moment(cell, order).map(|moment| match moment.time {
            Some(time) => format!("{} {time}", moment.date),
            None => moment.date.to_string(),
        })
    }

    #[test]
    fn dates_are_read_as_trackers_write_them() {
        for (cell, expected) in [
            ("2021-02-10 16:46:13", "2021-02-10 16:46:13"),
            ("2021-02-10T16:46:13.250Z", "2021-02-10 16:46:13"),
            ("2021-02-10 4:46:13\u{202F}PM", "2021-02-10 16:46:13"),
            ("2021-02-10 12:05:00 AM", "2021-02-10 00:05:00"),
            ("2021-02-10 4:46 p. m.", "2021-02-10 16:46:00"),
            ("2021/02/10", "2021-02-10"),
            ("8 Apr 2026, 16:50", "2026-04-08 16:50:00"),
            ("Apr 8, 2026, 4:50 PM", "2026-04-08 16:50:00"),
            ("27 de jul. de 2026, 19:00", "2026-07-27 19:00:00"),
            ("8. März 2026, 07:05", "2026-03-08 07:05:00"),
            ("8 août 2026 à 07:05", "2026-08-08 07:05:00"),
            ("8 мая 2026 г., 07:05", "2026-05-08 07:05:00"),
            ("2026年4月8日 16:50", "2026-04-08 16:50:00"),
            ("2026. 4. 8. 오후 4:50", "2026-04-08 16:50:00"),
            ("05.06.2026, 07:30", "2026-06-05 07:30:00"),
            ("09/01/25", "2025-01-09"),
        ] {
            assert_eq!(written(cell, DateOrder::DayFirst).as_deref(), Some(expected), "{cell}");
        }
        assert_eq!(written("4/8/2026", DateOrder::MonthFirst).as_deref(), Some("2026-04-08"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for cell in [
            "",
            "31 Feb 2026",
            "2021-02-30",
            "2021-13-01",
            "yesterday",
            "8 Apr",
            "25:00",
            "2021-02-10 25:00:00",
            "1:2:3:4:5",
            "99999999999-1-1",
            "2021-02-10 13:00 PM",
            "٣/٤/٢٠٢٦",
        ] {
            assert_eq!(written(cell, DateOrder::DayFirst), None, "{cell}");
        }
    }

    #[test]
    fn the_file_tells_the_order_of_day_and_month() {
        let order = |cells: &[&str]| DateOrder::of(cells.iter().copied());
        assert_eq!(order(&["05/06/26", "13/06/26"]), DateOrder::DayFirst);
        assert_eq!(order(&["05/06/26", "06/13/26"]), DateOrder::MonthFirst);
        assert_eq!(order(&["05/06/26 4:50 PM"]), DateOrder::MonthFirst);
        assert_eq!(order(&["05/06/26", "2026-06-13"]), DateOrder::DayFirst);
    }
}
