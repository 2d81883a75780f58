//! StrongLifts 5×5: a line for each exercise of a session, its sets in columns. A set of no repetition failed.
//!
//! Each set counts as a row of its own. The weight of the body that stands on every line is the one in the profile, not one
//! that was measured that day, so it is none.

use crate::cells::{MeasureColumn, measured, weight, weight_in, whole};
use crate::collect::{Collector, FoundSet};
use crate::dates::{DateOrder, moment};
use crate::entry::{Span, Weight};
use crate::table::{Row, Table};
use training::imports::SkipReason;

/// The columns of one set.
#[derive(Default)]
struct SetColumns<'a> {
    number: u32,
    reps: Option<usize>,
    weights: Vec<MeasureColumn<'a>>,
}

pub(super) fn recognise(table: &Table) -> bool {
    table.column(&["exercise"]).is_some() && date_column(table).is_some() && !sets(table).is_empty()
}

/// `Date (yyyy/mm/dd)`, `Date`.
fn date_column(table: &Table) -> Option<usize> {
    table.header.iter().position(|title| title == "date" || title.starts_with("date ("))
}

/// The columns of each set: `Set 1`, or `Set 1 (Reps)` and `Set 1 (KG)`.
fn sets(table: &Table) -> Vec<SetColumns<'_>> {
    let mut sets: Vec<SetColumns<'_>> = Vec::new();
    for (at, title) in table.header.iter().enumerate() {
        let Some(rest) = title.strip_prefix("set ").map(|rest| rest.trim_start_matches('#')) else { continue };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let Ok(number) = rest[..digits].parse() else { continue };
        let what = rest[digits..].trim_matches(|c: char| !c.is_alphanumeric());
        let known = sets.iter().position(|set| set.number == number);
        let place = known.unwrap_or_else(|| {
            sets.push(SetColumns { number, ..SetColumns::default() });
            sets.len() - 1
        });
        match what {
            "" | "reps" | "rep" => sets[place].reps = Some(at),
            "weight" => sets[place].weights.push(MeasureColumn::at(at, None)),
            unit => sets[place].weights.push(MeasureColumn::at(at, Some(unit))),
        }
    }
    sets.retain(|set| set.reps.is_some());
    sets
}

/// The weight of a line, where its sets have none of their own.
fn line_weights(table: &Table) -> Vec<MeasureColumn<'_>> {
    MeasureColumn::all(table, &["weight", "work weight", "exercise weight"])
}

pub(super) fn read(table: &Table, collector: &mut Collector<'_>) -> Vec<Option<usize>> {
    let (date, exercise) = (date_column(table), table.column(&["exercise"]));
    let (duration, note) = (table.column(&["duration (hours)"]), table.column(&["notes", "note"]));
    let (sets, of_line) = (sets(table), line_weights(table));
    let order = DateOrder::of(table.rows.iter().map(|row| row.cell(date)));
    for row in &table.rows {
        let done: Vec<_> = sets.iter().filter(|set| row.some(set.reps).is_some()).collect();
        let shape = row.check(0).err().filter(|reason| *reason != SkipReason::TooManyCells);
        if let Some(reason) = shape.or_else(|| done.is_empty().then_some(SkipReason::Empty)) {
            collector.skip(row.line, reason);
            continue;
        }
        let start = moment(row.cell(date), order).map(crate::dates::Moment::date_time);
        for (nth, set) in done.iter().enumerate() {
            let found = start.ok_or(SkipReason::BadDate).and_then(|start| {
                let (reps, weight) = reps_and_weight(row, set, &of_line)?;
                // A note stands beside the exercise, so the first set has it.
                let note = row.some(note).filter(|_| nth == 0);
                let set = FoundSet { exercise: row.cell(exercise), reps, weight, note, ..FoundSet::default() };
                Ok((Span { start, end: None }, set))
            });
            collector.set(row.line, found);
        }
    }
    let of_sets = sets.iter().flat_map(|set| set.weights.iter().flat_map(MeasureColumn::used).chain([set.reps]));
    of_sets.chain(of_line.iter().flat_map(MeasureColumn::used)).chain([date, exercise, duration, note]).collect()
}

/// `5`, or `5x60kg`.
fn reps_and_weight(
    row: &Row,
    set: &SetColumns<'_>,
    of_line: &[MeasureColumn<'_>],
) -> Result<(Option<u32>, Option<Weight>), SkipReason> {
    let cell = row.cell(set.reps);
    let (reps, own) = match cell.split_once(['x', 'X', '×', '*']) {
        Some((reps, weight)) => (reps, measured(weight)?),
        None => (cell, None),
    };
    let reps = whole(reps)?;
    let weight = match own {
        Some(own) => Some(weight(own, None)?),
        None if set.weights.is_empty() => weight_in(row, of_line)?,
        None => weight_in(row, &set.weights)?,
    };
    Ok((reps, weight.filter(|weight| weight.value != 0.0)))
}
