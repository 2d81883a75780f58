//! The model's notes and journals: the rules from `training`, on texts in memory.

use std::collections::BTreeMap;

use training::notes::{JournalSize, Writing, create, edit, kept, recreate, remove, save_note};
use training::{
    Athlete, Document, EntityRef, Event, JournalEntry, JournalEntryId, Note, Person, Refusal, Session, SessionId,
    Timestamp, UserId,
};
use uuid::Uuid;

use super::answer::Answer;
use super::request::NotesCommand;

/// See the module.
#[derive(Default)]
pub(super) struct Notes {
    notes: BTreeMap<SessionId, Note>,
    /// Each with whether it is deleted.
    entries: BTreeMap<JournalEntryId, (JournalEntry, bool)>,
}

impl Notes {
    /// The notes on these sessions.
    pub(super) fn on<'a>(&self, sessions: impl Iterator<Item = &'a Session>) -> Vec<Note> {
        sessions.filter_map(|session| self.notes.get(&session.id).cloned()).collect()
    }

    /// Of the journal about each of these athletes, what a device keeps.
    pub(super) fn entries_about(&self, athletes: &[Athlete]) -> Vec<JournalEntry> {
        let about = |athlete: UserId| self.existing().filter(move |entry| entry.athlete_id == athlete);
        athletes.iter().flat_map(|athlete| kept(about(athlete.id))).cloned().collect()
    }

    pub(super) fn has_entry(&self, entity: EntityRef) -> bool {
        self.existing().any(|entry| EntityRef::of::<JournalEntry>(entry.id) == entity)
    }

    pub(super) fn athlete_of(&self, id: JournalEntryId) -> Option<UserId> {
        self.entries.get(&id).map(|(entry, _)| entry.athlete_id)
    }

    /// Performs a command of somebody who may; `new_id` is for what it creates. Returns the answer, and the event if
    /// something changed.
    pub(super) fn perform(
        &mut self,
        command: &NotesCommand,
        new_id: Uuid,
        by: Person,
        at: Timestamp,
    ) -> Result<(Answer, Option<Event>), Refusal> {
        let others = JournalSize::default();
        let (status, after) = match command {
            NotesCommand::Save(session, version, draft) => {
                return self.save_note(*session, *version, &draft.text, at);
            }
            NotesCommand::Create(athlete_id, draft) => {
                let writing = Writing { athlete_id: *athlete_id, by, at };
                (201, create(JournalEntryId(new_id), writing, draft, others)?)
            }
            NotesCommand::Edit(id, version, draft) => match self.entries.get(id).ok_or(Refusal::NotFound)? {
                (entry, true) => (201, recreate(entry.clone(), *version, draft, others)?),
                (entry, false) => (200, edit(entry, Some(*version), draft, others)?),
            },
            NotesCommand::Delete(id, version) => {
                let (entry, is_deleted) =
                    self.entries.get_mut(id).filter(|(_, is_deleted)| !is_deleted).ok_or(Refusal::NotFound)?;
                remove(entry, Some(*version))?;
                *is_deleted = true;
                let entity = EntityRef::of::<JournalEntry>(*id);
                return Ok((Answer::empty(204), Some(Event::Removed { at, entity })));
            }
        };
        let answer = Answer::json(status, &after);
        let before = self.entries.insert(after.id, (after.clone(), false));
        let is_changed = before != Some((after.clone(), false));
        Ok((answer, is_changed.then(|| Event::Saved { at, document: Document::from(after) })))
    }

    fn save_note(
        &mut self,
        session: SessionId,
        version: u64,
        text: &str,
        at: Timestamp,
    ) -> Result<(Answer, Option<Event>), Refusal> {
        let before = self.notes.get(&session).cloned().unwrap_or_else(|| Note::blank(session));
        let after = save_note(&before, Some(version), text)?;
        self.notes.insert(session, after.clone());
        let event = (after != before).then(|| Event::Saved { at, document: Document::from(after.clone()) });
        Ok((Answer::json(200, &after), event))
    }

    fn existing(&self) -> impl Iterator<Item = &JournalEntry> {
        self.entries.values().filter(|(_, is_deleted)| !is_deleted).map(|(entry, _)| entry)
    }
}
