//! Collects what the readers of the formats find, row by row, and makes the plan of it once the whole file is known.
//!
//! Each row is told once: as a set, as a weight, or as skipped. What a file is silent about, its unit, is decided at the
//! end.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use training::imports::{ImportFormat, SkipReason, SkippedRow, UnitFinding, UnitSource, WeightUnit};
use training::{ExerciseKind, Timestamp, WeightDraft};

use crate::draft::Draft;
use crate::entry::{Distance, Entry, Span, Weight, assisted_weight, note_of, set_of};
use crate::exercises::Exercises;
use crate::plan::{Plan, PlannedSession, PlannedWeight};
use crate::units::Evidence;
use crate::{ImportLimits, Options, Unreadable};

/// A set as a reader found it.
#[derive(Clone, Debug, Default)]
pub(crate) struct FoundSet<'a> {
    pub(crate) exercise: &'a str,
    pub(crate) kind: ExerciseKind,
    pub(crate) to_failure: bool,
    pub(crate) weight: Option<Weight>,
    pub(crate) reps: Option<u32>,
    pub(crate) distance: Option<Distance>,
    pub(crate) seconds: Option<f64>,
    pub(crate) rpe: Option<f64>,
    pub(crate) note: Option<&'a str>,
}

/// See the module.
pub(crate) struct Collector<'a> {
    options: &'a Options<'a>,
    rows: usize,
    skipped: Vec<SkippedRow>,
    exercises: Exercises<'a>,
    sets: Vec<Entry>,
    weights: Vec<FoundWeight>,
    evidence: Evidence,
    /// The first unit that the file says.
    said: Option<WeightUnit>,
}

struct FoundWeight {
    line: u32,
    at: DateTime,
    weight: Weight,
    note: Option<String>,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(options: &'a Options<'a>) -> Self {
        Self {
            options,
            rows: 0,
            skipped: Vec::new(),
            exercises: Exercises::new(options.names),
            sets: Vec::new(),
            weights: Vec::new(),
            evidence: Evidence::default(),
            said: None,
        }
    }

    /// Takes what a reader made of a row: a set with its session, or why it is none.
    pub(crate) fn set(&mut self, line: u32, found: Result<(Span, FoundSet<'_>), SkipReason>) {
        if !self.counted() {
            return;
        }
        match found.and_then(|(span, set)| self.entry(line, span, &set)) {
            Ok(entry) => self.sets.push(entry),
            Err(reason) => self.skipped.push(SkippedRow { line, reason }),
        }
    }

    /// The same, of a weight.
    pub(crate) fn weight(&mut self, line: u32, found: Result<(DateTime, Weight, Option<&str>), SkipReason>) {
        if !self.counted() {
            return;
        }
        match found {
            Ok((at, weight, note)) => {
                self.said = self.said.or(weight.unit);
                let note = note.and_then(note_of);
                self.weights.push(FoundWeight { line, at, weight, note });
            }
            Err(reason) => self.skipped.push(SkippedRow { line, reason }),
        }
    }

    /// Takes that a row is left out.
    pub(crate) fn skip(&mut self, line: u32, reason: SkipReason) {
        if !self.counted() {
            return;
        }
        self.skipped.push(SkippedRow { line, reason });
    }

    /// Counts a row; whether there may be as many. A line may have many sets.
    fn counted(&mut self) -> bool {
        self.rows += 1;
        self.rows <= ImportLimits::MAX_ROWS
    }

    fn entry(&mut self, line: u32, span: Span, set: &FoundSet<'_>) -> Result<Entry, SkipReason> {
        let exercise = self.exercises.place(set.exercise, &[])?;
        let time_s = set.seconds.map(|seconds| crate::cells::whole_number(seconds.round())).transpose()?;
        let time_s = time_s.filter(|&seconds| seconds > 0);
        let is_done = set.weight.is_some() || set.reps.is_some() || set.distance.is_some() || time_s.is_some();
        if !is_done {
            return Err(SkipReason::Empty);
        }
        if let Some(weight) = set.weight {
            match weight.unit {
                Some(unit) => self.said = self.said.or(Some(unit)),
                None => self.evidence.count(weight.value),
            }
        }
        let entry = Entry {
            line,
            span,
            exercise,
            kind: set.kind,
            to_failure: set.to_failure,
            // What is called assisted takes weight off, and is written without a sign.
            weight: set.weight.map(|weight| Weight { value: assisted_weight(set.exercise, weight.value), ..weight }),
            reps: set.reps,
            distance: set.distance,
            time_s,
            rpe: set.rpe,
            note: set.note.and_then(note_of),
        };
        Ok(entry)
    }

    /// The plan.
    pub(crate) fn plan(mut self, format: ImportFormat, unused_columns: Vec<String>) -> Result<Plan, Unreadable> {
        if self.rows > ImportLimits::MAX_ROWS {
            return Err(Unreadable::TooManyRows);
        }
        let unit = self.unit();
        let mut sessions = self.sessions(unit.unit);
        let weights = self.body_weights(unit.unit);
        self.skipped.sort_unstable();
        let Self { rows, skipped, exercises, .. } = self;
        let exercises = exercises.used(&mut sessions)?;
        Ok(Plan { format, rows, unit, exercises, sessions, weights, skipped, unused_columns })
    }

    fn unit(&self) -> UnitFinding {
        match self.said {
            Some(unit) => UnitFinding { unit, source: UnitSource::File, like_kg: 0, like_lb: 0 },
            None => self.evidence.finding(self.options.unit),
        }
    }

    /// The sessions of the sets, oldest first. A session is what began at the same time.
    fn sessions(&mut self, unit: WeightUnit) -> Vec<PlannedSession> {
        let mut by_start: BTreeMap<Timestamp, Draft> = BTreeMap::new();
        let mut last: Option<(DateTime, Result<Timestamp, SkipReason>)> = None;
        for entry in std::mem::take(&mut self.sets) {
            let started_at = match last {
                Some((start, known)) if start == entry.span.start => known,
                _ => self.instant(entry.span.start),
            };
            last = Some((entry.span.start, started_at));
            let set = set_of(&entry, unit).and_then(|set| Ok((started_at?, set)));
            let added = set.and_then(|(at, set)| {
                let actual = set.actual;
                by_start.entry(at).or_default().add(&entry, set).map(|()| actual)
            });
            match added {
                Ok(actual) => self.exercises.note_fields(entry.exercise, &actual, &[]),
                Err(reason) => self.skipped.push(SkippedRow { line: entry.line, reason }),
            }
        }
        let drafts = by_start.into_iter().filter(|(_, draft)| draft.sets > 0);
        let session = |(started_at, draft): (Timestamp, Draft)| PlannedSession {
            started_at,
            ended_at: self.end(started_at, draft.end),
            rounds: draft.rounds,
            original: None,
        };
        drafts.map(session).collect()
    }

    /// An instant that has passed.
    fn instant(&self, local: DateTime) -> Result<Timestamp, SkipReason> {
        let zoned =
            self.options.time_zone.to_ambiguous_zoned_datetime(local).compatible().map_err(|_| SkipReason::BadDate)?;
        let instant = Timestamp::from(zoned.timestamp());
        if instant > self.options.now {
            Err(SkipReason::InFuture)
        } else if instant.as_millisecond() < 0 {
            Err(SkipReason::BadDate)
        } else {
            Ok(instant)
        }
    }

    /// When a session ended: never before it began, after a day, or later than now.
    fn end(&self, started_at: Timestamp, end: Option<DateTime>) -> Timestamp {
        let end = end.and_then(|end| self.instant(end).ok()).unwrap_or(started_at);
        let lasted = end.as_millisecond() - started_at.as_millisecond();
        if (0..=24 * 60 * 60 * 1_000).contains(&lasted) { end } else { started_at }
    }

    fn body_weights(&mut self, unit: WeightUnit) -> Vec<PlannedWeight> {
        let mut by_instant = BTreeMap::new();
        for found in std::mem::take(&mut self.weights) {
            let weight_kg = found.weight.unit.unwrap_or(unit).kilograms(found.weight.value);
            let at = self.instant(found.at).and_then(|at| {
                let draft = WeightDraft { weight_kg, at: Some(at), note: None };
                if draft.check().is_err() {
                    Err(SkipReason::OutOfRange)
                } else if by_instant.contains_key(&at) {
                    Err(SkipReason::Duplicate)
                } else {
                    Ok(at)
                }
            });
            match at {
                Ok(at) => {
                    by_instant.insert(at, PlannedWeight { at, weight_kg, note: found.note, original: None });
                }
                Err(reason) => self.skipped.push(SkippedRow { line: found.line, reason }),
            }
        }
        by_instant.into_values().collect()
    }
}
