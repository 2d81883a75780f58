//! The outbox: the user's acts, from the moment of the act until the server has answered and the feed has delivered its
//! event.
//!
//! An act is checked by the rules, stored with its idempotency key, and sent in order. While it waits, its expected
//! change is shown ([`Projection`]); if the server refuses it, it is kept until the user has decided what to do with
//! it. The entries are stored in the replica's file, so they survive a crash. This module holds their in-memory copy,
//! and the callers that wait for them.

pub(crate) mod acts;
mod decision;
mod entry;
mod projection;
mod request;

use std::collections::{HashMap, HashSet};

use tokio::sync::oneshot;
use training::wire::Account;
use training::{Document, EntityRef, Kind, Session};
use uuid::Uuid;

pub(crate) use acts::Act;
pub use acts::ActName;
pub(crate) use entry::{Entry, Refused};
pub(crate) use projection::Projection;
pub use request::EnteredCorrection;
pub(crate) use request::{Answer, AnsweredWith, Newest, Request};

use crate::bridge::Failure;
use crate::documents::{DocumentMap, entity};

/// A caller that waits for the answer to an act.
type Waiter = oneshot::Sender<Result<Answer, Failure>>;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// In the order they were done, of all users.
    entries: Vec<Entry>,
    /// Answered acts whose events the feed has not delivered yet.
    unconfirmed: Vec<Unconfirmed>,
    /// The callers waiting for an answer, by act. Nothing of such an act is shown before its answer.
    waiters: HashMap<Uuid, Waiter>,
}

/// An act between its answer and its event.
#[derive(Debug)]
struct Unconfirmed {
    entry: Entry,
    answer: Answer,
    /// Whether it is shown until its event arrives: it was already shown before the answer, or the feed is not live.
    shown: bool,
}

impl Unconfirmed {
    fn deletes_subject(&self) -> bool {
        matches!(self.answer, Answer::Gone) && self.entry.act.behaviour().round().is_none()
    }

    /// Whether the stored document includes the act's result.
    fn is_confirmed_by(&self, stored: Option<&Document>) -> bool {
        if let Some(Document::Session(session)) = stored
            && !session.status.is_open()
            && !self.entry.act.behaviour().outlives_session()
        {
            return true;
        }
        match (&self.answer, stored) {
            (Answer::Done, _) => true,
            (Answer::Entity(answered), Some(stored)) => stored.version() >= answered.version(),
            // The session is gone, so there is nothing left to show the result on.
            (Answer::Entity(_), None) => self.entry.subject.kind == Kind::Session,
            (Answer::Round(answered), stored) => entity::<Session>(stored).is_none_or(|session| {
                session.round(answered.id).is_some_and(|round| round.version >= answered.version)
            }),
            (Answer::Gone, stored) => match self.entry.act.behaviour().round() {
                Some(round) => entity::<Session>(stored).is_none_or(|session| session.round(round).is_none()),
                None => stored.is_none(),
            },
        }
    }
}

impl Outbox {
    /// The outbox with these entries, in the order they were done.
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        Self { entries, ..Self::default() }
    }

    /// All acts, of all users, in the order they were done.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The act with this key.
    pub(crate) fn entry(&self, key: Uuid) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Appends an act, or replaces the one with the same key.
    pub(crate) fn put(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// Replaces an act with another. A waiting caller keeps waiting.
    pub(crate) fn replace_entry(&mut self, old: Uuid, entry: Entry) {
        if let Some(waiter) = self.waiters.remove(&old) {
            self.waiters.insert(entry.key, waiter);
        }
        if let Some(known) = self.entries.iter_mut().find(|known| known.key == old) {
            *known = entry;
        }
    }

    /// Removes an act. A caller who still waits for its answer stops waiting.
    pub(crate) fn remove(&mut self, key: Uuid) {
        self.entries.retain(|entry| entry.key != key);
        self.waiters.remove(&key);
    }

    /// How many acts of this user wait to be sent with no caller waiting for the answer.
    pub(crate) fn waiting(&self, me: &Account) -> u32 {
        let waiting = self.entries.iter().filter(|entry| entry.by == me.id && entry.is_pending());
        u32::try_from(waiting.filter(|entry| !self.is_awaited(entry.key)).count()).unwrap_or(u32::MAX)
    }

    /// The next act of this user to send.
    pub(crate) fn next(&self, me: &Account) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.by == me.id && entry.is_pending())
    }

    /// Registers a caller that waits for the answer to an act.
    pub(crate) fn await_answer(&mut self, key: Uuid) -> oneshot::Receiver<Result<Answer, Failure>> {
        let (waiter, answered) = oneshot::channel();
        self.waiters.insert(key, waiter);
        answered
    }

    /// Removes and returns the caller waiting for the answer to this act.
    pub(crate) fn take_waiter(&mut self, key: Uuid) -> Option<Waiter> {
        self.waiters.remove(&key).filter(|waiter| !waiter.is_closed())
    }

    /// Drops the waiters whose callers have stopped waiting.
    pub(crate) fn forget_closed_waiters(&mut self) {
        self.waiters.retain(|_, waiter| !waiter.is_closed());
    }

    fn is_awaited(&self, key: Uuid) -> bool {
        self.waiters.get(&key).is_some_and(|waiter| !waiter.is_closed())
    }

    /// Records an answered act, until the feed has delivered its event.
    pub(crate) fn await_confirmation(&mut self, entry: Entry, answer: Answer, shown: bool, stored: &DocumentMap) {
        self.unconfirmed.push(Unconfirmed { entry, answer, shown });
        self.forget_confirmed(stored);
    }

    /// Drops the acts whose events have arrived.
    pub(crate) fn forget_confirmed(&mut self, stored: &DocumentMap) {
        let mut still_awaited = HashSet::new();
        self.unconfirmed.retain(|unconfirmed| {
            let subject = unconfirmed.entry.subject;
            // It may have been deleted, recreated and deleted again: that nothing is stored shows only the first of these
            // as long as the others' events are to come.
            let is_early = unconfirmed.deletes_subject() && still_awaited.contains(&subject);
            let is_confirmed = !is_early && unconfirmed.is_confirmed_by(stored.document(subject));
            if !is_confirmed {
                still_awaited.insert(subject);
            }
            !is_confirmed
        });
    }

    /// Whether an act on this entity waits, or its event is yet to arrive.
    pub(crate) fn concerns(&self, entity: EntityRef) -> bool {
        self.subjects().any(|subject| subject == entity)
    }

    /// Drops all unconfirmed acts: versions can no longer be compared.
    pub(crate) fn clear_unconfirmed(&mut self) {
        self.unconfirmed.clear();
    }

    /// Shows all unconfirmed acts: their events may take long to arrive.
    pub(crate) fn show_unconfirmed(&mut self) {
        for unconfirmed in &mut self.unconfirmed {
            unconfirmed.shown = true;
        }
    }

    /// The keys of the acts whose events the feed has not delivered.
    pub(crate) fn unconfirmed_keys(&self) -> Vec<Uuid> {
        self.unconfirmed.iter().map(|unconfirmed| unconfirmed.entry.key).collect()
    }

    /// Drops these unconfirmed acts: the feed has been read to its end since, so their outcome is known.
    pub(crate) fn give_up_unconfirmed(&mut self, keys: &[Uuid]) {
        self.unconfirmed.retain(|unconfirmed| !keys.contains(&unconfirmed.entry.key));
    }

    /// The subjects of all unconfirmed acts and all entries.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = EntityRef> {
        let done = self.unconfirmed.iter().map(|unconfirmed| unconfirmed.entry.subject);
        done.chain(self.entries.iter().map(|entry| entry.subject))
    }

    /// The newest known state of an entity.
    pub(crate) fn newest<'a>(&'a self, entity: EntityRef, stored: &'a DocumentMap) -> Newest<'a> {
        let of_entity = self.unconfirmed.iter().rev().filter(|unconfirmed| unconfirmed.entry.subject == entity);
        Newest { stored: stored.document(entity), answers: of_entity.map(|unconfirmed| &unconfirmed.answer).collect() }
    }

    /// What is shown to `me`: the stored documents, with all waiting acts applied that no caller is waiting for.
    pub(crate) fn shown<'a>(&'a self, stored: &'a DocumentMap, me: &'a Account) -> Projection<'a> {
        self.projection(stored, me, true, |entry| !self.is_awaited(entry.key))
    }

    /// The same, without one of the acts.
    pub(crate) fn shown_without<'a>(&'a self, stored: &'a DocumentMap, me: &'a Account, key: Uuid) -> Projection<'a> {
        self.projection(stored, me, true, move |entry| entry.key != key && !self.is_awaited(entry.key))
    }

    /// The stored documents with all pending acts applied, including those that a caller is waiting for.
    pub(crate) fn projected<'a>(&'a self, stored: &'a DocumentMap, me: &'a Account) -> Projection<'a> {
        self.projection(stored, me, false, |_| true)
    }

    fn projection<'a>(
        &'a self,
        stored: &'a DocumentMap,
        me: &'a Account,
        only_shown: bool,
        is_shown: impl Fn(&Entry) -> bool,
    ) -> Projection<'a> {
        let done = self.unconfirmed.iter().filter(|unconfirmed| unconfirmed.shown || !only_shown);
        let waiting = self.entries.iter().filter(|entry| entry.by == me.id && entry.is_pending() && is_shown(entry));
        Projection::new(stored, me, done.map(|unconfirmed| &unconfirmed.entry).chain(waiting))
    }
}
