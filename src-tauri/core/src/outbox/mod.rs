//! The outbox: what a person did, from the moment they did it until the server has answered and the feed has brought it.
//!
//! An act is checked by the rules, written down with its idempotency key, and sent in the order it was done. While it
//! waits, what it will change is shown ([`Projection`]); what the server then refuses is kept until the person has decided
//! about it. The entries lie in the replica's file, so they survive whatever happens to the process; this is what memory
//! holds of them, and who waits for which.

mod act;
pub(crate) mod acts;
mod entry;
mod projection;

use std::collections::HashMap;

use tokio::sync::oneshot;
use training::wire::Account;
use training::{Document, EntityRef, Kind, Round, Session};
use uuid::Uuid;

pub(crate) use act::{AnsweredWith, Newest, Request};
pub(crate) use acts::Act;
pub use acts::ActName;
pub(crate) use entry::{Entry, Refused};
pub(crate) use projection::Projection;

use crate::bridge::Failure;
use crate::documents::DocumentMap;

/// What the server made of an act.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The act's subject, made or changed.
    Entity(Box<Document>),
    /// A round of it, made or changed.
    Round(Box<Round>),
    /// What it was about is gone.
    Gone,
    /// It was done; what came of it is said in words this version does not know, and the feed brings it.
    Done,
}

/// Somebody who waits for the answer to an act.
type Waiter = oneshot::Sender<Result<Answer, Failure>>;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// In the order they were done; of whoever did them.
    entries: Vec<Entry>,
    /// Acts that were done and whose events the feed has not brought yet.
    unconfirmed: Vec<Unconfirmed>,
    /// Who waits for the answer to which act. They are shown nothing of it before.
    waiters: HashMap<Uuid, Waiter>,
}

/// An act between its answer and its event.
#[derive(Debug)]
struct Unconfirmed {
    entry: Entry,
    answer: Answer,
    /// Whether it is shown until its event is here: it was before it was answered, or the feed is not live.
    shown: bool,
}

impl Unconfirmed {
    /// Whether what is stored has what the act came to.
    fn is_confirmed_by(&self, stored: Option<&Document>) -> bool {
        if let Some(Document::Session(session)) = stored
            && !session.status.is_open()
        {
            return true;
        }
        match (&self.answer, stored) {
            (Answer::Done, _) => true,
            (Answer::Entity(answered), Some(stored)) => stored.version() >= answered.version(),
            // A session that is gone: whatever became of it, there is nothing to show it on.
            (Answer::Entity(_), None) => self.entry.subject.kind == Kind::Session,
            (Answer::Round(answered), stored) => session(stored).is_none_or(|session| {
                session.round(answered.id).is_some_and(|round| round.version >= answered.version)
            }),
            (Answer::Gone, stored) => match self.entry.act.behaviour().round() {
                Some(round) => session(stored).is_none_or(|session| session.round(round).is_none()),
                None => stored.is_none(),
            },
        }
    }
}

fn session(document: Option<&Document>) -> Option<&Session> {
    document.and_then(|document| document.try_into().ok())
}

impl Outbox {
    /// The outbox with these entries, in the order they were done.
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        Self { entries, ..Self::default() }
    }

    /// Every act, of whoever did it, in the order they were done.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The act with this key.
    pub(crate) fn entry(&self, key: Uuid) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Puts an act behind all others, or in the place it has.
    pub(crate) fn put(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => self.entries.push(entry),
        }
    }

    /// Puts an act in the place of another; whoever waits goes on waiting.
    pub(crate) fn put_instead(&mut self, old: Uuid, entry: Entry) {
        if let Some(waiter) = self.waiters.remove(&old) {
            self.waiters.insert(entry.key, waiter);
        }
        if let Some(known) = self.entries.iter_mut().find(|known| known.key == old) {
            *known = entry;
        }
    }

    /// Takes an act out.
    pub(crate) fn remove(&mut self, key: Uuid) {
        self.entries.retain(|entry| entry.key != key);
    }

    /// How many acts of this person wait to be sent, and nobody waits for.
    pub(crate) fn waiting(&self, me: &Account) -> u32 {
        let waiting = self.entries.iter().filter(|entry| entry.by == me.id && entry.waits());
        u32::try_from(waiting.filter(|entry| !self.is_awaited(entry.key)).count()).unwrap_or(u32::MAX)
    }

    /// The act of this person that is sent next.
    pub(crate) fn next(&self, me: &Account) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.by == me.id && entry.waits())
    }

    /// The answer to an act, for somebody who waits for it.
    pub(crate) fn await_answer(&mut self, key: Uuid) -> oneshot::Receiver<Result<Answer, Failure>> {
        let (waiter, answered) = oneshot::channel();
        self.waiters.insert(key, waiter);
        answered
    }

    /// Whoever waits for the answer to this act, who then no longer does.
    pub(crate) fn take_waiter(&mut self, key: Uuid) -> Option<Waiter> {
        self.waiters.remove(&key).filter(|waiter| !waiter.is_closed())
    }

    /// Forgets those who no longer wait.
    pub(crate) fn forget_closed_waiters(&mut self) {
        self.waiters.retain(|_, waiter| !waiter.is_closed());
    }

    fn is_awaited(&self, key: Uuid) -> bool {
        self.waiters.get(&key).is_some_and(|waiter| !waiter.is_closed())
    }

    /// Notes that an act was done, until the feed has brought its event.
    pub(crate) fn await_confirmation(&mut self, entry: Entry, answer: Answer, shown: bool, stored: &DocumentMap) {
        if matches!(answer, Answer::Gone) && entry.act.behaviour().round().is_none() {
            // What was done to it before is of no use any more.
            self.unconfirmed.retain(|unconfirmed| unconfirmed.entry.subject != entry.subject);
        }
        self.unconfirmed.push(Unconfirmed { entry, answer, shown });
        self.forget_confirmed(stored);
    }

    /// Forgets the acts whose events are here.
    pub(crate) fn forget_confirmed(&mut self, stored: &DocumentMap) {
        self.unconfirmed.retain(|unconfirmed| !unconfirmed.is_confirmed_by(stored.document(unconfirmed.entry.subject)));
    }

    /// Forgets all of them: versions can no longer be compared.
    pub(crate) fn clear_unconfirmed(&mut self) {
        self.unconfirmed.clear();
    }

    /// Has all of them shown: it may take long until the feed brings them.
    pub(crate) fn show_unconfirmed(&mut self) {
        for unconfirmed in &mut self.unconfirmed {
            unconfirmed.shown = true;
        }
    }

    /// The keys of the acts whose events the feed has not brought.
    pub(crate) fn unconfirmed_keys(&self) -> Vec<Uuid> {
        self.unconfirmed.iter().map(|unconfirmed| unconfirmed.entry.key).collect()
    }

    /// Forgets that these were done: the feed has been read to its end since, and whatever became of them is known.
    pub(crate) fn give_up_unconfirmed(&mut self, keys: &[Uuid]) {
        self.unconfirmed.retain(|unconfirmed| !keys.contains(&unconfirmed.entry.key));
    }

    /// Which entities acts that are not confirmed, or wait, are about.
    pub(crate) fn subjects(&self) -> impl Iterator<Item = EntityRef> {
        let done = self.unconfirmed.iter().map(|unconfirmed| unconfirmed.entry.subject);
        done.chain(self.entries.iter().map(|entry| entry.subject))
    }

    /// The newest that is known of an entity.
    pub(crate) fn newest<'a>(&'a self, entity: EntityRef, stored: &'a DocumentMap) -> Newest<'a> {
        let of_entity = self.unconfirmed.iter().rev().filter(|unconfirmed| unconfirmed.entry.subject == entity);
        Newest { stored: stored.document(entity), answers: of_entity.map(|unconfirmed| &unconfirmed.answer).collect() }
    }

    /// What is shown to `me`: what is stored, with everything done to it that waits by itself.
    pub(crate) fn shown<'a>(&'a self, stored: &'a DocumentMap, me: &'a Account) -> Projection<'a> {
        self.projection(stored, me, true, |entry| !self.is_awaited(entry.key))
    }

    /// The same as if one of the acts had not been done.
    pub(crate) fn shown_without<'a>(&'a self, stored: &'a DocumentMap, me: &'a Account, key: Uuid) -> Projection<'a> {
        self.projection(stored, me, true, move |entry| entry.key != key && !self.is_awaited(entry.key))
    }

    /// What will be when all that was done is here, and what somebody waits for has been done as well.
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
        let waiting = self.entries.iter().filter(|entry| entry.by == me.id && entry.waits() && is_shown(entry));
        Projection::new(stored, me, done.map(|unconfirmed| &unconfirmed.entry).chain(waiting))
    }
}
