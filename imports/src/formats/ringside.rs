//! Ringside's own export: `ringside.json`, loss-free for what an athlete did and weighed.
//!
//! Each exercise of a round is a row, in the order of the file, and so is each weight; their numbers stand for lines. What
//! was not done is skipped, as is whatever breaks a rule of Ringside's, because somebody has changed the file.
//!
//! Deliberately absent: what belongs to the studio it comes from. Templates, notes and journals are named as unused; a
//! session has no trainer any more, and nothing of its corrections and videos.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use training::export::{Export, UnknownExport};
use training::imports::{ImportFormat, SkipReason, SkippedRow, UnitFinding, UnitSource, WeightUnit};
use training::{
    ExerciseId, ExerciseKind, Feedback, Field, PlannedValues, RecordedExercise, RecordedFeedback, RoundPlan,
    RoundStatus, SessionId, Timestamp, Values, Weight, WeightDraft,
};

use crate::entry::note_of;
use crate::exercises::Exercises;
use crate::plan::{Plan, PlannedRound, PlannedSession, PlannedSet, PlannedWeight};
use crate::size::{round_bytes, session_bytes, set_bytes};
use crate::{ImportLimits, Options, Unreadable};

/// An export, of which only what is brought along takes memory.
type Own = Export<Vec<OwnSession>, Vec<OwnExercise>>;

#[derive(Deserialize)]
struct OwnSession {
    id: SessionId,
    started_at: Timestamp,
    #[serde(default)]
    ended_at: Option<Timestamp>,
    rounds: Vec<OwnRound>,
}

#[derive(Deserialize)]
struct OwnRound {
    status: RoundStatus,
    #[serde(default)]
    rest_after_s: Option<u32>,
    #[serde(default)]
    started_at: Option<Timestamp>,
    #[serde(default)]
    completed_at: Option<Timestamp>,
    exercises: Vec<OwnItem>,
}

#[derive(Deserialize)]
struct OwnItem {
    exercise_id: ExerciseId,
    name: String,
    #[serde(default)]
    fields: Vec<Field>,
    #[serde(default)]
    kind: ExerciseKind,
    planned: PlannedValues,
    #[serde(default)]
    trainer_notes: Option<String>,
    #[serde(default)]
    actual: Option<Values>,
    #[serde(default)]
    feedback: Option<Feedback>,
}

#[derive(Deserialize)]
struct OwnExercise {
    id: ExerciseId,
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
}

/// Whether a text is JSON rather than a table.
pub(super) fn recognise(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// The plan of an export.
pub(super) fn read(text: &str, options: &Options<'_>) -> Result<Plan, Unreadable> {
    let export: Own = training::export::read(text).map_err(|error| match error {
        UnknownExport::Newer(_) => Unreadable::NewerExport,
        UnknownExport::NotAnExport(_) if text.contains(training::export::FORMAT) => Unreadable::BrokenExport,
        UnknownExport::NotAnExport(_) => Unreadable::UnknownFormat,
    })?;
    let library = export.exercises.iter().map(|exercise| (exercise.id, exercise)).collect();
    let exercises = Exercises::new(options.names);
    let mut reader = Reader { options, library, rows: 0, skipped: Vec::new(), exercises };
    let mut sessions = reader.sessions(&export.sessions)?;
    let weights = reader.weights(&export.weights)?;
    let Reader { rows, skipped, exercises, .. } = reader;
    let exercises = exercises.used(&mut sessions)?;
    let unit = UnitFinding { unit: WeightUnit::Kg, source: UnitSource::File, like_kg: 0, like_lb: 0 };
    let unused_columns = unused(&export);
    Ok(Plan { format: ImportFormat::Ringside, rows, unit, exercises, sessions, weights, skipped, unused_columns })
}

/// The lists that there is no place for.
fn unused(export: &Own) -> Vec<String> {
    let lists = [
        ("templates", export.templates.is_empty()),
        ("notes", export.notes.is_empty()),
        ("journal_entries", export.journal_entries.is_empty()),
    ];
    lists.into_iter().filter(|(_, is_empty)| !is_empty).map(|(name, _)| name.to_owned()).collect()
}

struct Reader<'a> {
    options: &'a Options<'a>,
    /// The exercises as they are called now: a session has the name that was in use then.
    library: HashMap<ExerciseId, &'a OwnExercise>,
    rows: usize,
    skipped: Vec<SkippedRow>,
    exercises: Exercises<'a>,
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
    fn sessions(&mut self, sessions: &[OwnSession]) -> Result<Vec<PlannedSession>, Unreadable> {
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

    fn session(&self, session: &OwnSession, rounds: Vec<PlannedRound>) -> PlannedSession {
        let last = rounds.iter().filter_map(|round| round.completed_at).max();
        let ended_at = session.ended_at.or(last).unwrap_or(session.started_at);
        let ended_at = ended_at.clamp(session.started_at, self.options.now);
        // What goes without saying is not said, as in a file of another tracker: both give the same.
        let said = |at: Option<Timestamp>, unsaid: Timestamp| {
            at.map(|at| at.clamp(session.started_at, ended_at)).filter(|at| *at != unsaid)
        };
        let in_session = |round: PlannedRound| PlannedRound {
            started_at: said(round.started_at, session.started_at),
            completed_at: said(round.completed_at, ended_at),
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
    fn rounds(&mut self, session: &OwnSession, why_not: Option<SkipReason>) -> Result<Vec<PlannedRound>, Unreadable> {
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
                let has_room =
                    rounds.len() < training::Session::MAX_ROUNDS && planned.sets.len() < RoundPlan::MAX_EXERCISES;
                let set = match why_not {
                    Some(reason) => Err(reason),
                    None => self.set(round, item),
                };
                let set = set.and_then(|set| {
                    let with_set = bytes + set_bytes(&set);
                    let fits = has_room && with_set <= training::Session::MAX_PLANNED_BYTES;
                    fits.then_some((set, with_set)).ok_or(SkipReason::SessionFull)
                });
                match set {
                    Ok((set, with_set)) => {
                        self.exercises.note_fields(set.exercise, &set.actual, &item.fields);
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

    fn set(&mut self, round: &OwnRound, item: &OwnItem) -> Result<PlannedSet, SkipReason> {
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
        let known = self.library.get(&item.exercise_id);
        let name = known.map_or(item.name.as_str(), |exercise| exercise.name.as_str());
        let aliases = known.map_or(&[][..], |exercise| exercise.aliases.as_slice());
        Ok(PlannedSet {
            exercise: self.exercises.place(name, aliases)?,
            kind: item.kind,
            planned: item.planned,
            actual,
            feedback: item.feedback.clone(),
            note: item.trainer_notes.as_deref().and_then(note_of),
        })
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
            } else if let Entry::Vacant(place) = by_instant.entry(weight.at) {
                let weight_kg = WeightUnit::Kg.kilograms(weight.weight_kg);
                place.insert(PlannedWeight { at: weight.at, weight_kg, note, original: Some(weight.id) });
            } else {
                self.skip(line, SkipReason::Duplicate);
            }
        }
        Ok(by_instant.into_values().collect())
    }
}
