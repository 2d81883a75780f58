//! GymBook: the first line is in the language of the phone, numbers have a comma and their unit or word in the cell, and
//! the day comes first. Where rows have a time, it is that of the set: a session is a day and the name of a workout.

use std::collections::HashMap;

use jiff::civil::{Date, DateTime};
use training::ExerciseKind;

use crate::cells::{MeasureColumn, seconds, whole};
use crate::collect::{Collector, FoundSet};
use crate::dates::{DateOrder, moment};
use crate::entry::Span;
use crate::fold::fold;
use crate::table::{Row, Table};
use training::imports::SkipReason;

/// What each column is called, folded: English, German, Italian, French, Spanish, Portuguese.
const DATE: &[&str] = &["date", "datum", "data", "fecha"];
const TIME: &[&str] = &["time", "uhrzeit", "ora", "orario", "heure", "hora"];
const EXERCISE: &[&str] = &["exercise", "ubung", "esercizio", "exercice", "ejercicio", "exercicio"];
const REPS: &[&str] =
    &["repetitions", "reps", "wiederholungen", "wdh.", "wdh", "ripetizioni", "repeticiones", "repeticoes"];
const WEIGHT: &[&str] = &["weight", "gewicht", "peso", "poids", "carga"];
const DISTANCE: &[&str] = &["distance", "distanz", "strecke", "distanza", "distancia"];
const DURATION: &[&str] = &["duration", "dauer", "durata", "duree", "duracion", "duracao"];
const NOTES: &[&str] = &["notes", "note", "notizen", "notiz", "notas", "nota", "kommentar", "comment"];
const WORKOUT: &[&str] = &["workout", "training", "allenamento", "entrainement", "entrenamiento", "treino", "plan"];
const KIND: &[&str] = &["type", "set type", "typ", "satztyp", "tipo"];

pub(super) fn recognise(table: &Table) -> bool {
    let has = |names: &[&str]| table.column(names).is_some();
    has(DATE) && has(EXERCISE) && table.measure(WEIGHT).is_some() && has(REPS)
}

pub(super) fn read(table: &Table, collector: &mut Collector<'_>) -> Vec<Option<usize>> {
    let [date, time, exercise, reps, duration, notes, kind_at, workout] =
        [DATE, TIME, EXERCISE, REPS, DURATION, NOTES, KIND, WORKOUT].map(|names| table.column(names));
    let weight_at = MeasureColumn::of(table, WEIGHT, &[]);
    let distance_at = MeasureColumn::of(table, DISTANCE, &[]);
    let at = |row: &Row| {
        let written = format!("{} {}", row.cell(date), row.cell(time));
        moment(&written, DateOrder::DayFirst).map(crate::dates::Moment::date_time)
    };
    let spans = spans(table.rows.iter().filter_map(|row| at(row).map(|at| (at, row.cell(workout)))));
    for row in &table.rows {
        let found = row.check(table.header.len()).and_then(|()| {
            let day = at(row).ok_or(SkipReason::BadDate)?.date();
            let span = *spans.get(&(day, row.cell(workout))).ok_or(SkipReason::BadDate)?;
            let weight = weight_at.weight(row)?.filter(|weight| weight.value != 0.0);
            let set = FoundSet {
                exercise: row.cell(exercise),
                kind: kind(row.cell(kind_at)),
                weight,
                reps: whole(row.cell(reps))?.filter(|&reps| reps > 0 || weight.is_some()),
                distance: distance_at.distance(row)?,
                seconds: seconds(row.cell(duration))?,
                note: row.some(notes),
                ..FoundSet::default()
            };
            Ok((span, set))
        });
        collector.set(row.line, found);
    }
    let values = [date, time, exercise, reps, duration, notes, kind_at];
    [weight_at.used(), distance_at.used()].into_iter().flatten().chain(values).collect()
}

/// From the first to the last set of each workout of each day.
fn spans<'a>(sets: impl Iterator<Item = (DateTime, &'a str)>) -> HashMap<(Date, &'a str), Span> {
    let mut spans: HashMap<_, Span> = HashMap::new();
    for (at, workout) in sets {
        let span = spans.entry((at.date(), workout)).or_insert(Span { start: at, end: Some(at) });
        *span = Span { start: span.start.min(at), end: span.end.max(Some(at)) };
    }
    spans
}

fn kind(written: &str) -> ExerciseKind {
    let word: String = fold(written).chars().filter(|c| c.is_alphabetic()).collect();
    match word.as_str() {
        "warmup" | "aufwarmen" | "aufwarmsatz" | "riscaldamento" | "echauffement" | "calentamiento" | "aquecimento" => {
            ExerciseKind::WarmUp
        }
        "dropset" | "drop" => ExerciseKind::Drop,
        _ => ExerciseKind::Working,
    }
}
