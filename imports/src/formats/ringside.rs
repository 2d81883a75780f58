//! Ringside's own export: `ringside.json`, loss-free for what an athlete did and weighed.
//!
//! Each exercise of a round is a row, in the order of the file, and so is each weight; their numbers stand for lines. What
//! was not done is skipped, as is whatever breaks a rule of Ringside's, because somebody has changed the file.
//!
//! Deliberately absent: what belongs to the studio it comes from. Templates, notes and journals are named as unused; a
//! session has no trainer any more, and nothing of its corrections and videos.

use std::collections::{BTreeMap, HashMap};

use training::export::{Export, UnknownExport};
use training::imports::{ImportFormat, SkipReason, SkippedRow, UnitFinding, UnitSource, WeightUnit};
use training::library::ExerciseLimits;
use training::{
    Field, RecordedExercise, RecordedFeedback, Round, RoundExercise, RoundPlan, RoundStatus, Session, Timestamp,
    Weight, WeightDraft, text,
};

use crate::entry::note_of;
use crate::fold::fold;
use crate::plan::{ImportedExercise, Plan, PlannedRound, PlannedSession, PlannedSet, PlannedWeight};
use crate::size::{round_bytes, session_bytes, set_bytes};
use crate::{ImportLimits, Options, Unreadable};

/// Whether a text is JSON rather than a table.
pub(super) fn recognise(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// The plan of an export.
pub(super) fn read(text: &str, options: &Options<'_>) -> Result<Plan, Unreadable> {
    let export = training::export::read(text).map_err(|error| match error {
        UnknownExport::Newer(_) => Unreadable::NewerExport,
        UnknownExport::NotAnExport(_) if text.contains(training::export::FORMAT) => Unreadable::BrokenExport,
        UnknownExport::NotAnExport(_) => Unreadable::UnknownFormat,
    })?;
    let mut reader = Reader { options, rows: 0, skipped: Vec::new(), exercises: Vec::new(), known: HashMap::new() };
    let sessions = reader.sessions(&export.sessions)?;
    let weights = reader.weights(&export.weights)?;
    if reader.exercises.len() > ImportLimits::MAX_EXERCISES {
        return Err(Unreadable::TooManyExercises);
    }
    let Reader { rows, skipped, exercises, .. } = reader;
    let unit = UnitFinding { unit: unit(&export), source: UnitSource::File, like_kg: 0, like_lb: 0 };
    let unused_columns = unused(&export);
    Ok(Plan { format: ImportFormat::Ringside, rows, unit, exercises, sessions, weights, skipped, unused_columns })
}

/// The unit that the person has chosen: the file itself has kilograms.
fn unit(export: &Export) -> WeightUnit {
    Some(export.person.weight_unit).filter(|unit| unit.is_known()).unwrap_or_default()
}

/// The lists that there is no place for.
fn unused(export: &Export) -> Vec<String> {
    let lists = [
        ("templates", export.templates.is_empty()),
        ("notes", export.notes.is_empty()),
        ("journal_entries", export.journal_entries.is_empty()),
    ];
    lists.into_iter().filter(|(_, is_empty)| !is_empty).map(|(name, _)| name.to_owned()).collect()
}

struct Reader<'a> {
    options: &'a Options<'a>,
    rows: usize,
    skipped: Vec<SkippedRow>,
    exercises: Vec<ImportedExercise>,
    /// By its name, where an exercise is in the list, or why it can't be.
    known: HashMap<String, Result<usize, SkipReason>>,
}

impl Reader<'_> {
    /// Counts a row; returns its number.
    fn row(&mut self) -> Result<u32, Unreadable> {
        self.rows += 1;
        if self.rows > ImportLimits::MAX_ROWS {
            return Err(Unreadable::TooManyRows);
        }
        u32::try_from(self.rows).map_err(|_| Unreadable::TooManyRows)
    }

    fn skip(&mut self, line: u32, reason: SkipReason) {
        self.skipped.push(SkippedRow { line, reason });
    }

    /// The sessions of which something was done, oldest first.
    fn sessions(&mut self, sessions: &[Session]) -> Result<Vec<PlannedSession>, Unreadable> {
        let mut by_start = BTreeMap::new();
        for session in sessions {
            let why_not = match self.options.now {
                _ if session.started_at.as_millisecond() < 0 => Some(SkipReason::BadDate),
                now if session.started_at > now => Some(SkipReason::InFuture),
                _ if by_start.contains_key(&session.started_at) => Some(SkipReason::Duplicate),
                _ => None,
            };
            let rounds = self.rounds(session, why_not)?;
            if !rounds.is_empty() {
                by_start.insert(session.started_at, self.session(session, rounds));
            }
        }
        Ok(by_start.into_values().collect())
    }

    fn session(&self, session: &Session, rounds: Vec<PlannedRound>) -> PlannedSession {
        let last = rounds.iter().filter_map(|round| round.completed_at).max();
        let ended_at = session.ended_at.or(last).unwrap_or(session.started_at);
        let ended_at = ended_at.clamp(session.started_at, self.options.now);
        let within = |at: Option<Timestamp>| at.map(|at| at.clamp(session.started_at, ended_at));
        let in_session = |round: PlannedRound| PlannedRound {
            started_at: within(round.started_at),
            completed_at: within(round.completed_at),
            ..round
        };
        PlannedSession {
            started_at: session.started_at,
            ended_at,
            rounds: rounds.into_iter().map(in_session).collect(),
            original: Some(session.id),
        }
    }

    /// The rounds of a session, without what was not done and, if there is a reason against all of it, without anything.
    fn rounds(&mut self, session: &Session, why_not: Option<SkipReason>) -> Result<Vec<PlannedRound>, Unreadable> {
        let (mut rounds, mut bytes) = (Vec::new(), session_bytes());
        for round in &session.rounds {
            let mut planned = PlannedRound {
                sets: Vec::new(),
                started_at: round.started_at,
                completed_at: round.completed_at,
                rest_after_s: round
                    .rest_after_s
                    .filter(|s| (RoundPlan::MIN_REST_S..=RoundPlan::MAX_REST_S).contains(s)),
            };
            bytes += round_bytes();
            for item in &round.exercises {
                let line = self.row()?;
                let has_room = rounds.len() < Session::MAX_ROUNDS && planned.sets.len() < RoundPlan::MAX_EXERCISES;
                let set = match why_not {
                    Some(reason) => Err(reason),
                    None => self.set(round, item),
                };
                let set = set.and_then(|set| {
                    let with_set = bytes + set_bytes(&set);
                    let fits = has_room && with_set <= Session::MAX_PLANNED_BYTES;
                    fits.then_some((set, with_set)).ok_or(SkipReason::SessionFull)
                });
                match set {
                    Ok((set, with_set)) => {
                        self.note_fields(&set, item);
                        planned.sets.push(set);
                        bytes = with_set;
                    }
                    Err(reason) => self.skip(line, reason),
                }
            }
            if planned.sets.is_empty() {
                bytes -= round_bytes();
            } else {
                rounds.push(planned);
            }
        }
        Ok(rounds)
    }

    fn set(&mut self, round: &Round, item: &RoundExercise) -> Result<PlannedSet, SkipReason> {
        let Some(actual) = item.actual.filter(|_| round.status == RoundStatus::Completed) else {
            return Err(SkipReason::Empty);
        };
        let feedback = item.feedback.as_ref().map(|feedback| RecordedFeedback {
            effort: feedback.effort,
            pain: feedback.pain,
            pain_regions: feedback.pain_regions.clone(),
            note: feedback.note.clone(),
        });
        let recorded = RecordedExercise { exercise_id: item.exercise_id, planned: item.planned, actual, feedback };
        if !recorded.is_valid() || !item.kind.is_known() {
            return Err(SkipReason::OutOfRange);
        }
        Ok(PlannedSet {
            exercise: self.exercise(&item.name)?,
            kind: item.kind,
            planned: item.planned,
            actual,
            feedback: item.feedback.clone(),
            note: item.trainer_notes.as_deref().and_then(note_of),
        })
    }

    fn exercise(&mut self, name: &str) -> Result<usize, SkipReason> {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let found = self.new_exercise(name);
        self.known.insert(name.to_owned(), found);
        found
    }

    fn new_exercise(&mut self, name: &str) -> Result<usize, SkipReason> {
        if name.trim().is_empty() {
            return Err(SkipReason::ExerciseMissing);
        }
        let name = text::name(name, ExerciseLimits::MAX_NAME_CHARS).map_err(|_| SkipReason::ExerciseName)?;
        let key = fold(&name);
        if let Some(at) = self.exercises.iter().position(|exercise| fold(&exercise.name) == key) {
            return Ok(at);
        }
        let exercise_id = self.options.names.find(&name);
        self.exercises.push(ImportedExercise { name, exercise_id, fields: Vec::new() });
        Ok(self.exercises.len() - 1)
    }

    /// Adds the inputs that an exercise had there, and those that it was done with.
    fn note_fields(&mut self, set: &PlannedSet, item: &RoundExercise) {
        let fields = &mut self.exercises[set.exercise].fields;
        let was_done = [
            (Field::Weight, set.actual.weight_kg.is_some()),
            (Field::Reps, set.actual.reps.is_some()),
            (Field::Distance, set.actual.distance_m.is_some()),
            (Field::Time, set.actual.time_s.is_some()),
        ];
        for (field, is_done) in was_done {
            if (is_done || item.fields.contains(&field)) && !fields.contains(&field) {
                fields.push(field);
            }
        }
    }

    /// The weights, oldest first.
    fn weights(&mut self, weights: &[Weight]) -> Result<Vec<PlannedWeight>, Unreadable> {
        let mut by_instant = BTreeMap::new();
        for weight in weights {
            let line = self.row()?;
            let note = weight.note.as_deref().and_then(note_of);
            let draft = WeightDraft { weight_kg: weight.weight_kg, at: Some(weight.at), note: None };
            if weight.at > self.options.now {
                self.skip(line, SkipReason::InFuture);
            } else if draft.check().is_err() {
                self.skip(line, SkipReason::OutOfRange);
            } else if by_instant.contains_key(&weight.at) {
                self.skip(line, SkipReason::Duplicate);
            } else {
                let weight_kg = WeightUnit::Kg.kilograms(weight.weight_kg);
                let planned = PlannedWeight { at: weight.at, weight_kg, note, original: Some(weight.id) };
                by_instant.insert(weight.at, planned);
            }
        }
        Ok(by_instant.into_values().collect())
    }
}
