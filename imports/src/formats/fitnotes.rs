//! FitNotes: its sets, which have a day and no time, and its measurements of the body.

use crate::cells::{MeasureColumn, measured, seconds, weight, whole};
use crate::collect::{Collector, FoundSet};
use crate::dates::{DateOrder, moment};
use crate::entry::Span;
use crate::fold::fold;
use crate::table::Table;
use training::imports::SkipReason;

pub(super) fn recognise_sets(table: &Table) -> bool {
    table.has(&["date", "exercise", "category", "reps"])
}

pub(super) fn recognise_body(table: &Table) -> bool {
    table.has(&["date", "measurement", "value"])
}

pub(super) fn read_sets(table: &Table, collector: &mut Collector<'_>) -> Vec<Option<usize>> {
    let [date, exercise, reps] = [["date"], ["exercise"], ["reps"]].map(|names| table.column(&names));
    let (time, note) = (table.column(&["time"]), table.column(&["comment", "notes"]));
    let weight_at = MeasureColumn::of(table, &["weight"], &["weight unit"]);
    let distance_at = MeasureColumn::of(table, &["distance"], &["distance unit"]);
    let order = DateOrder::of(table.rows.iter().map(|row| row.cell(date)));
    for row in &table.rows {
        let found = row.check(table.header.len()).and_then(|()| {
            let start = moment(row.cell(date), order).ok_or(SkipReason::BadDate)?.date_time();
            let weight = weight_at.weight(row)?.filter(|weight| weight.value != 0.0);
            let set = FoundSet {
                exercise: row.cell(exercise),
                weight,
                // Zeros fill the cells of what is not counted, except of a try with a weight.
                reps: whole(row.cell(reps))?.filter(|&reps| reps > 0 || weight.is_some()),
                distance: distance_at.distance(row)?,
                seconds: seconds(row.cell(time))?,
                note: row.some(note),
                ..FoundSet::default()
            };
            Ok((Span { start, end: None }, set))
        });
        collector.set(row.line, found);
    }
    [weight_at.used(), distance_at.used()].into_iter().flatten().chain([date, exercise, reps, time, note]).collect()
}

pub(super) fn read_body(table: &Table, collector: &mut Collector<'_>) -> Vec<Option<usize>> {
    let [date, time, measurement, value, unit_at] =
        [["date"], ["time"], ["measurement"], ["value"], ["unit"]].map(|names| table.column(&names));
    let comment = table.column(&["comment", "notes"]);
    let order = DateOrder::of(table.rows.iter().map(|row| row.cell(date)));
    for row in &table.rows {
        let found = row.check(table.header.len()).and_then(|()| {
            if !is_body_weight(row.cell(measurement)) {
                return Err(SkipReason::Measurement);
            }
            let written = format!("{} {}", row.cell(date), row.cell(time));
            let at = moment(&written, order).ok_or(SkipReason::BadDate)?.date_time();
            let found = measured(row.cell(value))?.ok_or(SkipReason::Empty)?;
            Ok((at, weight(found, row.some(unit_at))?, row.some(comment)))
        });
        collector.weight(row.line, found);
    }
    vec![date, time, measurement, value, unit_at, comment]
}

fn is_body_weight(measurement: &str) -> bool {
    let name: String = fold(measurement).chars().filter(|c| c.is_alphabetic()).collect();
    matches!(name.as_str(), "bodyweight" | "weight" | "korpergewicht" | "gewicht" | "peso" | "pesocorporal" | "poids")
}
