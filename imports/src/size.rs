//! How large a session becomes, in bytes of its JSON, before its athlete and its exercises in the library are known.
//!
//! A file's exercise may become one of the library that has a longer name, more fields and a video. So the largest that
//! people have is counted: a name of a hundred letters, every field, a video. A name of a hundred letters that take
//! several bytes each makes a session larger, which nothing depends on: as while planning, the limit keeps sessions
//! from growing, and does not measure them to the byte.

use std::sync::LazyLock;

use training::library::ExerciseLimits;
use training::{
    Category, Exercise, ExerciseId, ExerciseKind, Field, ItemId, Person, PlannedValues, Timestamp, UserId, Values,
    Video, VideoId, json_bytes,
};
use uuid::Uuid;

use crate::plan::{PlannedRound, PlannedSession, PlannedSet};
use crate::sessions::item;

/// For versions, numbers and places that have more digits than those that are measured, and commas.
const DIGITS: usize = 32;

/// A session without a round.
static SESSION: LazyLock<usize> = LazyLock::new(|| measured(Vec::new()));
/// A round without a set.
static ROUND: LazyLock<usize> = LazyLock::new(|| measured(vec![PlannedRound::of(Vec::new())]) - *SESSION);
/// A set of which nothing is said.
static SET: LazyLock<usize> = LazyLock::new(|| {
    let (planned, actual) = (PlannedValues::default(), Values::default());
    let set = PlannedSet { exercise: 0, kind: ExerciseKind::WarmUp, planned, actual, feedback: None, note: None };
    json_bytes(&item(ItemId(Uuid::nil()), 0, &set, &exercise())) - said_bytes(&set)
});

/// The bytes of a session without a round.
pub(crate) fn session_bytes() -> usize {
    *SESSION
}

/// The bytes that a round adds, without its sets.
pub(crate) fn round_bytes() -> usize {
    *ROUND
}

/// The bytes that a set adds.
pub(crate) fn set_bytes(set: &PlannedSet) -> usize {
    *SET + said_bytes(set) + DIGITS
}

/// The bytes of what differs from one set to the other.
fn said_bytes(set: &PlannedSet) -> usize {
    json_bytes(&(&set.planned, &set.actual, &set.feedback, &set.note))
}

fn measured(rounds: Vec<PlannedRound>) -> usize {
    let at = Timestamp::from(jiff::Timestamp::UNIX_EPOCH);
    let session = PlannedSession { started_at: at, ended_at: at, rounds, original: None };
    let name = "x".repeat(training::MAX_NAME_CHARS);
    json_bytes(&session.session(Person { id: UserId(Uuid::nil()), name }, &[], &[]))
        + DIGITS * (1 + session.rounds.len())
}

fn exercise() -> Exercise {
    Exercise {
        id: ExerciseId(Uuid::nil()),
        name: "x".repeat(ExerciseLimits::MAX_NAME_CHARS),
        aliases: Vec::new(),
        category: Category::Own,
        fields: vec![Field::Weight, Field::Reps, Field::Distance, Field::Time, Field::Effort, Field::Notes],
        muscles: Vec::new(),
        cue: None,
        video: Some(Video {
            id: VideoId(Uuid::nil()),
            size_bytes: 100_000_000,
            duration_s: 123.456,
            width: 1_920,
            height: 1_080,
            media_type: "video/quicktime".to_owned(),
            has_poster: false,
        }),
        archived: false,
        version: 1,
    }
}
