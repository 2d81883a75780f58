//! Sessions and their rounds, and refused acts.

use serde::Deserialize;
use training::{ExerciseReport, ItemId, Round, RoundId, RoundPlan, Session, SessionId, Values};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};

calls! {
    /// A call about a session, as received.
    enum SessionCall;
    /// Answers these calls.
    trait SessionCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_session;

    /// Athlete: starts a session.
    start_session / StartSession {} -> Session;
    /// Trainer: joins a waiting session.
    join_session / JoinSession { session_id: SessionId } -> Session;
    /// Either: ends a session early.
    cancel_session / CancelSession { session_id: SessionId, reason: Option<String> } -> Session;
    /// Trainer: creates a round, as a draft or released in the same act.
    add_round / AddRound { session_id: SessionId, plan: RoundPlan, release: bool } -> Round;
    /// Trainer: edits a round; `version` is the one the edit is based on.
    edit_round / EditRound { round_id: RoundId, version: u64, plan: RoundPlan, release: bool } -> Round;
    /// Trainer: deletes a draft; `version` is the one the act is based on.
    delete_round / DeleteRound { round_id: RoundId, version: u64 } -> ();
    /// Trainer: restores a draft that was deleted.
    restore_round / RestoreRound { round: Round } -> Round;
    /// Trainer: releases a draft to the athlete.
    release_round / ReleaseRound { round_id: RoundId } -> Round;
    /// Trainer: recalls a round that has not been started.
    recall_round / RecallRound { round_id: RoundId } -> Round;
    /// Athlete: starts a round.
    start_round / StartRound { round_id: RoundId } -> Round;
    /// Athlete: ticks an exercise off with what was done; `null` takes the tick back.
    log_exercise / LogExercise { round_id: RoundId, item_id: ItemId, actual: Option<Values> } -> Round;
    /// Athlete: completes a round with one report for each exercise.
    complete_round / CompleteRound { round_id: RoundId, reports: Vec<ExerciseReport> } -> Round;
    /// Discards a refused act.
    discard_act / DiscardAct { key: String } -> ();
    /// Retries a refused act on the current state.
    retry_act / RetryAct { key: String } -> ();
}
