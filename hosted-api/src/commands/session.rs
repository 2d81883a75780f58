//! A command on an existing session.

use std::collections::BTreeMap;

use training::wire::Role;
use training::{
    ActIds, Actor, Context, Exercise, ExerciseId, LastDone, Part, Refusal, Round, RoundId, Session, SessionEvent,
    SessionId, UserId, apply, decide,
};
use uuid::Uuid;

use super::bests::{LaterSessions, mark_bests};
use super::records::announce_records;
use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller, IfMatch};
use crate::store::{SessionPlace, SessionRow, StoreError, Tx};

/// See the module.
pub(crate) struct SessionCommand {
    pub(crate) target: Target,
    /// The command, on whatever version.
    pub(crate) command: training::Command,
    /// The version it is based on, if it needs one.
    pub(crate) based_on: Option<IfMatch>,
}

/// What a command targets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    Session(SessionId),
    Round(RoundId),
}

impl SessionCommand {
    /// A command on a session.
    pub(crate) fn on_session(id: SessionId, command: training::Command) -> Self {
        Self { target: Target::Session(id), command, based_on: None }
    }

    /// A command on a round.
    pub(crate) fn on_round(id: RoundId, command: training::Command) -> Self {
        Self { target: Target::Round(id), command, based_on: None }
    }

    /// The same, based on a version.
    #[must_use]
    pub(crate) fn based_on(self, version: IfMatch) -> Self {
        Self { based_on: Some(version), ..self }
    }
}

/// A person's part in a session; none if it is not theirs.
pub(crate) fn part(row: &SessionRow, person: UserId) -> Option<Part> {
    if row.athlete == person {
        Some(Part::Athlete)
    } else if row.trainer == person {
        Some(Part::Trainer)
    } else {
        None
    }
}

impl Command for SessionCommand {
    fn authorise(&self, _: &Caller) -> Result<(), ApiError> {
        // Which role they need depends on their part in the session.
        Ok(())
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let row = match self.target {
            Target::Session(id) => tx.lock_session(id).await?,
            Target::Round(id) => tx.lock_session_of(id).await?,
        };
        let row = row.ok_or(Refusal::NotFound)?;
        let part = self.part(tx, &row, &context.caller).await?;
        if !is_visible(&row, part, self.target) {
            return Err(Refusal::NotFound.into());
        }
        let actor = actor(part, &context.caller)?;
        let command = match &self.based_on {
            Some(version) => self.command.on_version(version.version()?),
            None => self.command,
        };
        let answer_kind = AnswerKind::of(&command);
        let corrects = matches!(command, training::Command::CorrectExercise { .. });
        let planned = planned_exercises(&command);
        let known = Known {
            library: tx.exercises_with(context.caller.account.studio.id, &planned).await?,
            last: tx.last_done(row.athlete, &planned).await?,
        };
        let mut events = decide_with_ids(&row.session, command.clone(), &actor, &known, context.ids());
        if let Some(round) = events.as_ref().ok().and_then(|events| new_round(&row.session, events))
            && tx.round_exists(round).await?
        {
            if matches!(command, training::Command::RecreateRound { .. }) {
                // It is in another session, which may be somebody else's.
                return Err(Refusal::NotFound.into());
            }
            // Only happens if a client chose its key to collide.
            events = decide_with_ids(&row.session, command, &actor, &known, None);
        }
        let events = events?;
        if events.is_empty() {
            return Ok(Outcome::new(unchanged(&row.session, self.target)?, EventsByPerson::default()));
        }
        // What it leads to in other rounds is no part of the answer.
        let decided = events.len();
        let (session, events, by_person) = store(tx, &row, events, corrects).await?;
        let answer = answer_kind.answer(session, actor.part, &events[..decided])?;
        Ok(Outcome::new(answer, by_person))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        let row = match self.target {
            Target::Session(id) => tx.lock_session(id).await?,
            Target::Round(id) => tx.lock_session_of(id).await?,
        };
        let part = match row {
            Some(row) => self.part(tx, &row, &context.caller).await?,
            // What was a round then is deleted now. Whose part it was, the command still says.
            None => self.command.permit().part().ok_or(Refusal::NotFound)?,
        };
        actor(part, &context.caller)?;
        Ok(())
    }
}

impl SessionCommand {
    /// The caller's part in the session. A session that they may not see does not exist for them.
    ///
    /// What was noted in a session that has ended is corrected by the trainer who is assigned now, whoever led it.
    async fn part(&self, tx: &mut Tx, row: &SessionRow, caller: &Caller) -> Result<Part, CommandError> {
        let part = part(row, caller.account.id);
        let corrects = matches!(self.command, training::Command::CorrectExercise { .. });
        if !corrects || part == Some(Part::Athlete) || row.session.status.is_open() {
            return Ok(part.ok_or(Refusal::NotFound)?);
        }
        match (tx.is_trained_by(row.athlete, caller.account.id).await?, part) {
            (true, _) => Ok(Part::Trainer),
            (false, Some(_)) => Err(Refusal::NotYourPart.into()),
            (false, None) => Err(Refusal::NotFound.into()),
        }
    }
}

/// Stores what these events make of a session. Returns it with the events, those included that they lead to, and whom all
/// of that is announced to.
async fn store(
    tx: &mut Tx,
    row: &SessionRow,
    events: Vec<SessionEvent>,
    corrects: bool,
) -> Result<(Session, Vec<SessionEvent>, EventsByPerson), StoreError> {
    let mut session = row.session.clone();
    for event in &events {
        apply(&mut session, event, Part::Trainer);
    }
    let place = SessionPlace::of(&session);
    let later = if corrects { Some(LaterSessions::lock(tx, row.athlete, place).await?) } else { None };
    let events = mark_bests(tx, row, &mut session, events).await?;
    let exercises = tx.save_session(row, &session).await?;
    let mut by_person = EventsByPerson::of_session(row.athlete, row.trainer, &events);
    if let Some(later) = later {
        later.correct_bests(tx, &exercises, clock::now(), &mut by_person).await?;
    }
    announce_records(tx, row.athlete, &exercises, clock::now(), &mut by_person).await?;
    Ok((session, events, by_person))
}

/// Whether `part` may see what a command targets: for an athlete, a draft does not exist.
fn is_visible(row: &SessionRow, part: Part, target: Target) -> bool {
    match target {
        Target::Session(_) => true,
        Target::Round(id) => row.session.clone().seen_by(part).round(id).is_some(),
    }
}

/// The caller as an actor in a part, whose role they must have.
fn actor(part: Part, caller: &Caller) -> Result<Actor, ApiError> {
    match part {
        Part::Athlete => caller.must_be(Role::Athlete)?,
        Part::Trainer => caller.must_be(Role::Trainer)?,
        // No row has another part.
        Part::Unknown(_) => return Err(ApiError::new(training::ProblemCode::NotYourPart)),
    }
    Ok(Actor { person: caller.person(), part })
}

/// The exercises that a command plans: the only ones its decision looks up.
fn planned_exercises(command: &training::Command) -> Vec<ExerciseId> {
    match command {
        training::Command::AddRound { plan, .. }
        | training::Command::EditRound { plan, .. }
        | training::Command::RecreateRound { plan, .. } => {
            plan.exercises.iter().map(|planned| planned.exercise_id).collect()
        }
        _ => Vec::new(),
    }
}

/// What a decision looks up.
struct Known {
    library: Vec<Exercise>,
    last: BTreeMap<ExerciseId, LastDone>,
}

/// Decides. What the command creates gets the ids derived from its key, or random ones.
fn decide_with_ids(
    session: &Session,
    command: training::Command,
    actor: &Actor,
    known: &Known,
    mut ids: Option<ActIds>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let exercise = |id: ExerciseId| known.library.iter().find(|exercise| exercise.id == id).cloned();
    let last = |id: ExerciseId| known.last.get(&id).cloned();
    let mut new_id = || ids.as_mut().map_or_else(Uuid::now_v7, ActIds::make);
    let mut context = Context { at: clock::now(), new_id: &mut new_id, exercise: &exercise, last: &last };
    decide(session, command, actor, &mut context)
}

/// The id of a round that these events add.
fn new_round(before: &Session, events: &[SessionEvent]) -> Option<RoundId> {
    let rounds = events.iter().filter_map(|event| event.change.round()).map(|round| round.id);
    rounds.into_iter().find(|id| before.round(*id).is_none())
}

/// What a command is answered with.
enum AnswerKind {
    Session,
    NewRound,
    Round,
    Nothing,
}

impl AnswerKind {
    fn of(command: &training::Command) -> Self {
        use training::Command;
        match command {
            Command::Join | Command::Cancel { .. } => Self::Session,
            Command::AddRound { .. } | Command::RecreateRound { .. } => Self::NewRound,
            Command::DeleteRound { .. } => Self::Nothing,
            Command::EditRound { .. }
            | Command::ReleaseRound(_)
            | Command::RecallRound(_)
            | Command::StartRound(_)
            | Command::LogExercise { .. }
            | Command::CompleteRound { .. }
            | Command::CorrectExercise { .. } => Self::Round,
        }
    }

    fn answer(&self, session: Session, part: Part, events: &[SessionEvent]) -> Result<Answer, ApiError> {
        match self {
            Self::Session => Answer::changed(&session.seen_by(part), None),
            Self::NewRound => last_round(events).and_then(|round| Answer::created(round, Some(round.version))),
            Self::Round => last_round(events).and_then(|round| Answer::changed(round, Some(round.version))),
            Self::Nothing => Ok(Answer::gone()),
        }
    }
}

/// The answer to a command that changes nothing, as some corrections do.
fn unchanged(session: &Session, target: Target) -> Result<Answer, ApiError> {
    let round = match target {
        Target::Round(id) => session.round(id),
        Target::Session(_) => None,
    };
    let round = round.ok_or_else(|| ApiError::internal(NoRound))?;
    Answer::changed(round, Some(round.version))
}

/// The round of the last event about one, as that event left it.
fn last_round(events: &[SessionEvent]) -> Result<&Round, ApiError> {
    let round = events.iter().rev().find_map(|event| event.change.round());
    round.ok_or_else(|| ApiError::internal(NoRound))
}

/// The rules emitted no round event for a command on a round: a bug.
#[derive(Debug, thiserror::Error)]
#[error("a command on a round made no event about it")]
struct NoRound;
