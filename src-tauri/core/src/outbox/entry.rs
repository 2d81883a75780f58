//! One act in the outbox.

use serde::{Deserialize, Serialize};
use training::{
    ActIds, Document, EntityRef, Event, ExerciseId, FieldProblem, ItemId, Refusal, Session, SessionId, Timestamp,
    UserId,
};
use uuid::Uuid;

use super::acts::{Act, CompleteRound, LogExercise, RecreateExercise, RestoreExercise, StartRound};
use super::decision::DecisionContext;
use crate::bridge::FailureCode;

/// An act that is waiting, or was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub(crate) struct Entry {
    /// Its idempotency key, generated when the user acted; also the id of what it creates.
    pub(crate) key: Uuid,
    /// Who acted. It is sent and shown only while they are signed in.
    pub(crate) by: UserId,
    /// When, by the server's clock as far as the offset was known.
    pub(crate) at: Timestamp,
    /// The entity it changes or creates.
    pub(crate) subject: EntityRef,
    /// What they did.
    pub(crate) act: Act,
    /// The base version it was sent with, while the outcome is unknown.
    pub(crate) sent_on: Option<u64>,
    /// Why the server refused it.
    pub(crate) refused: Option<Refused>,
}

/// Why an act was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// The server's code, or [`LocalCode::RefusedByIntermediary`](crate::bridge::LocalCode::RefusedByIntermediary).
    pub(crate) code: FailureCode,
    pub(crate) fields: Vec<FieldProblem>,
}

/// An entry as stored: in the present format, or in the one from before entities had kinds, when every act was in a
/// session.
#[derive(Deserialize)]
struct Stored {
    key: Uuid,
    by: UserId,
    at: Timestamp,
    #[serde(default)]
    subject: Option<EntityRef>,
    #[serde(default)]
    session: Option<SessionId>,
    act: Act,
    #[serde(default)]
    sent_on: Option<u64>,
    #[serde(default)]
    refused: Option<Refused>,
}

/// A stored act without a subject.
#[derive(Debug, thiserror::Error)]
#[error("an act in the outbox has no subject")]
struct NoSubject;

impl TryFrom<Stored> for Entry {
    type Error = NoSubject;

    fn try_from(stored: Stored) -> Result<Self, NoSubject> {
        let Stored { key, by, at, subject, session, act, sent_on, refused } = stored;
        let subject = subject.or_else(|| session.map(EntityRef::of::<Session>)).ok_or(NoSubject)?;
        Ok(Self { key, by, at, subject, act, sent_on, refused })
    }
}

impl Entry {
    /// The events it causes on its subject in the given state.
    pub(crate) fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        self.act.behaviour().decide(subject, by)
    }

    /// The entry without its second half, if it has one.
    pub(crate) fn first_half(&self) -> Option<Self> {
        Some(Self { act: self.act.behaviour().first_half()?, ..self.clone() })
    }

    /// The replacement for feedback refused because the session has ended: it is sent once more, marked late, because
    /// it may have been given before this client could know. `None` for anything else, or if already sent as late.
    pub(crate) fn late(&self) -> Option<Self> {
        let Act::CompleteRound(CompleteRound { round, reports, late: false }) = &self.act else { return None };
        let act = CompleteRound { round: *round, reports: reports.clone(), late: true }.into();
        Some(self.followed_by(act))
    }

    /// The replacement for a restore refused because the exercise does not exist: archiving deletes an exercise that no
    /// round uses, so it is created again. `None` for any other act.
    pub(crate) fn recreating(&self) -> Option<Self> {
        let Act::RestoreExercise(RestoreExercise { draft }) = &self.act else { return None };
        let act = RecreateExercise { exercise: ExerciseId(self.subject.id), draft: draft.clone() }.into();
        Some(self.followed_by(act))
    }

    /// Another act in place of this one, under the key derived next from its own: the same key every time.
    fn followed_by(&self, act: Act) -> Self {
        let mut keys = ActIds::of(self.key).expect("an act's key is a UUID of version 7");
        let _own = keys.make();
        Self { key: keys.make(), act, sent_on: None, refused: None, ..self.clone() }
    }

    /// The later feedback that completes this act's round, with the values this act logged merged in; `None` if there
    /// is no such feedback, or if this is not something an athlete did in a round.
    pub(crate) fn merged_into_feedback(&self, later: &[Self]) -> Option<Self> {
        let (round, noted) = match &self.act {
            Act::StartRound(StartRound { round }) => (*round, None),
            Act::LogExercise(LogExercise { round, item, actual }) => (*round, actual.map(|actual| (*item, actual))),
            _ => return None,
        };
        let completes = |entry: &&Self| matches!(&entry.act, Act::CompleteRound(complete) if complete.round == round);
        let mut feedback = later.iter().find(completes)?.clone();
        let is_noted_again =
            |item: ItemId| later.iter().any(|entry| matches!(&entry.act, Act::LogExercise(log) if log.item == item));
        if let Some((item, actual)) = noted.filter(|(item, _)| !is_noted_again(*item))
            && let Act::CompleteRound(CompleteRound { reports, .. }) = &mut feedback.act
            && let Some(report) = reports.iter_mut().find(|report| report.id == item)
        {
            // A value in the feedback is newer.
            report.actual.get_or_insert(actual);
        }
        Some(feedback)
    }

    /// Whether it is waiting to be sent.
    pub(crate) fn is_pending(&self) -> bool {
        self.refused.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_stored_without_a_subject_is_about_its_session() {
        let text = r#"{"key":"01890000-0000-7000-8000-000000000009","by":"01890000-0000-7000-8000-000000000001",
            "at":"2026-11-28T10:00:00Z","session":"01890000-0000-7000-8000-000000000002",
            "act":{"act":"release_round","round":"01890000-0000-7000-8000-000000000003"},"sent_on":null,"refused":null}"#;
        let entry: Entry = serde_json::from_str(text).expect("it is read");
        let session: SessionId = "01890000-0000-7000-8000-000000000002".parse().expect("an id");
        assert_eq!(entry.subject, EntityRef::of::<Session>(session));
        assert!(matches!(entry.act, Act::ReleaseRound(_)));
        let again: Entry = serde_json::from_str(&serde_json::to_string(&entry).expect("JSON")).expect("it is read");
        assert_eq!(again, entry, "and is written in the present form");
    }
}
