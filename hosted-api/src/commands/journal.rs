//! Keeping the journal about an athlete: the trainer they are assigned to.

use training::notes::{JournalDraft, Writing, create, edit, recreate, remove};
use training::wire::Role;
use training::{EntityRef, Event, JournalEntry, JournalEntryId, Refusal, UserId};
use uuid::Uuid;

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller, IfMatch};
use crate::store::{JournalRow, Tx};

/// Writes an entry about an athlete.
pub(crate) struct CreateJournalEntry(pub(crate) UserId, pub(crate) JournalDraft);

/// Edits an entry, based on the version it names. On version 0 it recreates one that was deleted.
pub(crate) struct EditJournalEntry(pub(crate) JournalEntryId, pub(crate) IfMatch, pub(crate) JournalDraft);

/// Deletes an entry, based on the version it names.
pub(crate) struct DeleteJournalEntry(pub(crate) JournalEntryId, pub(crate) IfMatch);

impl Command for CreateJournalEntry {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Trainer)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(athlete_id, draft) = self;
        lock_athlete(tx, athlete_id, context).await?;
        let mut id = JournalEntryId(context.new_id());
        if tx.athlete_of_entry(id).await?.is_some() {
            // Only happens if a client chose its key to collide.
            id = JournalEntryId(Uuid::now_v7());
        }
        let writing = Writing { athlete_id, by: context.caller.person(), at: clock::now() };
        let entry = create(id, writing, &draft, tx.journal_size(athlete_id, id).await?)?;
        tx.add_journal_entry(&entry).await?;
        let answer = Answer::created(&entry, Some(entry.version))?;
        Ok(Outcome::new(answer, saved(context, entry)))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        lock_athlete(tx, self.0, context).await
    }
}

impl Command for EditJournalEntry {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Trainer)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version, draft) = self;
        let JournalRow { entry: before, is_deleted } = locked(tx, id, context).await?;
        let others = tx.journal_size(before.athlete_id, id).await?;
        if is_deleted {
            if !version.is_given() {
                return Err(Refusal::NotFound.into());
            }
            let entry = recreate(before, version.version()?, &draft, others)?;
            tx.save_journal_entry(&entry).await?;
            let answer = Answer::created(&entry, Some(entry.version))?;
            return Ok(Outcome::new(answer, saved(context, entry)));
        }
        let entry = edit(&before, Some(version.version()?), &draft, others)?;
        let answer = Answer::changed(&entry, Some(entry.version))?;
        if entry == before {
            return Ok(Outcome::new(answer, EventsByPerson::default()));
        }
        tx.save_journal_entry(&entry).await?;
        Ok(Outcome::new(answer, saved(context, entry)))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        locked(tx, self.0, context).await.map(drop)
    }
}

impl Command for DeleteJournalEntry {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Trainer)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version) = self;
        let JournalRow { entry, is_deleted } = locked(tx, id, context).await?;
        if is_deleted {
            return Err(Refusal::NotFound.into());
        }
        remove(&entry, Some(version.version()?))?;
        tx.delete_journal_entry(id).await?;
        let gone = Event::Removed { at: clock::now(), entity: EntityRef::of::<JournalEntry>(id) };
        Ok(Outcome::new(Answer::gone(), EventsByPerson::for_all([context.caller.account.id], &gone)))
    }

    async fn may_be_replayed(&self, tx: &mut Tx, context: &CommandContext) -> Result<(), CommandError> {
        locked(tx, self.0, context).await.map(drop)
    }
}

/// Locks an athlete who is assigned to the caller. Nobody else's journal exists for them.
async fn lock_athlete(tx: &mut Tx, athlete: UserId, context: &CommandContext) -> Result<(), CommandError> {
    let is_theirs = tx.lock_trainee(athlete, context.caller.account.id).await?;
    if is_theirs { Ok(()) } else { Err(Refusal::NotFound.into()) }
}

/// An entry about an athlete of the caller's, who is locked first.
async fn locked(tx: &mut Tx, id: JournalEntryId, context: &CommandContext) -> Result<JournalRow, CommandError> {
    let athlete = tx.athlete_of_entry(id).await?.ok_or(Refusal::NotFound)?;
    lock_athlete(tx, athlete, context).await?;
    Ok(tx.journal_entry(id).await?.ok_or(Refusal::NotFound)?)
}

/// An entry goes to the assigned trainer, who is the one that wrote it.
fn saved(context: &CommandContext, entry: JournalEntry) -> EventsByPerson {
    EventsByPerson::for_all([context.caller.account.id], &Event::Saved { at: clock::now(), document: entry.into() })
}
