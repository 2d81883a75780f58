//! Strong. Until version 5 `,` and no unit; from 6 on `;`, with the unit in the header, warm-ups, drop sets and failures as
//! letters in place of the number of a set, and rows for rests and notes; on Android a column for the unit.

use jiff::SignedDuration;
use training::ExerciseKind;

use crate::cells::{MeasureColumn, measured, seconds, whole};
use crate::collect::{Collector, FoundSet};
use crate::dates::{DateOrder, moment};
use crate::entry::Span;
use crate::fold::fold;
use crate::table::{Row, Table};
use training::imports::SkipReason;

pub(super) fn recognise(table: &Table) -> bool {
    table.has(&["date", "exercise name", "set order"])
}

/// The columns.
struct Columns<'a> {
    date: Option<usize>,
    duration: Option<usize>,
    exercise: Option<usize>,
    order: Option<usize>,
    weight: MeasureColumn<'a>,
    reps: Option<usize>,
    distance: MeasureColumn<'a>,
    seconds: Option<usize>,
    notes: Option<usize>,
    rpe: Option<usize>,
    count: usize,
}

impl<'a> Columns<'a> {
    fn of(table: &'a Table) -> Self {
        Self {
            date: table.column(&["date"]),
            duration: table.column(&["duration", "duration (sec)", "workout duration"]),
            exercise: table.column(&["exercise name"]),
            order: table.column(&["set order"]),
            weight: MeasureColumn::of(table, &["weight"], &["weight unit"]),
            reps: table.column(&["reps"]),
            distance: MeasureColumn::of(table, &["distance"], &["distance unit"]),
            seconds: table.column(&["seconds"]),
            notes: table.column(&["notes"]),
            rpe: table.column(&["rpe"]),
            count: table.header.len(),
        }
    }

    fn used(&self) -> Vec<Option<usize>> {
        let Self { date, duration, exercise, order, weight, reps, distance, seconds, notes, rpe, .. } = *self;
        let values = [date, duration, exercise, order, reps, seconds, notes, rpe];
        [weight.used(), distance.used()].into_iter().flatten().chain(values).collect()
    }

    fn set<'r>(&self, row: &'r Row, order: DateOrder) -> Result<(Span, FoundSet<'r>), SkipReason> {
        row.check(self.count)?;
        let (kind, to_failure) = kind(row.cell(self.order))?;
        let start = moment(row.cell(self.date), order).ok_or(SkipReason::BadDate)?.date_time();
        // What can't be read of a duration is no reason to leave a set out.
        let lasted = row.some(self.duration).and_then(|cell| seconds(cell).ok().flatten());
        let end = lasted.and_then(|lasted| start.checked_add(SignedDuration::try_from_secs_f64(lasted).ok()?).ok());
        let set = FoundSet {
            exercise: row.cell(self.exercise),
            kind,
            to_failure,
            weight: self.weight.weight(row)?,
            reps: whole(row.cell(self.reps))?,
            distance: self.distance.distance(row)?,
            seconds: seconds(row.cell(self.seconds))?,
            rpe: measured(row.cell(self.rpe))?.map(|rpe| rpe.value).filter(|rpe| *rpe > 0.0),
            note: row.some(self.notes),
        };
        Ok((Span { start, end }, without_fillers(&set)))
    }
}

/// Strong fills cells that nothing was entered in with zeros. No repetition is an answer only beside a weight.
fn without_fillers<'a>(set: &FoundSet<'a>) -> FoundSet<'a> {
    let weight = set.weight.filter(|weight| weight.value != 0.0);
    let seconds = set.seconds.filter(|seconds| *seconds > 0.0);
    let is_try = weight.is_some() && seconds.is_none() && set.distance.is_none();
    let reps = set.reps.filter(|reps| *reps > 0 || is_try);
    FoundSet { weight, reps, seconds, ..set.clone() }
}

/// What a set was there for, by the number or the letter in its place.
fn kind(order: &str) -> Result<(ExerciseKind, bool), SkipReason> {
    match fold(order).as_str() {
        "w" => Ok((ExerciseKind::WarmUp, false)),
        "d" => Ok((ExerciseKind::Drop, false)),
        "f" => Ok((ExerciseKind::Working, true)),
        "rest timer" => Err(SkipReason::RestTimer),
        "note" => Err(SkipReason::Note),
        _ => Ok((ExerciseKind::Working, false)),
    }
}

pub(super) fn read(table: &Table, collector: &mut Collector<'_>) -> Vec<Option<usize>> {
    let columns = Columns::of(table);
    let order = DateOrder::of(table.rows.iter().map(|row| row.cell(columns.date)));
    for row in &table.rows {
        collector.set(row.line, columns.set(row, order));
    }
    columns.used()
}
