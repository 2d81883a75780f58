//! One act in the outbox.

use serde::{Deserialize, Serialize};
use training::{
    ActIds, EntityRef, ExerciseId, FieldProblem, ItemId, ProblemCode, Session, SessionId, Timestamp, UserId,
};
use uuid::Uuid;

use super::acts::{Act, CompleteRound, LogExercise, RecreateExercise, RestoreExercise, StartRound};

/// An act that waits, or was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub(crate) struct Entry {
    /// Its idempotency key, made when the person acted; what it makes is called by it.
    pub(crate) key: Uuid,
    /// Who acted. Nobody else's application sends or shows it.
    pub(crate) by: UserId,
    /// When, by the server's clock as far as it was known.
    pub(crate) at: Timestamp,
    /// The entity it is about: the one it changes, or makes.
    pub(crate) subject: EntityRef,
    /// What they did.
    pub(crate) act: Act,
    /// The version it was sent on, for as long as it is not known what became of that.
    pub(crate) sent_on: Option<u64>,
    /// Why the server would not have it.
    pub(crate) refused: Option<Refused>,
}

/// Why an act was refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Refused {
    pub(crate) code: ProblemCode,
    pub(crate) fields: Vec<FieldProblem>,
}

/// An entry as it is stored: in the present form, or as before entities had kinds, when every act was in a session.
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

/// A stored act that names nothing it is about.
#[derive(Debug, thiserror::Error)]
#[error("an act in the outbox is about nothing")]
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
    /// The same without its second half, where there is one.
    pub(crate) fn first_half(&self) -> Option<Self> {
        Some(Self { act: self.act.behaviour().first_half()?, ..self.clone() })
    }

    /// What becomes of feedback that is refused because the session has ended: it is sent once more, as late, for it may
    /// have been given before anybody here could know. None for what is no feedback, or was sent as late already.
    pub(crate) fn late(&self) -> Option<Self> {
        let Act::CompleteRound(CompleteRound { round, reports, late: false }) = &self.act else { return None };
        let act = CompleteRound { round: *round, reports: reports.clone(), late: true }.into();
        Some(self.followed_by(act))
    }

    /// What becomes of a restoring that is refused because nothing is there: archiving has deleted what no round had, so it
    /// is created anew. None for any other act.
    pub(crate) fn recreating(&self) -> Option<Self> {
        let Act::RestoreExercise(RestoreExercise { draft }) = &self.act else { return None };
        let act = RecreateExercise { exercise: ExerciseId(self.subject.id), draft: draft.clone() }.into();
        Some(self.followed_by(act))
    }

    /// Another act in the place of this one, under the key after its own: the same one, whenever it is made.
    fn followed_by(&self, act: Act) -> Self {
        let mut keys = ActIds::of(self.key).expect("an act's key is a UUID of version 7");
        let _own = keys.make();
        Self { key: keys.make(), act, sent_on: None, refused: None, ..self.clone() }
    }

    /// The feedback among the acts after this one that completes the round it is about, with what it noted; none when there
    /// is no such feedback, or this is nothing an athlete did in a round.
    pub(crate) fn said_with_feedback(&self, later: &[Self]) -> Option<Self> {
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
            // What was said when it was completed is the newer.
            report.actual.get_or_insert(actual);
        }
        Some(feedback)
    }

    /// Whether it is still to be sent.
    pub(crate) fn waits(&self) -> bool {
        self.refused.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_from_before_entities_had_kinds_is_about_its_session() {
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
