//! What was done and when: past sessions, sets, corrections, and sessions that are entered afterwards.
//!
//! Nothing that is asked for here is replicated. Without the server, each query fails, except for a session that this
//! profile knows.

use serde::Deserialize;
use training::{DoneSet, ExerciseId, ItemId, Round, RoundId, Session, SessionId, SessionRecord, Stats, UserId, Values};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode, SessionPage, SessionQuery, StatsQuery};

calls! {
    /// A call about the past, as received.
    enum HistoryCall;
    /// Answers these calls.
    trait HistoryCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_history;

    /// A page of an athlete's sessions, newest first: one's own, or those of somebody one trains or has trained.
    list_sessions / ListSessions { athlete_id: UserId, query: SessionQuery } -> SessionPage;
    /// A session whole, from any time ago.
    read_session / ReadSession { session_id: SessionId } -> Session;
    /// What an athlete did with an exercise, newest first; `limit` is 1 to 100.
    list_sets / ListSets { athlete_id: UserId, exercise_id: ExerciseId, limit: u32 } -> Vec<DoneSet>;
    /// What an athlete's sessions say, as series, sums and bests.
    athlete_stats / AthleteStats { athlete_id: UserId, query: StatsQuery } -> Stats;
    /// Athlete, assigned trainer: corrects what was noted of an exercise, also after the session's end; `version` is the
    /// round's that the correction is based on. Without a network it waits, if this profile knows the session.
    correct_exercise / CorrectExercise {
        session_id: SessionId,
        round_id: RoundId,
        item_id: ItemId,
        version: u64,
        actual: Values,
        reason: Option<String>,
    } -> Round;
    /// Athlete, assigned trainer: enters a session that happened without Ringside. Called again with the same session
    /// after a failure that leaves open whether it arrived, it is entered once.
    record_session / RecordSession { athlete_id: UserId, session: SessionRecord } -> Session;
}
