//! What people do, by what they see.

use std::sync::Arc;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use ringside_core::Agent;
use ringside_core::bridge::{Calls, Failure, View};
use training::{
    ExerciseReport, ItemId, PlannedExercise, Region, Round, RoundId, RoundPlan, RoundStatus, Session, SessionId,
    SessionStatus, UserId, Values,
};
use uuid::Uuid;

/// Something a person does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    StartSession,
    Join(SessionId),
    Cancel(SessionId),
    AddRound(SessionId, RoundPlan, bool),
    EditRound(RoundId, u64, RoundPlan, bool),
    DeleteRound(RoundId, u64),
    ReleaseRound(RoundId),
    RecallRound(RoundId),
    StartRound(RoundId),
    LogExercise(RoundId, ItemId, Option<Values>),
    CompleteRound(RoundId, Vec<ExerciseReport>),
    Discard(String),
    Retry(String),
    TryNow,
}

/// What was done, and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) act: Act,
    /// The idempotency keys that were made for it.
    pub(super) keys: Vec<Uuid>,
    pub(super) outcome: Outcome,
}

/// What somebody was told of what they did.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// That it is done, or will be.
    Ok,
    /// That it is not, and why: for whoever reads the trace.
    Failed(#[expect(dead_code, reason = "printed with the rest")] Failure),
    /// Nothing: the application crashed.
    Crashed,
}

impl Act {
    /// What `me` does next, seeing `view`.
    pub(super) fn next(view: &View, me: UserId, random: &mut StdRng) -> Self {
        if let Some(refused) = view.refused.choose(random) {
            match random.random_range(0..6) {
                0 => return Self::Discard(refused.key.clone()),
                1 => return Self::Retry(refused.key.clone()),
                _ => {}
            }
        }
        if random.random_ratio(1, 15) {
            return Self::TryNow;
        }
        let open = |session: &&Session| session.status.is_open();
        let mine: Vec<&Session> = view.sessions.iter().filter(open).collect();
        let Some(session) = mine.choose(random) else {
            let is_trainer = view.athletes.iter().any(|athlete| athlete.id != me);
            return if is_trainer { Self::TryNow } else { Self::StartSession };
        };
        if random.random_ratio(1, 60) {
            return Self::Cancel(session.id);
        }
        if session.athlete.id == me { Self::trains(session, random) } else { Self::leads(session, view, random) }
    }

    fn trains(session: &Session, random: &mut StdRng) -> Self {
        let Some(round) = session.round_out() else {
            return Self::TryNow;
        };
        match random.random_range(0..10) {
            0..2 if round.status == RoundStatus::Released => Self::StartRound(round.id),
            0..7 => {
                let Some(item) = round.exercises.choose(random) else { return Self::TryNow };
                let actual = random.random_ratio(4, 5).then(|| values(random));
                Self::LogExercise(round.id, item.id, actual)
            }
            _ => Self::CompleteRound(round.id, round.exercises.iter().map(|item| report(item.id, random)).collect()),
        }
    }

    fn leads(session: &Session, view: &View, random: &mut StdRng) -> Self {
        if session.status == SessionStatus::Waiting {
            return Self::Join(session.id);
        }
        let drafts: Vec<&Round> = session.rounds.iter().filter(|round| round.status == RoundStatus::Draft).collect();
        let draft = drafts.choose(random);
        let out = session.round_out();
        if view.exercises.is_empty() {
            return Self::TryNow;
        }
        match (random.random_range(0..12), draft, out) {
            (0..3, Some(draft), _) => {
                Self::EditRound(draft.id, draft.version, edit(draft, view, random), out.is_none())
            }
            (3, Some(draft), _) => Self::DeleteRound(draft.id, draft.version),
            (4..8, Some(draft), None) => Self::ReleaseRound(draft.id),
            (4, _, Some(round)) => Self::RecallRound(round.id),
            (5, _, Some(round)) => Self::EditRound(round.id, round.version, edit(round, view, random), false),
            _ if drafts.len() > 3 => Self::TryNow,
            _ => {
                let has_final = session.rounds.iter().any(|round| round.is_final);
                let is_final = !has_final && random.random_ratio(1, 8);
                let exercises = (0..random.random_range(1..4)).map(|_| planned(view, random)).collect();
                let plan = RoundPlan { is_final, rest_after_s: Some(random.random_range(1..90)), exercises };
                Self::AddRound(session.id, plan, out.is_none() && random.random_ratio(1, 2))
            }
        }
    }

    /// Whether it goes through the outbox, so that it is done in the end or kept as refused.
    pub(super) fn is_kept(&self) -> bool {
        !matches!(self, Self::StartSession | Self::Join(_) | Self::Discard(_) | Self::Retry(_) | Self::TryNow)
    }

    /// The refused act that is decided about by this one.
    pub(super) fn decides(&self) -> Option<&str> {
        match self {
            Self::Discard(key) | Self::Retry(key) => Some(key),
            _ => None,
        }
    }

    /// Does it.
    pub(super) async fn perform(self, agent: Arc<Agent>) -> Result<(), Failure> {
        match self {
            Self::StartSession => agent.start_session().await.map(drop),
            Self::Join(session) => agent.join_session(session).await.map(drop),
            Self::Cancel(session) => agent.cancel_session(session, Some("Genug".to_owned())).await.map(drop),
            Self::AddRound(session, plan, release) => agent.add_round(session, plan, release).await.map(drop),
            Self::EditRound(round, version, plan, release) => {
                agent.edit_round(round, version, plan, release).await.map(drop)
            }
            Self::DeleteRound(round, version) => agent.delete_round(round, version).await,
            Self::ReleaseRound(round) => agent.release_round(round).await.map(drop),
            Self::RecallRound(round) => agent.recall_round(round).await.map(drop),
            Self::StartRound(round) => agent.start_round(round).await.map(drop),
            Self::LogExercise(round, item, actual) => agent.log_exercise(round, item, actual).await.map(drop),
            Self::CompleteRound(round, reports) => agent.complete_round(round, reports).await.map(drop),
            Self::Discard(key) => agent.discard_act(key).await,
            Self::Retry(key) => agent.retry_act(key).await,
            Self::TryNow => agent.try_now().await,
        }
    }
}

fn values(random: &mut StdRng) -> Values {
    Values {
        reps: Some(random.random_range(1..30)),
        weight_kg: Some(f64::from(random.random_range(1..80))),
        ..Values::default()
    }
}

fn planned(view: &View, random: &mut StdRng) -> PlannedExercise {
    let exercise_id = view.exercises.choose(random).expect("there are some").id;
    PlannedExercise { id: None, exercise_id, planned: values(random), trainer_notes: None }
}

fn edit(round: &Round, view: &View, random: &mut StdRng) -> RoundPlan {
    let mut plan = RoundPlan::from(round);
    plan.rest_after_s = Some(random.random_range(1..90));
    if random.random_ratio(1, 2) {
        plan.exercises.push(planned(view, random));
    } else if plan.exercises.len() > 1 && round.exercises.last().is_some_and(|last| !last.has_entry()) {
        plan.exercises.pop();
    }
    plan
}

fn report(id: ItemId, random: &mut StdRng) -> ExerciseReport {
    let pain = random.random_ratio(1, 4);
    let pain_regions = if pain { vec![*Region::ALL.choose(random).expect("fifteen")] } else { Vec::new() };
    ExerciseReport { id, effort: random.random_range(0..=10), pain, pain_regions, note: None, actual: None }
}
