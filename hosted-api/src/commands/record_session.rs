//! Recording a session that happened without Ringside: by the athlete, or by their trainer.

use training::wire::Role;
use training::{
    Context, Exercise, ExerciseId, Part, Person, ProblemCode, Recording, Refusal, Session, SessionId, SessionRecord,
    Timestamp, UserId, record,
};
use uuid::Uuid;

use super::athlete::lock_athlete;
use super::bests::LaterSessions;
use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller};
use crate::store::{NewSession, SessionPlace, Tx};

/// See the module.
pub(crate) struct RecordSession {
    pub(crate) athlete: UserId,
    pub(crate) record: SessionRecord,
}

impl Command for RecordSession {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        // Somebody who is neither must not learn whether there is such an athlete.
        let role = if caller.account.id == self.athlete { Role::Athlete } else { Role::Trainer };
        caller.must_be(role).map_err(|_| ApiError::new(ProblemCode::NotFound))
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let (caller, athlete) = (&context.caller, self.athlete);
        let part = self.lock(tx, caller).await?;
        let account = tx.account(athlete).await?;
        let studio = account.studio.id;
        let named: Vec<ExerciseId> =
            self.record.rounds.iter().flat_map(|round| &round.exercises).map(|exercise| exercise.exercise_id).collect();
        let library = tx.exercises_with(studio, &named).await?;
        let recording = Recording {
            id: session_id(&self.record),
            athlete: Person { id: athlete, name: account.name },
            trainer: (part == Part::Trainer).then(|| caller.person()),
            open_since: tx.open_session_since(athlete).await?,
        };
        let at = clock::now();
        let session = decide(&self.record, recording, &library, at)?;
        // A session without a trainer is the athlete's alone.
        let trainer = account.trainer.map_or(athlete, |trainer| trainer.id);
        let later = LaterSessions::lock(tx, athlete, SessionPlace::of(&session)).await?;
        let exercises = tx.add_session(&NewSession { session: &session, studio, trainer }).await?;
        // The snapshot that everybody takes has the records.
        tx.update_records(athlete, &exercises, at).await?;
        let mut by_person = EventsByPerson::default();
        later.correct_bests(tx, &exercises, at, &mut by_person).await?;
        for person in [athlete, trainer] {
            by_person.reset(person, at);
        }
        Ok(Outcome::new(Answer::created(&session, None)?, by_person))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        self.lock(tx, &context.caller).await.map(drop)
    }
}

impl RecordSession {
    /// Locks the athlete, for the athlete or their trainer; returns the part of the caller. So a session that is being
    /// started waits, and one that is being recorded twice.
    async fn lock(&self, tx: &mut Tx, caller: &Caller) -> Result<Part, CommandError> {
        Ok(lock_athlete(tx, caller, self.athlete).await?.ok_or(Refusal::NotFound)?)
    }
}

/// The session that a record makes, with the exercises it names.
fn decide(
    entered: &SessionRecord,
    recording: Recording,
    library: &[Exercise],
    at: Timestamp,
) -> Result<Session, Refusal> {
    let exercise = |id: ExerciseId| library.iter().find(|exercise| exercise.id == id).cloned();
    record(entered, recording, &mut Context { at, new_id: &mut Uuid::now_v7, exercise: &exercise, last: &|_| None })
}

/// An id that begins with the time the session began, as the ids of all sessions do: they sort by it.
fn session_id(record: &SessionRecord) -> SessionId {
    let began = u64::try_from(record.started_at.as_millisecond()).unwrap_or_default();
    let nanoseconds = u32::try_from(began % 1_000).unwrap_or_default() * 1_000_000;
    SessionId(Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, began / 1_000, nanoseconds)))
}
