//! The user's acts: checked by the rules, stored in the outbox, sent in order, confirmed by the answer and the feed.
//!
//! A call waits for the server's answer as long as a working network needs. After that the act stays pending in the
//! background: it is shown as done and as waiting, and the user sees the server's answer when it comes.

use std::sync::Arc;
use std::time::Duration;

use training::{Document, Entity, EntityRef, Event, Kind, Refusal, Round, RoundId, Session, Timestamp};
use uuid::Uuid;

use super::connection::Connection;
use super::store::{Locked, Store};
use crate::bridge::{Cause, Failure, FailureCode, LinkState};
use crate::documents::entity;
use crate::environment::Environment;
use crate::outbox::acts::RecreateRound;
use crate::outbox::{Act, Answer, Entry};
use crate::replica::Replica;

/// How long a call waits for the answer before its act counts as waiting: longer than a working network needs.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// What an act is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// An existing entity.
    Known(EntityRef),
    /// An entity the act creates. Its id is the act's key.
    New(Kind),
}

/// The result of an act.
#[derive(Debug, Default)]
pub(crate) struct ActResult {
    /// Its subject as shown afterwards; `None` if it is gone.
    pub(crate) document: Option<Document>,
    /// The round it was about, or created.
    pub(crate) round: Option<Round>,
}

impl ActResult {
    /// The result as shown, or as intended where nothing is shown.
    fn as_shown(document: Option<Document>, intended: IntendedResult) -> Self {
        let shown = |id: RoundId| entity::<Session>(document.as_ref()).and_then(|session| session.round(id)).cloned();
        let round = intended.round.map(|intended| shown(intended.id).unwrap_or(intended));
        Self { document: document.or(intended.document), round }
    }

    /// Its subject, of type `E`.
    pub(crate) fn entity<E: TryFrom<Document>>(self) -> Result<E, Failure> {
        self.document.and_then(|document| document.try_into().ok()).ok_or_else(|| Refusal::NotFound.into())
    }

    /// The round it was about, or created.
    pub(crate) fn round(self) -> Result<Round, Failure> {
        self.round.ok_or_else(|| Refusal::NotFound.into())
    }
}

/// The result of an act if nothing interferes.
#[derive(Clone, Debug, Default)]
struct IntendedResult {
    document: Option<Document>,
    round: Option<Round>,
}

impl IntendedResult {
    fn of(events: &[Event]) -> Self {
        let round = events.last().and_then(|event| match event {
            Event::Session(event) => event.change.round().cloned(),
            _ => None,
        });
        let document = events.last().and_then(|event| match event {
            Event::Saved { document, .. } => Some(document.clone()),
            _ => None,
        });
        Self { document, round }
    }

    fn is_empty(&self) -> bool {
        self.document.is_none() && self.round.is_none()
    }

    fn or_else(self, other: impl FnOnce() -> Option<Self>) -> Self {
        if self.is_empty() { other().unwrap_or_default() } else { self }
    }
}

/// An act that is stored and on its way.
struct Pending {
    subject: EntityRef,
    intended: IntendedResult,
    cause: Option<Cause>,
}

/// See the module.
pub(crate) struct Acts {
    store: Arc<Store>,
    environment: Arc<dyn Environment>,
}

impl Acts {
    pub(crate) fn new(store: Arc<Store>, environment: Arc<dyn Environment>) -> Self {
        Self { store, environment }
    }

    fn connection(&self) -> &Connection {
        self.store.connection()
    }

    /// Performs an act on the session a round belongs to.
    pub(crate) async fn on_round(
        &self,
        round: RoundId,
        act: impl FnOnce(&Round) -> Result<Act, Failure>,
    ) -> Result<ActResult, Failure> {
        let session_of_round = {
            let replica = self.store.lock().await;
            let projection = replica.projected()?;
            let mut sessions = projection.all(Kind::Session).filter_map(|document| Session::try_from(document).ok());
            sessions.find(|session| session.round(round).is_some()).map(|session| session.id)
        };
        let id = session_of_round.ok_or_else(|| Failure::from(Refusal::NotFound))?;
        self.on::<Session>(id, |session| match session.round(round) {
            Some(round) => act(round),
            None => Err(Refusal::NotFound.into()),
        })
        .await
    }

    /// Performs an act on the entity of type `E` with this id.
    pub(crate) async fn on<E: Entity>(
        &self,
        id: impl Into<Uuid>,
        act: impl FnOnce(&E) -> Result<Act, Failure>,
    ) -> Result<ActResult, Failure>
    where
        for<'a> &'a E: TryFrom<&'a Document>,
    {
        self.perform(Subject::Known(EntityRef::of::<E>(id)), |document| {
            act(entity(document).ok_or_else(|| Failure::from(Refusal::NotFound))?)
        })
        .await
    }

    /// Performs an act.
    pub(crate) async fn perform(
        &self,
        subject: Subject,
        act: impl FnOnce(Option<&Document>) -> Result<Act, Failure>,
    ) -> Result<ActResult, Failure> {
        let mut replica = self.store.lock().await;
        let key = self.environment.new_key();
        let subject = match subject {
            Subject::Known(entity) => entity,
            Subject::New(kind) => EntityRef { kind, id: key },
        };
        // Behind other waiting acts, or offline, the caller does not wait for the answer.
        let in_background = self.connection().link_state() == LinkState::Offline || replica.acts_waiting() > 0;
        let (entry, pending) = self.decide(&replica, key, subject, act, in_background)?;
        let shown_before = replica.shown(subject);
        replica.put_entry(entry, in_background).await?;
        if in_background {
            return self.leave_pending(&replica, shown_before.as_ref(), pending);
        }
        let mut answered = replica.outbox_mut().await_answer(key);
        drop(replica);
        self.connection().wake_outbox();
        if let Ok(Ok(answer)) = tokio::time::timeout(ANSWER_TIMEOUT, &mut answered).await {
            return self.answered(pending, answer?).await;
        }
        let mut replica = self.store.lock().await;
        // Stop waiting, unless the answer has just arrived.
        answered.close();
        if let Ok(answer) = answered.try_recv() {
            drop(replica);
            return self.answered(pending, answer?).await;
        }
        replica.outbox_mut().forget_closed_waiters();
        // The caller has just stopped waiting, so the act is shown from here on.
        let shown_before = replica.shown_without(subject, key);
        if let Some(entry) = replica.outbox().entry(key).cloned()
            && let Err(error) = replica.put_entry(entry, true).await
        {
            // It is already written; only a power cut could lose it now.
            tracing::warn!(error = &error as &dyn std::error::Error, "a waiting act could not be made durable");
        }
        self.leave_pending(&replica, shown_before.as_ref(), pending)
    }

    /// The entry for an act done now, and its intended result.
    ///
    /// Where the local rules forbid the act, the server is asked all the same, because it may know more than this
    /// replica; but not for an act that is left to the background.
    fn decide(
        &self,
        replica: &Locked<'_>,
        key: Uuid,
        subject: EntityRef,
        act: impl FnOnce(Option<&Document>) -> Result<Act, Failure>,
        in_background: bool,
    ) -> Result<(Entry, Pending), Failure> {
        let projection = replica.projected()?;
        let before = projection.document(subject);
        let act = act(before.as_ref())?;
        let entry =
            Entry { key, by: replica.me()?.id, at: self.server_time(), subject, act, sent_on: None, refused: None };
        let (events, forbidden) = match projection.decide(&entry) {
            Ok(events) => (events, None),
            Err(refusal) if in_background => return Err(refusal.into()),
            Err(refusal) => (Vec::new(), Some(refusal)),
        };
        let behaviour = entry.act.behaviour();
        let unchanged = || {
            let round = behaviour.round().and_then(|id| entity::<Session>(before.as_ref())?.round(id).cloned());
            Some(IntendedResult { document: before.clone().filter(|_| round.is_none()), round })
        };
        let first_half = || projection.decide(&entry.first_half()?).ok().map(|events| IntendedResult::of(&events));
        // Where the local rules forbid it: as much as they allow, or the present state.
        let intended =
            IntendedResult::of(&events).or_else(|| if behaviour.creates() { first_half() } else { unchanged() });
        if let Some(forbidden) = forbidden.filter(|_| behaviour.creates() && intended.is_empty()) {
            // It would have no id if the server did not answer in time.
            return Err(forbidden.into());
        }
        let cause = events.last().map(Cause::of);
        Ok((entry, Pending { subject, intended, cause }))
    }

    /// The result of an act that stays pending in the background; emits its expected change to the window.
    fn leave_pending(
        &self,
        replica: &Locked<'_>,
        before: Option<&Document>,
        pending: Pending,
    ) -> Result<ActResult, Failure> {
        let Pending { subject, intended, cause } = pending;
        self.connection().wake_outbox();
        // Somebody may have signed out meanwhile.
        replica.me()?;
        let shown = replica.shown(subject);
        if subject.kind == Kind::Session && shown.is_none() {
            return Err(Refusal::NotFound.into());
        }
        // An event that arrived meanwhile may conflict with the act; then the server will refuse it.
        if let Some(cause) = cause.filter(|_| shown.as_ref() != before) {
            replica.emit_entity(subject, shown.clone(), Some(cause));
        }
        replica.emit_waiting();
        Ok(ActResult::as_shown(shown, intended))
    }

    async fn answered(&self, pending: Pending, answer: Answer) -> Result<ActResult, Failure> {
        let shown = self.store.lock().await.shown(pending.subject);
        match (answer, shown) {
            (Answer::Entity(document), _) => Ok(ActResult { document: Some(*document), round: None }),
            (Answer::Round(round), Some(document)) => Ok(ActResult { document: Some(document), round: Some(*round) }),
            (Answer::Gone, document) => Ok(ActResult { document, round: None }),
            (Answer::Done, Some(document)) => Ok(ActResult::as_shown(Some(document), pending.intended)),
            (_, None) => Err(Refusal::NotFound.into()),
        }
    }

    /// Removes the last waiting act on `subject` if it was never sent; returns whether it did.
    pub(crate) async fn withdraw(&self, subject: EntityRef, which: impl Fn(&Act) -> bool) -> Result<bool, Failure> {
        let mut replica = self.store.lock().await;
        let last = replica.outbox().entries().iter().rev().find(|entry| entry.subject == subject && entry.is_pending());
        let Some(key) = last.filter(|entry| entry.sent_on.is_none() && which(&entry.act)).map(|entry| entry.key) else {
            return Ok(false);
        };
        replica.remove_entry(key).await?;
        replica.emit_subject(subject);
        Ok(true)
    }

    /// Undoes the deletion of an entity: takes an act that `is_deletion` out of the outbox if it was never sent, and
    /// otherwise performs `recreation`. Returns the entity as it is then.
    pub(crate) async fn undo_deletion<E: Entity + TryFrom<Document>>(
        &self,
        deleted: E,
        is_deletion: impl Fn(&Act) -> bool,
        recreation: Act,
    ) -> Result<E, Failure> {
        let subject = EntityRef::of::<E>(deleted.id());
        // An act that was never sent need not be undone on the server.
        if self.withdraw(subject, is_deletion).await? {
            return Ok(deleted);
        }
        let known = self.store.lock().await.projected()?.document(subject);
        if let Some(known) = known.and_then(|known| known.try_into().ok()) {
            // Another device was faster, or the deletion was refused.
            return Ok(known);
        }
        self.perform(Subject::Known(subject), |_| Ok(recreation)).await?.entity()
    }

    /// Undoes the deletion of a draft, likewise.
    pub(crate) async fn undo_round_deletion(&self, deleted: Round) -> Result<Round, Failure> {
        let session = EntityRef::of::<Session>(deleted.session_id);
        let is_deletion = |act: &Act| matches!(act, Act::DeleteRound(deletion) if deletion.round == deleted.id);
        if self.withdraw(session, is_deletion).await? {
            return Ok(deleted);
        }
        let known = self.store.lock().await.projected()?.document(session);
        if let Some(known) = entity::<Session>(known.as_ref()).and_then(|session| session.round(deleted.id)) {
            return Ok(known.clone());
        }
        let recreation = RecreateRound { round: Box::new(deleted) }.into();
        self.perform(Subject::Known(session), |_| Ok(recreation)).await?.round()
    }

    /// Discards a refused act.
    pub(crate) async fn discard(&self, key: Uuid) -> Result<(), Failure> {
        let mut replica = self.store.lock().await;
        let entry = refused_entry(&replica, key)?;
        replica.remove_entry(key).await?;
        replica.drop_uploads_for(&entry).await?;
        replica.emit_subject(entry.subject);
        Ok(())
    }

    /// Retries a refused act, as a new act on the present state.
    pub(crate) async fn retry(&self, key: Uuid) -> Result<(), Failure> {
        let mut replica = self.store.lock().await;
        let entry = refused_entry(&replica, key)?;
        if entry.refused.as_ref().is_some_and(|refused| matches!(refused.code, FailureCode::Local(_))) {
            // The server did not refuse it, and may even have done it: with the same key it is done once.
            let subject = entry.subject;
            replica.put_entry(Entry { refused: None, ..entry }, true).await?;
            replica.emit_subject(subject);
            self.connection().wake_outbox();
            return Ok(());
        }
        let again = {
            let projection = replica.projected()?;
            let new_key = self.environment.new_key();
            // A new entity has the key of the act that creates it as its id, also if the former one is there again: its
            // deletion may have been undone meanwhile. Whether an act makes sense on an entity that does not exist is
            // decided below.
            let subject =
                if entry.subject.id == entry.key { EntityRef { id: new_key, ..entry.subject } } else { entry.subject };
            let now = projection.document(subject);
            // The same intent, rebased on the present state.
            let rebased = now.as_ref().and_then(|now| entry.act.behaviour().rebased(now));
            let act = rebased.unwrap_or_else(|| entry.act.clone());
            let at = self.server_time();
            let again = Entry { key: new_key, at, subject, act, sent_on: None, refused: None, ..entry };
            projection.decide(&again)?;
            again
        };
        let subject = again.subject;
        // In one step, and with no waiting caller: if refused again, it is listed again.
        replica.exchange_entry(key, again).await?;
        replica.move_uploads(entry.subject, subject).await?;
        replica.emit_subject(subject);
        self.connection().wake_outbox();
        Ok(())
    }

    /// Now, by the server's clock as far as the offset is known.
    pub(crate) fn server_time(&self) -> Timestamp {
        let here = Timestamp::from(self.environment.now());
        let offset_ms = self.connection().clock_offset_ms();
        Timestamp::from_millisecond(here.as_millisecond() + offset_ms).unwrap_or(here)
    }
}

fn refused_entry(replica: &Replica, key: Uuid) -> Result<Entry, Failure> {
    let entry = replica.outbox().entry(key).filter(|entry| entry.refused.is_some());
    entry.cloned().ok_or_else(|| Refusal::NotFound.into())
}
