//! Sessions of the past, made from what was done in them.

use training::{
    ExerciseKind, Feedback, ItemId, PlannedValues, Round, RoundExercise, RoundId, RoundStatus, Session, SessionId,
    SessionStatus, Timestamp, Values,
};
use uuid::Uuid;

use super::{exercise, person};

pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Monday, 5 January 2026, 10:00 in UTC: day 0.
const FIRST_MS: i64 = 1_767_607_200_000;

/// What was done with an exercise.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) exercise: u128,
    pub(crate) actual: Values,
    pub(crate) kind: ExerciseKind,
    pub(crate) planned: Option<u8>,
    pub(crate) felt: Option<u8>,
}

impl From<(u128, Values)> for Item {
    fn from((exercise, actual): (u128, Values)) -> Self {
        Self { exercise, actual, kind: ExerciseKind::Working, planned: None, felt: None }
    }
}

pub(crate) fn lifted(weight_kg: f64, reps: u32) -> Values {
    Values { weight_kg: Some(weight_kg), reps: Some(reps), ..Values::default() }
}

pub(crate) fn warm_up(exercise: u128, actual: Values) -> Item {
    Item { kind: ExerciseKind::WarmUp, ..(exercise, actual).into() }
}

pub(crate) fn drop_set(exercise: u128, actual: Values) -> Item {
    Item { kind: ExerciseKind::Drop, ..(exercise, actual).into() }
}

/// With the effort that was planned, and the one that was felt.
pub(crate) fn effort(item: impl Into<Item>, planned: Option<u8>, felt: u8) -> Item {
    Item { planned, felt: Some(felt), ..item.into() }
}

/// The time at which day `day` has begun for the studio, and so many minutes later.
pub(crate) fn time(day: i64, minutes: i64) -> Timestamp {
    Timestamp::from_millisecond(FIRST_MS + day * DAY_MS + minutes * 60_000).expect("a date")
}

/// A session on a day with these rounds, each of ten minutes.
pub(crate) fn session(day: i64, rounds: &[&[Item]]) -> Session {
    let id = SessionId(Uuid::from_u128(100_000 + u128::from(day.unsigned_abs())));
    let rounds: Vec<Round> = (1_u32..).zip(rounds).map(|(number, items)| round(id, day, number, items)).collect();
    Session {
        id,
        status: SessionStatus::Completed,
        athlete: person(1, "Mira"),
        trainer: Some(person(2, "Jonas")),
        started_at: time(day, 0),
        joined_at: Some(time(day, 0)),
        ended_at: rounds.last().and_then(|round| round.completed_at),
        cancelled_by: None,
        cancel_reason: None,
        rounds,
        recorded: false,
        imported: false,
        version: 1,
    }
}

fn round(session_id: SessionId, day: i64, number: u32, items: &[Item]) -> Round {
    let minute = i64::from(number) * 10;
    Round {
        id: RoundId(Uuid::from_u128(session_id.0.as_u128() * 1_000 + u128::from(number))),
        session_id,
        number,
        status: RoundStatus::Completed,
        is_final: false,
        rest_after_s: None,
        released_at: Some(time(day, minute)),
        started_at: Some(time(day, minute)),
        completed_at: Some(time(day, minute + 10)),
        exercises: (0_u32..).zip(items).map(|(position, item)| done(position, item)).collect(),
        version: 1,
    }
}

fn done(position: u32, item: &Item) -> RoundExercise {
    let feedback = |effort| Feedback { effort, pain: false, pain_regions: Vec::new(), note: None };
    RoundExercise {
        id: ItemId(Uuid::from_u128(u128::from(position))),
        exercise_id: exercise(item.exercise),
        name: format!("Exercise {}", item.exercise),
        fields: Vec::new(),
        video: None,
        position,
        kind: item.kind,
        planned: PlannedValues { effort: item.planned, ..PlannedValues::default() },
        trainer_notes: None,
        last: None,
        actual: Some(item.actual),
        feedback: item.felt.map(feedback),
        corrections: Vec::new(),
        bests: Vec::new(),
    }
}
