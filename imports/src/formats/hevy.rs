//! Hevy: the header is always the same but for its units, the months are in the language of the app.

use training::ExerciseKind;

use crate::cells::{measured, metres_in, seconds, weight_unit, whole};
use crate::collect::{Collector, FoundSet, Span};
use crate::dates::{DateOrder, moment};
use crate::entry::{Distance, Weight};
use crate::fold::fold;
use crate::table::{Row, Table};
use crate::units::kilograms;
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
    weights: Vec<(usize, Option<&'a str>)>,
    reps: Option<usize>,
    distances: Vec<(usize, Option<&'a str>)>,
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
            weights: table.measures(&["weight"]),
            reps: table.column(&["reps"]),
            distances: table.measures(&["distance"]),
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
            weight: weight_of(row, &self.weights)?,
            reps: whole(row.cell(self.reps))?,
            distance: self.distance(row)?,
            seconds: seconds(row.cell(self.seconds))?,
            rpe: measured(row.cell(self.rpe))?.map(|rpe| rpe.value),
            note: row.some(self.notes),
        };
        Ok((Span { start, end }, set))
    }

    fn distance(&self, row: &Row) -> Result<Option<Distance>, SkipReason> {
        for (column, unit) in &self.distances {
            if let Some(distance) = measured(row.cell(Some(*column)))?.filter(|is| is.value != 0.0) {
                return Ok(Some(match unit {
                    Some(unit) => Distance::Metres(distance.value * metres_in(unit)?),
                    None => Distance::Silent(distance.value),
                }));
            }
        }
        Ok(None)
    }
}

/// The weight of a row, which may be written in several units, but then has to be the same.
pub(super) fn weight_of(row: &Row, columns: &[(usize, Option<&str>)]) -> Result<Option<Weight>, SkipReason> {
    let mut found: Option<Weight> = None;
    for (column, unit) in columns {
        let Some(written) = measured(row.cell(Some(*column)))? else { continue };
        let weight = Weight { value: written.value, unit: weight_unit(written.word, *unit)? };
        match found {
            None => found = Some(weight),
            Some(Weight { value, unit: Some(one) }) if let Some(other) = weight.unit => {
                let (one, other) = (kilograms(value, one), kilograms(weight.value, other));
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
    let measures = columns.weights.iter().chain(&columns.distances).map(|(at, _)| Some(*at));
    // The place of a set, and which sets belong together, follow from the order of the rows.
    let implied = [table.column(&["set index"])];
    measures.chain(implied).chain([start, end, exercise, notes, set_type, reps, seconds, rpe]).collect()
}
