//! Hevy: the header is always the same but for its units, the months are in the language of the app.

use training::ExerciseKind;

use crate::cells::{MeasureColumn, distance_in, measured, seconds, weight_in, whole};
use crate::collect::{Collector, FoundSet};
use crate::dates::{DateOrder, moment};
use crate::entry::Span;
use crate::fold::fold;
use crate::table::{Row, Table};
use training::imports::SkipReason;

pub(super) fn recognise(table: &Table) -> bool {
    table.has(&["start time", "exercise title"])
}

/// The columns.
struct Columns<'a> {
    start: Option<usize>,
    end: Option<usize>,
    exercise: Option<usize>,
    notes: Option<usize>,
    set_type: Option<usize>,
    weights: Vec<MeasureColumn<'a>>,
    reps: Option<usize>,
    distances: Vec<MeasureColumn<'a>>,
    seconds: Option<usize>,
    rpe: Option<usize>,
    count: usize,
}

impl<'a> Columns<'a> {
    fn of(table: &'a Table) -> Self {
        Self {
            start: table.column(&["start time"]),
            end: table.column(&["end time"]),
            exercise: table.column(&["exercise title"]),
            notes: table.column(&["exercise notes"]),
            set_type: table.column(&["set type"]),
            weights: MeasureColumn::all(table, &["weight"]),
            reps: table.column(&["reps"]),
            distances: MeasureColumn::all(table, &["distance"]),
            seconds: table.column(&["duration seconds"]),
            rpe: table.column(&["rpe"]),
            count: table.header.len(),
        }
    }

    fn set<'r>(&self, row: &'r Row, order: DateOrder) -> Result<(Span, FoundSet<'r>), SkipReason> {
        row.check(self.count)?;
        let start = moment(row.cell(self.start), order).ok_or(SkipReason::BadDate)?.date_time();
        let end = moment(row.cell(self.end), order).map(crate::dates::Moment::date_time);
        let (kind, to_failure) = kind(row.cell(self.set_type));
        let set = FoundSet {
            exercise: row.cell(self.exercise),
            kind,
            to_failure,
            weight: weight_in(row, &self.weights)?,
            reps: whole(row.cell(self.reps))?,
            distance: distance_in(row, &self.distances)?,
            seconds: seconds(row.cell(self.seconds))?,
            rpe: measured(row.cell(self.rpe))?.map(|rpe| rpe.value),
            note: row.some(self.notes),
        };
        Ok((Span { start, end }, set))
    }
}

fn kind(set_type: &str) -> (ExerciseKind, bool) {
    match fold(set_type).replace(' ', "").as_str() {
        "warmup" => (ExerciseKind::WarmUp, false),
        "dropset" | "drop" => (ExerciseKind::Drop, false),
        "failure" => (ExerciseKind::Working, true),
        _ => (ExerciseKind::Working, false),
    }
}

pub(super) fn read(table: &Table, collector: &mut Collector<'_>) -> Vec<Option<usize>> {
    let columns = Columns::of(table);
    let order = DateOrder::of(table.rows.iter().map(|row| row.cell(columns.start)));
    for row in &table.rows {
        collector.set(row.line, columns.set(row, order));
    }
    let Columns { start, end, exercise, notes, set_type, reps, seconds, rpe, .. } = columns;
    let measures = columns.weights.iter().chain(&columns.distances).flat_map(MeasureColumn::used);
    // The place of a set, and which sets belong together, follow from the order of the rows.
    let implied = [table.column(&["set index"])];
    measures.chain(implied).chain([start, end, exercise, notes, set_type, reps, seconds, rpe]).collect()
}
