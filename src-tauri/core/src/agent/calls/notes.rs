//! Notes on sessions, and journals about athletes.

use training::notes::JournalDraft;
use training::{EntityRef, JournalEntry, JournalEntryId, Kind, Note, Refusal, SessionId, UserId};

use super::on_version;
use crate::agent::Agent;
use crate::bridge::{Failure, JournalPage, NotesCalls};
use crate::context::acts::Subject;
use crate::documents::entity;
use crate::outbox::Act;
use crate::outbox::acts::{CreateJournalEntry, DeleteJournalEntry, EditJournalEntry, RecreateJournalEntry, SaveNote};

impl NotesCalls for Agent {
    async fn save_note(&self, session_id: SessionId, version: u64, text: String) -> Result<Note, Failure> {
        let subject = Subject::Known(EntityRef::of::<Note>(session_id));
        let saved = self.context.acts.perform(subject, |known| {
            let base = match entity::<Note>(known) {
                Some(known) if known.version != version => return Err(Refusal::VersionMismatch.into()),
                known => known.map(|known| known.text.clone()),
            };
            Ok(SaveNote { session: session_id, text, base, version }.into())
        });
        saved.await?.entity()
    }

    async fn read_note(&self, session_id: SessionId) -> Result<Note, Failure> {
        Ok(self.context.api().note(session_id).await?)
    }

    async fn create_journal_entry(
        &self,
        athlete_id: UserId,
        text: String,
        pinned: bool,
    ) -> Result<JournalEntry, Failure> {
        let act = CreateJournalEntry { athlete: athlete_id, draft: JournalDraft { text, pinned } };
        self.context.acts.perform(Subject::New(Kind::JournalEntry), |_| Ok(act.into())).await?.entity()
    }

    async fn edit_journal_entry(
        &self,
        entry_id: JournalEntryId,
        version: u64,
        text: String,
        pinned: bool,
    ) -> Result<JournalEntry, Failure> {
        let draft = JournalDraft { text, pinned };
        if !self.context.store.keeps(EntityRef::of::<JournalEntry>(entry_id)).await {
            return self.done(self.context.api().edit_journal_entry(entry_id, version, &draft).await);
        }
        let edited = self.context.acts.on::<JournalEntry>(entry_id, |known| {
            Ok(EditJournalEntry { draft, base: on_version(known, version)? }.into())
        });
        edited.await?.entity()
    }

    async fn delete_journal_entry(&self, entry_id: JournalEntryId, version: u64) -> Result<(), Failure> {
        if !self.context.store.keeps(EntityRef::of::<JournalEntry>(entry_id)).await {
            return self.done(self.context.api().delete_journal_entry(entry_id, version).await);
        }
        let deleted = self
            .context
            .acts
            .on::<JournalEntry>(entry_id, |known| Ok(DeleteJournalEntry { base: on_version(known, version)? }.into()));
        deleted.await.map(drop)
    }

    async fn restore_journal_entry(&self, entry: JournalEntry) -> Result<JournalEntry, Failure> {
        let act = RecreateJournalEntry { entry: Box::new(entry.clone()) };
        self.context.acts.undo_deletion(entry, |act| matches!(act, Act::DeleteJournalEntry(_)), act.into()).await
    }

    async fn list_journal(&self, athlete_id: UserId, after: Option<String>) -> Result<JournalPage, Failure> {
        Ok(self.context.api().journal(athlete_id, after.as_deref()).await?)
    }
}
