//! Recording: a session that happened without Ringside is entered afterwards.

use serde::{Deserialize, Serialize};

use super::command::Context;
use super::decide::json_bytes;
use super::feedback::{Feedback, Region, check_feedback};
use super::planned::{ExerciseKind, PlannedValues};
use super::round::{Round, RoundExercise, RoundPlan, RoundStatus};
use super::values::Values;
use super::{Person, Session, SessionStatus};
use crate::ids::{ExerciseId, ItemId, RoundId, SessionId};
use crate::ranges::ValueLimits;
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::text::trimmed;
use crate::timestamp::Timestamp;

/// A session as it is entered afterwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SessionRecord {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// Its rounds in order, 1 to 200.
    pub rounds: Vec<RecordedRound>,
}

/// A round of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RecordedRound {
    /// The exercises in order, 1 to 50.
    pub exercises: Vec<RecordedExercise>,
}

/// An exercise of such a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RecordedExercise {
    /// The library's exercise, which may be archived.
    pub exercise_id: ExerciseId,
    /// What was to be done, if there was a plan.
    #[serde(default)]
    pub planned: PlannedValues,
    /// What was done.
    pub actual: Values,
    /// How it was, if that is known.
    #[serde(default)]
    pub feedback: Option<RecordedFeedback>,
}

/// What is still known of how an exercise was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RecordedFeedback {
    /// How hard it was, 0 to 10.
    pub effort: u8,
    /// Whether it hurt.
    #[serde(default)]
    pub pain: bool,
    /// Where it hurt.
    #[serde(default)]
    pub pain_regions: Vec<Region>,
    /// A note of at most 500 characters.
    #[serde(default)]
    pub note: Option<String>,
}

/// Whose session is recorded.
#[derive(Clone, Debug)]
pub struct Recording {
    /// The id it gets.
    pub id: SessionId,
    /// Who trained.
    pub athlete: Person,
    /// The trainer, if they enter it.
    pub trainer: Option<Person>,
    /// When the athlete's open session began, if they have one.
    pub open_since: Option<Timestamp>,
}

/// The session that a record makes.
///
/// # Errors
/// [`Refusal::Invalid`] and [`Refusal::DoesNotFit`] name what is wrong with it; [`Refusal::SessionOpen`] when the athlete
/// was training with Ringside at that time; [`Refusal::SessionFull`] when it is too large.
pub fn record(record: &SessionRecord, recording: Recording, context: &mut Context<'_>) -> Result<Session, Refusal> {
    let mut findings = Findings::default();
    record.check(context.at, &mut findings);
    let rounds = rounds(record, recording.id, context, &mut findings);
    findings.into_result()?;
    if recording.open_since.is_some_and(|since| since <= record.ended_at) {
        return Err(Refusal::SessionOpen);
    }
    let session = Session {
        id: recording.id,
        status: SessionStatus::Completed,
        athlete: recording.athlete,
        trainer: recording.trainer,
        started_at: record.started_at,
        joined_at: None,
        ended_at: Some(record.ended_at),
        cancelled_by: None,
        cancel_reason: None,
        rounds,
        recorded: true,
        imported: false,
        version: 1,
    };
    if json_bytes(&session) > Session::MAX_PLANNED_BYTES { Err(Refusal::SessionFull) } else { Ok(session) }
}

impl SessionRecord {
    /// Reports what is wrong with it, apart from exercises that do not exist.
    fn check(&self, now: Timestamp, findings: &mut Findings) {
        if self.ended_at < self.started_at {
            findings.add("/ended_at", FieldCode::OutOfOrder);
        } else if self.ended_at > now {
            findings.add_mismatch("/ended_at", FieldCode::InFuture);
        }
        check_count(self.rounds.len(), Session::MAX_ROUNDS, "/rounds", findings);
        for (i, round) in self.rounds.iter().enumerate() {
            let pointer = format!("/rounds/{i}/exercises");
            check_count(round.exercises.len(), RoundPlan::MAX_EXERCISES, &pointer, findings);
            for (j, exercise) in round.exercises.iter().enumerate() {
                exercise.check(&format!("{pointer}/{j}"), findings);
            }
        }
    }
}

impl RecordedExercise {
    /// Whether it breaks no rule, whatever its exercise is.
    pub fn is_valid(&self) -> bool {
        let mut findings = Findings::default();
        self.check("", &mut findings);
        findings.into_result().is_ok()
    }

    fn check(&self, pointer: &str, findings: &mut Findings) {
        self.planned.check(&format!("{pointer}/planned"), findings);
        self.actual.check(&ValueLimits::ACTUAL, &format!("{pointer}/actual"), findings);
        if let Some(feedback) = &self.feedback {
            let RecordedFeedback { effort, pain, pain_regions, note } = feedback;
            let pointer = format!("{pointer}/feedback");
            check_feedback((*effort, *pain, pain_regions, note.as_deref()), &pointer, findings);
        }
    }
}

impl RecordedFeedback {
    fn feedback(&self) -> Feedback {
        let Self { effort, pain, pain_regions, note } = self.clone();
        Feedback { effort, pain, pain_regions, note: trimmed(note.as_deref()) }
    }
}

fn check_count(count: usize, most: usize, pointer: &str, findings: &mut Findings) {
    if count == 0 {
        findings.add(pointer, FieldCode::Required);
    } else if count > most {
        findings.add(pointer, FieldCode::TooLong);
    }
}

/// The completed rounds of a record; reports exercises that the library does not have.
fn rounds(
    record: &SessionRecord,
    session_id: SessionId,
    context: &mut Context<'_>,
    findings: &mut Findings,
) -> Vec<Round> {
    let mut rounds = Vec::with_capacity(record.rounds.len());
    for (number, recorded) in (1_u32..).zip(&record.rounds) {
        let id = RoundId((context.new_id)());
        let mut exercises = Vec::with_capacity(recorded.exercises.len());
        for (position, exercise) in (0_u32..).zip(&recorded.exercises) {
            match item(position, exercise, context) {
                Some(item) => exercises.push(item),
                None => findings.add_mismatch(
                    format!("/rounds/{}/exercises/{position}/exercise_id", number - 1),
                    FieldCode::UnknownReference,
                ),
            }
        }
        rounds.push(Round {
            id,
            session_id,
            number,
            status: RoundStatus::Completed,
            is_final: number as usize == record.rounds.len(),
            rest_after_s: None,
            released_at: None,
            started_at: Some(record.started_at),
            completed_at: Some(record.ended_at),
            exercises,
            version: 1,
        });
    }
    rounds
}

fn item(position: u32, recorded: &RecordedExercise, context: &mut Context<'_>) -> Option<RoundExercise> {
    let exercise = (context.exercise)(recorded.exercise_id)?;
    Some(RoundExercise {
        id: ItemId((context.new_id)()),
        exercise_id: recorded.exercise_id,
        name: exercise.name,
        fields: exercise.fields,
        video: exercise.video,
        position,
        kind: ExerciseKind::Working,
        planned: recorded.planned,
        trainer_notes: None,
        last: None,
        actual: Some(recorded.actual),
        feedback: recorded.feedback.as_ref().map(RecordedFeedback::feedback),
        corrections: Vec::new(),
        bests: Vec::new(),
    })
}
