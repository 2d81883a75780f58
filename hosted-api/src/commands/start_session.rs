//! Starting a session: an athlete's command, for which there is no session yet.

use training::wire::Role;
use training::{ProblemCode, SessionChange, SessionId};
use uuid::Uuid;

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller};
use crate::store::{NewSession, Tx};

/// See the module.
pub(crate) struct StartSession;

impl Command for StartSession {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Athlete)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let athlete = context.caller.person();
        // There is no session to lock yet, so lock the athlete: this serialises two quick clicks.
        if !tx.lock_user(athlete.id).await? {
            // Deactivated at this very moment.
            return Err(ApiError::new(ProblemCode::TokenInvalid).into());
        }
        let has_open_session = tx.open_session_since(athlete.id).await?.is_some();
        let trainer = tx.account(athlete.id).await?.trainer;
        let id = SessionId(Uuid::now_v7());
        let event = training::start(id, athlete, trainer.is_some(), has_open_session, clock::now())?;
        let (SessionChange::SessionStarted { session }, Some(trainer)) = (&event.change, trainer) else {
            return Err(ApiError::internal(NoTrainer).into());
        };
        let studio = context.caller.account.studio.id;
        tx.add_session(&NewSession { session, studio, trainer: trainer.id }).await?;
        let answer = Answer::created(session, None)?;
        let by_person = EventsByPerson::of_session(session.athlete.id, trainer.id, std::slice::from_ref(&event));
        Ok(Outcome::new(answer, by_person))
    }
}

/// The rules started something other than a session with a trainer: a bug.
#[derive(Debug, thiserror::Error)]
#[error("a start made no session that a trainer can see")]
struct NoTrainer;
