//! Ids that follow from what a file says, so that the same file gives the same sessions however often it comes.
//!
//! A session is known by its athlete and its start, a weight by its athlete and its instant, a set by its exercise's name
//! and its place among the sets of it. Names of files and formats are no part of it. Ids begin with the start of the
//! session, as the ids of all sessions do: lists sort by them. What would be random in a UUID of version 7 is a hash.

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionDigest(String);

impl SessionDigest {
    /// Marks the hash of a session in an export of Ringside.
    const OF_EXPORT: &str = "export-";

    /// The hash of a session, whose sets are of these exercises.
    pub fn of(session: &PlannedSession, exercises: &[ImportedExercise]) -> Self {
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
        let kind = if session.original.is_some() { Self::OF_EXPORT } else { "" };
        Self(hash.iter().take(16).fold(kind.to_owned(), |hex, byte| hex + &format!("{byte:02x}")))
    }

    /// One that was stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both say the same of one session, as far as that can be known. A tracker's file and an export can't be
    /// compared: an export names exercises as its studio does.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let is_of_export = |digest: &Self| digest.0.starts_with(Self::OF_EXPORT);
        is_of_export(self) != is_of_export(other) || self == other
    }
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

    #[test]
    fn what_a_tracker_says_of_a_session_and_what_an_export_says_are_not_compared() {
        let session = PlannedSession { started_at: at(0), ended_at: at(9), rounds: Vec::new(), original: None };
        let exported = PlannedSession { original: Some(SessionId(Uuid::from_u128(1))), ..session.clone() };
        let of = |session: &PlannedSession, ended_at| {
            SessionDigest::of(&PlannedSession { ended_at, ..session.clone() }, &[])
        };
        assert!(of(&session, at(9)).agrees_with(&of(&exported, at(8))));
        assert!(of(&exported, at(8)).agrees_with(&of(&session, at(9))));
        for session in [session, exported] {
            assert!(of(&session, at(9)).agrees_with(&of(&session, at(9))));
            assert!(!of(&session, at(9)).agrees_with(&of(&session, at(8))));
        }
    }
}
