//! Erasing a person: admins only. Everything personal is gone in one transaction, or nothing is.
//!
//! What a database and a disk keep beyond that is cleared after the commit (`erasing.rs`).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use training::people::{Circumstances, EraseUser, Erased, check_erase, former_name};
use training::wire::Role;
use training::{
    Exercise, ExerciseId, Part, Person, Refusal, Session, SessionId, StudioId, Timestamp, UserId, apply,
    cancel_for_studio,
};

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller};
use crate::store::{SessionRow, StoreError, Traces, Tx};

/// See the module.
pub(crate) struct ErasePerson(pub(crate) UserId, pub(crate) EraseUser);

impl Command for ErasePerson {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Admin)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, body) = self;
        let (studio, at) = (context.caller.account.studio.id, clock::now());
        tx.lock_studio(studio).await?;
        let user = tx.user(studio, id).await?.ok_or(Refusal::NotFound)?.user;
        // Whoever does something as them, or for them, waits or was before.
        tx.lock_person(id).await?;
        let circumstances = Circumstances {
            has_other_admin: tx.has_other_admin(studio, id).await?,
            has_athletes: !tx.athletes_of(id, at).await?.is_empty(),
            ..Circumstances::default()
        };
        check_erase(&user, &body, &circumstances)?;
        let person = Person { id, name: former_name(&user.roles).to_owned() };
        let mut erasing = Erasing { studio, person, at, erased: Erased::default(), around: BTreeSet::new() };
        erasing.around.extend(user.trainer.as_ref().map(|trainer| trainer.id));
        erasing.erase(tx, &context.caller, user.is(Role::Trainer)).await?;
        erasing.record(tx, &context.caller).await?;
        let mut by_person = EventsByPerson::default();
        for person in erasing.around {
            by_person.new_epoch(person);
        }
        by_person.sign_out(id);
        Ok(Outcome::new(Answer::gone(), by_person))
    }
}

/// An erasure under way.
struct Erasing {
    studio: StudioId,
    /// Who is erased, by the name that stays.
    person: Person,
    at: Timestamp,
    erased: Erased,
    /// Whose devices may have something of them.
    around: BTreeSet<UserId>,
}

impl Erasing {
    async fn erase(&mut self, tx: &mut Tx, caller: &Caller, was_trainer: bool) -> Result<(), CommandError> {
        let id = self.person.id;
        let sessions = self.rewrite_sessions(tx).await?;
        let uploads = tx.uploads_of(id).await?;
        let imported = tx.imported_exercises(self.studio, Some(id)).await?;
        tx.forget_mappings_of(id).await?;
        let deleted = tx.delete_rows_of(id).await?;
        for session in &sessions.alone {
            tx.delete_emptied_session(*session).await?;
        }
        if was_trainer {
            self.give_templates(tx, caller).await?;
        }
        self.delete_exercises(tx, imported).await?;
        let all = sessions.alone.into_iter().chain(sessions.shared);
        let traces = Traces { person: id, sessions: all.collect::<HashSet<_>>() };
        let refused = serde_json::to_string(&Answer::refused(Refusal::NotFound)).map_err(ApiError::internal)?;
        let answers = tx.replace_answers(self.studio, &traces, &refused).await?;
        tx.erase_user(&self.person, self.at).await?;
        tx.note_unfinished(id, &uploads).await?;
        // The locks on feeds come last.
        self.around.extend(tx.feeds_naming(self.studio, id).await?);
        self.around.insert(id);
        tx.start_new_epochs(&self.around).await?;
        self.count(&deleted, answers);
        Ok(())
    }

    /// Forgets them in every session they are in: one that nobody else took part in is to be deleted.
    async fn rewrite_sessions(&mut self, tx: &mut Tx) -> Result<Sessions, CommandError> {
        let (id, mut sessions, mut after) = (self.person.id, Sessions::default(), None);
        loop {
            let rows = tx.lock_sessions_naming(self.studio, id, after).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.session.id);
            for row in &rows {
                self.around.extend([row.athlete, row.trainer]);
                // One that waits for its trainer is cancelled, as everybody's is who can't take part any more.
                if row.session.is_alone(id) && !(row.session.status.is_open() && row.trainer != id) {
                    sessions.alone.push(row.session.id);
                } else {
                    tx.rewrite_session(&closed(row, id, self.at)?.without(id), id).await?;
                    sessions.shared.push(row.session.id);
                }
            }
        }
        (self.erased.sessions, self.erased.shared_sessions) =
            (sessions.alone.len() as u64, sessions.shared.len() as u64);
        Ok(sessions)
    }

    /// Deletes the exercises that only their imports have created, unless something uses them: their names are from files
    /// of their own.
    async fn delete_exercises(&mut self, tx: &mut Tx, imported: BTreeSet<ExerciseId>) -> Result<(), StoreError> {
        let of_others = tx.imported_exercises(self.studio, None).await?;
        let ids: Vec<ExerciseId> = imported.difference(&of_others).copied().collect();
        // Archived from the beginning and never changed: nobody but an import makes such ones.
        let mut created = tx.exercises_with(self.studio, &ids).await?;
        created.retain(|exercise| exercise.archived && exercise.version == 1);
        let used = tx.exercises_in_use(self.studio, created.iter().map(|exercise| exercise.id).collect()).await?;
        let unused: Vec<ExerciseId> =
            created.iter().map(|exercise| exercise.id).filter(|id| !used.contains(id)).collect();
        if unused.is_empty() {
            return Ok(());
        }
        tx.forget_mappings_to(&unused).await?;
        tx.rename_in_audit(&unused, Exercise::FORMER).await?;
        tx.delete_exercises(&unused).await?;
        // They have them in their libraries.
        self.around.extend(tx.staff_of(self.studio).await?);
        Ok(())
    }

    /// Shared templates go on with another trainer: the admin, if they are one.
    async fn give_templates(&mut self, tx: &mut Tx, caller: &Caller) -> Result<(), StoreError> {
        let mut trainers = tx.trainers_of(self.studio).await?;
        trainers.retain(|trainer| *trainer != self.person.id);
        let heir = trainers.iter().find(|trainer| **trainer == caller.account.id).or(trainers.iter().min()).copied();
        (self.erased.templates, self.erased.shared_templates) = tx.give_templates(self.person.id, heir).await?;
        // Who had their shared templates had their name.
        self.around.extend(trainers);
        Ok(())
    }

    fn count(&mut self, deleted: &BTreeMap<&'static str, u64>, answers: u64) {
        let rows = |table: &str| deleted.get(table).copied().unwrap_or_default();
        self.erased = Erased {
            sets: rows("done_sets"),
            weights: rows("weights"),
            notes: rows("notes"),
            journal_entries: rows("journal_entries"),
            devices: rows("devices"),
            uploads: rows("uploads"),
            answers: rows("idempotency") + answers,
            feeds: self.around.len() as u64,
            ..self.erased
        };
    }

    async fn record(&self, tx: &mut Tx, caller: &Caller) -> Result<(), StoreError> {
        let person = &self.person;
        let by = if caller.account.id == person.id { person.clone() } else { caller.person() };
        tx.record_erasure(self.studio, &by, person, &self.erased, self.at).await
    }
}

/// The sessions somebody was in.
#[derive(Default)]
struct Sessions {
    alone: Vec<SessionId>,
    shared: Vec<SessionId>,
}

/// The session, cancelled if it is open and they are one of its two.
fn closed(row: &SessionRow, person: UserId, at: Timestamp) -> Result<Session, Refusal> {
    let mut session = row.session.clone();
    if session.status.is_open() && (row.athlete == person || row.trainer == person) {
        apply(&mut session, &cancel_for_studio(&row.session, at)?, Part::Trainer);
    }
    Ok(session)
}
