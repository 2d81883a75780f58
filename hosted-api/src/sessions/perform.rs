//! One command on a session that exists.

use std::sync::Arc;

use training::wire::Role;
use training::{
    ActIds, Actor, Command, Context, Exercise, ExerciseId, Part, ProblemCode, Recorded, Refusal, Round, RoundId,
    Session, SessionId, UserId, apply, decide,
};
use uuid::Uuid;

use super::announce::{Announcement, announce};
use super::answer::{Answer, Answered, outcome};
use crate::app::{App, to_the_end};
use crate::clock;
use crate::http::{ApiError, Caller, Key};
use crate::store::{Claim, SessionRow, StoreError, Tx};

/// A command by somebody on something.
pub(crate) struct Order {
    pub(crate) caller: Caller,
    pub(crate) key: Option<Key>,
    pub(crate) target: Target,
    pub(crate) command: Command,
}

/// What a command names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    Session(SessionId),
    Round(RoundId),
}

/// Performs an order.
///
/// It runs as a task of its own: once begun it ends, commits and wakes, even when whoever sent it has gone.
pub(crate) async fn perform(app: &Arc<App>, order: Order) -> Result<Answered, ApiError> {
    let app = Arc::clone(app);
    let performing = async move {
        let result = in_transaction(&app, order).await;
        app.metrics.command(outcome(&result));
        result
    };
    to_the_end(performing).await
}

/// Which part somebody has in a session; none if it is not theirs.
pub(crate) fn part(row: &SessionRow, person: UserId) -> Option<Part> {
    if row.athlete == person {
        Some(Part::Athlete)
    } else if row.trainer == person {
        Some(Part::Trainer)
    } else {
        None
    }
}

/// The earlier answer to this very request, if there is one; claims the key otherwise.
pub(super) async fn replay(tx: &mut Tx, caller: &Caller, key: Option<&Key>) -> Result<Option<Answered>, ApiError> {
    let Some(Key { key, fingerprint }) = key else { return Ok(None) };
    match tx.claim(caller.account.id, key, fingerprint, clock::now()).await? {
        Claim::New => Ok(None),
        Claim::Answered { fingerprint: used_for, .. } if used_for != *fingerprint => {
            Err(ApiError::new(ProblemCode::IdempotencyMismatch))
        }
        Claim::Answered { answer, .. } => Ok(Some(Answered { answer, replayed: true })),
    }
}

/// Keeps the answer and makes everything last.
pub(super) async fn conclude(
    mut tx: Tx,
    caller: &Caller,
    key: Option<&Key>,
    answer: Answer,
) -> Result<Answered, StoreError> {
    if let Some(Key { key, .. }) = key {
        tx.keep_answer(caller.account.id, key, &answer).await?;
    }
    tx.commit().await?;
    Ok(Answered { answer, replayed: false })
}

/// A refusal because of the state is an answer and kept; any other is an error and leaves no trace.
pub(super) fn answer_or_error(refusal: Refusal) -> Result<Answer, ApiError> {
    if !refusal.depends_on_state() {
        return Err(refusal.into());
    }
    Ok(Answer::Refused { code: ProblemCode::from(&refusal), fields: refusal.into_fields() })
}

async fn in_transaction(app: &App, order: Order) -> Result<Answered, ApiError> {
    let Order { caller, key, target, command } = order;
    let mut tx = app.store.write().await?;
    if let Some(answered) = replay(&mut tx, &caller, key.as_ref()).await? {
        return Ok(answered);
    }
    let row = match target {
        Target::Session(id) => tx.lock_session(id).await?,
        Target::Round(id) => tx.lock_session_of(id).await?,
    };
    let known = row.and_then(|row| part_known(&row, &caller, target).map(|part| (row, part)));
    let Some((row, part)) = known else {
        return Ok(conclude(tx, &caller, key.as_ref(), answer_or_error(Refusal::NotFound)?).await?);
    };
    let actor = actor(part, &caller)?;
    let answers_with = AnswersWith::of(&command);
    let library = library(&mut tx, &caller, &command).await?;
    let mut events = decided(&row.session, command.clone(), &actor, &library, ids(key.as_ref()));
    if let Some(round) = events.as_ref().ok().and_then(|events| new_round(&row.session, events))
        && tx.knows_round(round).await?
    {
        // Only for somebody who chose their key to be in the way.
        events = decided(&row.session, command, &actor, &library, None);
    }
    let events = match events {
        Ok(events) => events,
        Err(refusal) => return Ok(conclude(tx, &caller, key.as_ref(), answer_or_error(refusal)?).await?),
    };
    let mut session = row.session.clone();
    for event in &events {
        apply(&mut session, event, Part::Trainer);
    }
    let announcement = store(&mut tx, &row, &session, &events).await?;
    let answer = answers_with.answer(session, actor.part, &events)?;
    match conclude(tx, &caller, key.as_ref(), answer).await {
        Ok(answered) => {
            announcement.wake(app);
            Ok(answered)
        }
        Err(error) => {
            // Perhaps it is done all the same, and only the word of it was lost.
            announcement.wake_to_reread(app);
            Err(error.into())
        }
    }
}

/// The caller's part in the session a command names; none if they may not know what it names. To whom a session is not
/// known, it does not exist; nor does a draft for an athlete.
fn part_known(row: &SessionRow, caller: &Caller, target: Target) -> Option<Part> {
    let part = part(row, caller.account.id)?;
    match target {
        Target::Session(_) => Some(part),
        Target::Round(id) => row.session.clone().seen_by(part).round(id).map(|_known| part),
    }
}

/// The caller as an actor in a part, whose role they must have.
fn actor(part: Part, caller: &Caller) -> Result<Actor, ApiError> {
    caller.must_be(match part {
        Part::Athlete => Role::Athlete,
        Part::Trainer => Role::Trainer,
    })?;
    Ok(Actor { person: caller.person(), part })
}

/// The studio's exercises, for the commands that name some.
async fn library(tx: &mut Tx, caller: &Caller, command: &Command) -> Result<Vec<Exercise>, StoreError> {
    match command {
        Command::AddRound { .. } | Command::EditRound { .. } => tx.exercises(caller.account.studio.id).await,
        _ => Ok(Vec::new()),
    }
}

/// Decides; what the command makes is called as its key says, or anyhow.
fn decided(
    session: &Session,
    command: Command,
    actor: &Actor,
    library: &[Exercise],
    mut ids: Option<ActIds>,
) -> Result<Vec<Recorded>, Refusal> {
    let exercise = |id: ExerciseId| library.iter().find(|exercise| exercise.id == id).cloned();
    let mut new_id = || ids.as_mut().map_or_else(Uuid::now_v7, ActIds::make);
    let mut context = Context { at: clock::now(), new_id: &mut new_id, exercise: &exercise };
    decide(session, command, actor, &mut context)
}

/// The ids a command's key stands for.
fn ids(key: Option<&Key>) -> Option<ActIds> {
    ActIds::of(key?.key.parse().ok()?)
}

/// The id of a round that these events add.
fn new_round(before: &Session, events: &[Recorded]) -> Option<RoundId> {
    let rounds = events.iter().filter_map(|event| event.event.round()).map(|round| round.id);
    rounds.into_iter().find(|id| before.round(*id).is_none())
}

async fn store(
    tx: &mut Tx,
    row: &SessionRow,
    session: &Session,
    events: &[Recorded],
) -> Result<Announcement, StoreError> {
    tx.save_session(&row.session, session).await?;
    announce(tx, row.athlete, row.trainer, events).await
}

/// What a command is answered with.
enum AnswersWith {
    Session,
    NewRound,
    Round,
    Nothing,
}

impl AnswersWith {
    fn of(command: &Command) -> Self {
        match command {
            Command::Join | Command::Cancel { .. } => Self::Session,
            Command::AddRound { .. } => Self::NewRound,
            Command::DeleteRound { .. } => Self::Nothing,
            Command::EditRound { .. }
            | Command::ReleaseRound(_)
            | Command::RecallRound(_)
            | Command::StartRound(_)
            | Command::LogExercise { .. }
            | Command::CompleteRound { .. } => Self::Round,
        }
    }

    fn answer(&self, session: Session, part: Part, events: &[Recorded]) -> Result<Answer, ApiError> {
        match self {
            Self::Session => Ok(Answer::Session { session: session.seen_by(part) }),
            Self::NewRound => Ok(Answer::RoundCreated { round: last_round(events)? }),
            Self::Round => Ok(Answer::Round { round: last_round(events)? }),
            Self::Nothing => Ok(Answer::Deleted),
        }
    }
}

/// The round as the last event about one left it.
fn last_round(events: &[Recorded]) -> Result<Round, ApiError> {
    let round = events.iter().rev().find_map(|event| event.event.round());
    round.cloned().ok_or_else(|| ApiError::internal(NoRound))
}

/// The rules made no event about a round for a command on one: a bug.
#[derive(Debug, thiserror::Error)]
#[error("a command on a round made no event about it")]
struct NoRound;
