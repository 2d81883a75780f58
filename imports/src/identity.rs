//! Ids that follow from what a file says, so that the same file gives the same sessions however often it comes.
//!
//! A session is known by its athlete and its start, a weight by its athlete and its instant, a set by its exercise's name and its place among the sets of it. Names
//! of files and formats are no part of it. Ids begin with the start of the session, as the ids of all sessions do: lists
//! sort by them. What would be random in a UUID of version 7 is a hash.

use sha2::{Digest, Sha256};
use training::{ItemId, RoundId, SessionId, Timestamp, UserId, WeightId};
use uuid::{Builder, Uuid};

use crate::plan::{PlannedRound, PlannedSession, PlannedSet};
use crate::{ImportedExercise, fold::fold};

/// The ids of one session of a file, or of one weight.
#[derive(Clone, Debug)]
pub struct ImportIds {
    athlete: UserId,
    /// In milliseconds since 1970; before that, less than nothing.
    began: i64,
}

impl ImportIds {
    /// For what an athlete did or weighed then.
    pub fn of(athlete: UserId, started_at: Timestamp) -> Self {
        Self { athlete, began: started_at.as_millisecond() }
    }

    /// The session's.
    pub fn session(&self) -> SessionId {
        SessionId(self.id("session", "", 0))
    }

    /// That of the weight the athlete had then.
    pub fn weight(&self) -> WeightId {
        WeightId(self.id("weight", "", 0))
    }

    /// A round's: the first, second, … with this exercise.
    pub(crate) fn round(&self, exercise: &str, nth: usize) -> RoundId {
        RoundId(self.id("round", &fold(exercise), nth))
    }

    /// A set's: the first, second, … of this exercise.
    pub(crate) fn item(&self, exercise: &str, nth: usize) -> ItemId {
        ItemId(self.id("set", &fold(exercise), nth))
    }

    fn id(&self, kind: &str, name: &str, nth: usize) -> Uuid {
        let mut hash = Sha256::new();
        hash.update(b"ringside import 1\0");
        hash.update(self.athlete.0.as_bytes());
        hash.update(self.began.to_be_bytes());
        for part in [kind, name] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update((nth as u64).to_be_bytes());
        let hash = hash.finalize();
        let mut random = [0; 10];
        random.copy_from_slice(&hash[..10]);
        Builder::from_unix_timestamp_millis(u64::try_from(self.began).unwrap_or_default(), &random).into_uuid()
    }
}

/// A hash of what a file says of a session, to compare it with what an earlier file said. Neither its place in the file nor
/// what its exercises were mapped to is part of it.
pub fn session_digest(session: &PlannedSession, exercises: &[ImportedExercise]) -> String {
    let named = |set: &PlannedSet| {
        let PlannedSet { exercise, kind, planned, actual, feedback, note } = set;
        let name = exercises.get(*exercise).map(|exercise| fold(&exercise.name));
        serde_json::json!([name, kind, planned, actual, feedback, note])
    };
    let in_digest = |round: &PlannedRound| {
        let PlannedRound { sets, started_at, completed_at, rest_after_s } = round;
        serde_json::json!([sets.iter().map(named).collect::<Vec<_>>(), started_at, completed_at, rest_after_s])
    };
    let rounds: Vec<_> = session.rounds.iter().map(in_digest).collect();
    let text = serde_json::json!([session.started_at, session.ended_at, rounds]).to_string();
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(16).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).expect("an instant")
    }

    #[test]
    fn ids_follow_from_what_they_are_for_and_sort_by_start() {
        let athlete = UserId(Uuid::from_u128(7));
        let ids = ImportIds::of(athlete, at(1_600_000_000_000));
        let session = ids.session();
        assert_eq!(session, ImportIds::of(athlete, at(1_600_000_000_000)).session());
        assert_eq!(session.0.get_version_num(), 7);
        assert!(session < ImportIds::of(athlete, at(1_600_000_000_001)).session());
        assert_ne!(session, ImportIds::of(UserId(Uuid::from_u128(8)), at(1_600_000_000_000)).session());
        assert_ne!(ImportIds::of(athlete, at(-1)).weight(), ImportIds::of(athlete, at(-2)).weight(), "before 1970");
        assert_eq!(ids.item("Squat", 1), ids.item("SQUAT ", 1));
        let different = [ids.item("Squat", 0).0, ids.item("Squat", 1).0, ids.round("Squat", 0).0, ids.item("Row", 0).0];
        assert!((0..4).all(|i| (i + 1..4).all(|j| different[i] != different[j])));
    }
}
