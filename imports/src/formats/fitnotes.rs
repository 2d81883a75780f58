//! FitNotes: its sets, which have a day and no time, and its measurements of the body.

use crate::cells::{measured, metres_in, seconds, weight_unit, whole};
use crate::collect::{Collector, FoundSet, Span};
use crate::dates::{DateOrder, moment};
use crate::entry::{Distance, Weight};
use crate::fold::fold;
use crate::table::{Row, Table};
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
    let [weight_unit_at, distance_unit] = [["weight unit"], ["distance unit"]].map(|names| table.column(&names));
    let (weight, in_header) = table.measure(&["weight"]).map_or((None, None), |(at, unit)| (Some(at), unit));
    let (distance, distance_in_header) =
        table.measure(&["distance"]).map_or((None, None), |(at, unit)| (Some(at), unit));
    let order = DateOrder::of(table.rows.iter().map(|row| row.cell(date)));
    let weight_of = |row: &Row| {
        let Some(found) = measured(row.cell(weight))?.filter(|is| is.value != 0.0) else { return Ok(None) };
        let unit = weight_unit(found.word, row.some(weight_unit_at).or(in_header))?;
        Ok(Some(Weight { value: found.value, unit }))
    };
    let distance_of = |row: &Row| {
        let Some(found) = measured(row.cell(distance))?.filter(|is| is.value != 0.0) else { return Ok(None) };
        Ok(Some(match row.some(distance_unit).or(distance_in_header) {
            Some(unit) => Distance::Metres(found.value * metres_in(unit)?),
            None => Distance::Silent(found.value),
        }))
    };
    for row in &table.rows {
        let found = row.check(table.header.len()).and_then(|()| {
            let start = moment(row.cell(date), order).ok_or(SkipReason::BadDate)?.date_time();
            let weight = weight_of(row)?;
            let set = FoundSet {
                exercise: row.cell(exercise),
                weight,
                // Zeros fill the cells of what is not counted, except of a try with a weight.
                reps: whole(row.cell(reps))?.filter(|&reps| reps > 0 || weight.is_some()),
                distance: distance_of(row)?,
                seconds: seconds(row.cell(time))?,
                note: row.some(note),
                ..FoundSet::default()
            };
            Ok((Span { start, end: None }, set))
        });
        collector.set(row.line, found);
    }
    vec![date, exercise, reps, time, note, weight, weight_unit_at, distance, distance_unit]
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
            let unit = weight_unit(found.word, row.some(unit_at))?;
            Ok((at, Weight { value: found.value, unit }, row.some(comment)))
        });
        collector.weight(row.line, found);
    }
    vec![date, time, measurement, value, unit_at, comment]
}

fn is_body_weight(measurement: &str) -> bool {
    let name: String = fold(measurement).chars().filter(|c| c.is_alphabetic()).collect();
    matches!(name.as_str(), "bodyweight" | "weight" | "korpergewicht" | "gewicht" | "peso" | "pesocorporal" | "poids")
}
