//! Correcting what was noted of an exercise. Based on what was noted before: what else changed in the round does not
//! count.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::{Command, Document, EntityRef, Event, ItemId, ProblemCode, Refusal, RoundId, Session, Values, wire};

use super::Act;
use super::Behaviour;
use super::in_session::{decide_in_session, version_of};
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Entered, EnteredCorrection, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct CorrectExercise {
    /// Which round.
    pub(crate) round: RoundId,
    /// Which exercise of it.
    pub(crate) item: ItemId,
    /// What was really done.
    pub(crate) actual: Values,
    /// Why.
    pub(crate) reason: Option<String>,
    /// What was noted before.
    pub(crate) base: Option<Values>,
}

impl Behaviour for CorrectExercise {
    fn round(&self) -> Option<RoundId> {
        Some(self.round)
    }

    fn request(&self, _: EntityRef) -> Request {
        let path = path(self.round, self.item);
        let body = wire::CorrectExercise { actual: self.actual, reason: self.reason.clone() };
        Request::new(Method::PATCH, path, AnsweredWith::Round).with(&body)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let Self { round, item, actual, reason, .. } = self.clone();
        let session: &Session = entity(subject).ok_or(Refusal::NotFound)?;
        if !session.may_be_corrected_by(session.part_of(by.me.id), by.trains(session.athlete.id)) {
            return Err(Refusal::NotYourPart);
        }
        decide_in_session(subject, by, |session| Command::CorrectExercise {
            round,
            item,
            version: version_of(session, round),
            actual,
            reason,
        })
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        let round = newest.round(self.round).ok_or(ProblemCode::NotFound)?;
        let noted = round.exercises.iter().find(|exercise| exercise.id == self.item).ok_or(ProblemCode::NotFound)?;
        if noted.actual == self.base { Ok(Some(round.version)) } else { Err(ProblemCode::VersionMismatch) }
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let session: &Session = subject.try_into().ok()?;
        let exercises = &session.round(self.round)?.exercises;
        let base = exercises.iter().find(|exercise| exercise.id == self.item)?.actual;
        Some(Self { base, ..self.clone() }.into())
    }

    fn outlives_session(&self) -> bool {
        true
    }

    fn entered(&self) -> Entered {
        let correction = EnteredCorrection { item_id: self.item, actual: self.actual, reason: self.reason.clone() };
        Entered { correction: Some(correction), ..Entered::default() }
    }
}

/// Where a correction is sent.
pub(crate) fn path(round: RoundId, item: ItemId) -> String {
    format!("/v1/rounds/{round}/exercises/{item}/actual")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use training::wire::Account;
    use training::{Athlete, Permit};
    use uuid::Uuid;

    use super::*;
    use crate::documents::DocumentMap;
    use crate::outbox::{Entry, Projection};

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// Who led the session.
    fn trainer() -> Account {
        serde_json::from_value(json!({
            "id": id(9), "name": "Jonas", "email": "jonas@example.com", "roles": ["trainer"], "locale": "de",
            "studio": { "id": id(7), "name": "Studio" }, "trainer": null,
        }))
        .expect("an account")
    }

    /// A session that has ended, with something noted in it.
    fn session() -> Session {
        let done = json!({
            "id": id(4), "exercise_id": id(5), "name": "Squat", "fields": ["reps"], "position": 0,
            "planned": { "reps": 8 }, "trainer_notes": null, "actual": { "reps": 8 }, "feedback": null,
        });
        serde_json::from_value(json!({
            "id": id(1), "status": "cancelled", "athlete": { "id": id(8), "name": "Mara" },
            "trainer": { "id": id(9), "name": "Jonas" }, "started_at": "2026-11-29T12:00:00Z",
            "joined_at": "2026-11-29T12:00:30Z", "ended_at": "2026-11-29T12:30:00Z", "cancelled_by": null,
            "cancel_reason": null, "version": 4,
            "rounds": [{
                "id": id(2), "session_id": id(1), "number": 1, "status": "active", "is_final": false,
                "rest_after_s": null, "released_at": "2026-11-29T12:01:00Z", "started_at": "2026-11-29T12:02:00Z",
                "completed_at": null, "version": 3, "exercises": [done],
            }],
        }))
        .expect("a session")
    }

    #[test]
    fn a_former_trainer_corrects_nothing_of_a_session_that_has_ended() {
        let me = trainer();
        let correction: Entry = serde_json::from_value(json!({
            "key": Uuid::from_u128(0x0193_a7c1_5d2e_7f00_8a11_3c5b_7d9e_1f20), "by": me.id,
            "at": "2026-11-29T13:00:00Z", "subject": EntityRef::of::<Session>(id(1)),
            "act": {
                "act": "correct_exercise", "round": id(2), "item": id(4), "actual": { "reps": 5 }, "reason": null,
                "base": { "reps": 8 },
            },
        }))
        .expect("an act");
        let mara = Athlete { id: id(8).into(), name: "Mara".to_owned(), records: Vec::new(), version: 1 };
        let mut stored = DocumentMap::default();
        stored.put(session().into());
        assert_eq!(Projection::new(&stored, &me, []).decide(&correction), Err(Refusal::NotYourPart));
        assert!(!session().permits_of(me.id, false).rounds.values().flatten().any(|it| *it == Permit::CorrectExercise));
        stored.put(mara.into());
        assert!(Projection::new(&stored, &me, []).decide(&correction).is_ok_and(|events| events.len() == 1));
    }
}
