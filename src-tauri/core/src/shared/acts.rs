//! The user's acts: checked by the rules, stored in the outbox, sent in order, confirmed by the answer and the feed.
//!
//! A call waits for the server's answer as long as a working network needs. After that the act stays pending in the
//! background: it is shown as done and as waiting, and the user sees the server's answer when it comes.

use std::time::Duration;

use training::{
    Document, EntityRef, Event, Exercise, ExerciseId, Kind, ProblemCode, Refusal, Round, RoundId, Session, SessionId,
    Timestamp,
};
use uuid::Uuid;

use super::Shared;
use crate::bridge::{Cause, Failure, FailureCode, LinkState, LocalCode, Message, RefusedAct};
use crate::outbox::{Act, Answer, Entry, Refused};
use crate::replica::{Replica, ReplicaError};

/// How long a call waits for the answer before its act counts as waiting: longer than a working network needs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);

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
pub(crate) struct Acted {
    /// Its subject as shown afterwards; `None` if it is gone.
    pub(crate) document: Option<Document>,
    /// The round it was about, or created.
    pub(crate) round: Option<Round>,
}

/// The intended result of an act.
#[derive(Clone, Debug, Default)]
struct Meant {
    document: Option<Document>,
    round: Option<Round>,
}

impl Acted {
    /// The result as shown, or as intended where nothing is shown.
    fn as_shown(document: Option<Document>, meant: Meant) -> Self {
        let shown = |id: RoundId| session(document.as_ref()).and_then(|session| session.round(id)).cloned();
        let round = meant.round.map(|meant| shown(meant.id).unwrap_or(meant));
        Self { document: document.or(meant.document), round }
    }

    /// The session it is about.
    pub(crate) fn session(self) -> Result<Session, Failure> {
        let session = self.document.and_then(|document| document.try_into().ok());
        session.ok_or_else(|| Refusal::NotFound.into())
    }
}

impl Meant {
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

    fn is_something(&self) -> bool {
        self.document.is_some() || self.round.is_some()
    }
}

fn session(document: Option<&Document>) -> Option<&Session> {
    document.and_then(|document| document.try_into().ok())
}

impl Shared {
    /// Performs an act on the session a round belongs to.
    pub(crate) async fn act_on_round(
        &self,
        round: RoundId,
        act: impl FnOnce(&Round) -> Result<Act, Failure>,
    ) -> Result<Acted, Failure> {
        let session_of_round = {
            let replica = self.replica().lock().await;
            let me = signed_in(&replica)?;
            let projection = replica.outbox().projected(&replica.contents().documents, me);
            let mut sessions = projection.all(Kind::Session).filter_map(|document| Session::try_from(document).ok());
            sessions.find(|session| session.round(round).is_some()).map(|session| session.id)
        };
        let id = session_of_round.ok_or_else(|| Failure::from(Refusal::NotFound))?;
        self.act_on_session(id, |session| match session.round(round) {
            Some(round) => act(round),
            None => Err(Refusal::NotFound.into()),
        })
        .await
    }

    /// Performs an act on a session.
    pub(crate) async fn act_on_session(
        &self,
        id: SessionId,
        act: impl FnOnce(&Session) -> Result<Act, Failure>,
    ) -> Result<Acted, Failure> {
        self.act(Subject::Known(EntityRef::of::<Session>(id)), |document| {
            act(session(document).ok_or_else(|| Failure::from(Refusal::NotFound))?)
        })
        .await
    }

    /// Performs an act on an exercise.
    pub(crate) async fn act_on_exercise(
        &self,
        id: ExerciseId,
        act: impl FnOnce(&Exercise) -> Result<Act, Failure>,
    ) -> Result<Acted, Failure> {
        self.act(Subject::Known(EntityRef::of::<Exercise>(id)), |document| {
            let exercise = document.and_then(|document| document.try_into().ok());
            act(exercise.ok_or_else(|| Failure::from(Refusal::NotFound))?)
        })
        .await
    }

    /// Removes the last waiting act on `subject` if it was never sent; returns whether it did.
    pub(crate) async fn take_back(&self, subject: EntityRef, which: impl Fn(&Act) -> bool) -> Result<bool, Failure> {
        let mut replica = self.replica().lock().await;
        let last = replica.outbox().entries().iter().rev().find(|entry| entry.subject == subject && entry.waits());
        let Some(key) = last.filter(|entry| entry.sent_on.is_none() && which(&entry.act)).map(|entry| entry.key) else {
            return Ok(false);
        };
        replica.drop_entry(key).await?;
        self.emit_current(&replica, subject);
        Ok(true)
    }

    /// Performs an act.
    pub(crate) async fn act(
        &self,
        subject: Subject,
        act: impl FnOnce(Option<&Document>) -> Result<Act, Failure>,
    ) -> Result<Acted, Failure> {
        let mut replica = self.replica().lock().await;
        let key = self.environment.new_key();
        let subject = match subject {
            Subject::Known(entity) => entity,
            Subject::New(kind) => EntityRef { kind, id: key },
        };
        // Behind other waiting acts, or offline, the caller does not wait for the answer.
        let waits_by_itself = self.link_state() == LinkState::Offline || replica.waiting() > 0;
        let me = signed_in(&replica)?;
        // Pending acts count too: a quick user does one thing right after another.
        let projection = replica.outbox().projected(&replica.contents().documents, me);
        let before = projection.document(subject);
        let act = act(before.as_ref())?;
        let at = self.server_time();
        let entry = Entry { key, by: me.id, at, subject, act, sent_on: None, refused: None };
        let (events, forbidden) = match projection.decide(&entry) {
            Ok(events) => (events, None),
            Err(refusal) if waits_by_itself => return Err(refusal.into()),
            // The server can be asked, and may know more than this replica.
            Err(refusal) => (Vec::new(), Some(refusal)),
        };
        let cause = events.last().map(Cause::of);
        // The state after the act; where the local rules forbid it, the present state, or as much as they allow.
        let as_it_is = || {
            let round = entry.act.behaviour().round().and_then(|id| session(before.as_ref())?.round(id).cloned());
            Some(Meant { document: before.clone().filter(|_| round.is_none()), round }).filter(Meant::is_something)
        };
        let first_half = || projection.decide(&entry.first_half()?).ok().map(|events| Meant::of(&events));
        let makes_something = entry.act.behaviour().makes_something();
        let meant = Some(Meant::of(&events)).filter(Meant::is_something);
        let meant = meant.or_else(|| if makes_something { first_half() } else { as_it_is() }).unwrap_or_default();
        if let Some(forbidden) = forbidden.filter(|_| makes_something && !meant.is_something()) {
            // It would have no id if the server did not answer in time.
            return Err(forbidden.into());
        }

        let shown_before = replica.shown(subject);
        replica.put_entry(entry, waits_by_itself).await?;
        if waits_by_itself {
            return self.goes_on_waiting(&replica, shown_before.as_ref(), subject, meant, cause);
        }
        let mut answered = replica.outbox_mut().await_answer(key);
        drop(replica);
        self.wake_outbox();
        if let Ok(Ok(answer)) = tokio::time::timeout(PATIENCE, &mut answered).await {
            return self.answered(subject, meant, answer?).await;
        }
        let mut replica = self.replica().lock().await;
        // Stop waiting, unless the answer has just arrived.
        answered.close();
        if let Ok(answer) = answered.try_recv() {
            drop(replica);
            return self.answered(subject, meant, answer?).await;
        }
        replica.outbox_mut().forget_closed_waiters();
        // The caller has just stopped waiting, so the act is shown from here on.
        let shown_before = replica.shown_without(subject, key);
        if let Some(entry) = replica.outbox().entry(key).cloned()
            && let Err(error) = replica.put_entry(entry, true).await
        {
            // It is already written; only a power cut could lose it now.
            tracing::warn!(error = &error as &dyn std::error::Error, "an act that waits could not be made durable");
        }
        self.goes_on_waiting(&replica, shown_before.as_ref(), subject, meant, cause)
    }

    /// The result of an act that keeps waiting; emits its expected change to the window.
    fn goes_on_waiting(
        &self,
        replica: &Replica,
        before: Option<&Document>,
        subject: EntityRef,
        meant: Meant,
        cause: Option<Cause>,
    ) -> Result<Acted, Failure> {
        self.wake_outbox();
        // Somebody may have signed out meanwhile.
        signed_in(replica)?;
        let shown = replica.shown(subject);
        if subject.kind == Kind::Session && shown.is_none() {
            return Err(Refusal::NotFound.into());
        }
        // An event that arrived meanwhile may conflict with the act; then the server will refuse it.
        if let Some(cause) = cause.filter(|_| shown.as_ref() != before) {
            self.emit_entity(replica, subject, shown.clone(), Some(cause));
        }
        self.count_waiting(replica);
        Ok(Acted::as_shown(shown, meant))
    }

    async fn answered(&self, subject: EntityRef, meant: Meant, answer: Answer) -> Result<Acted, Failure> {
        let shown = {
            let replica = self.replica().lock().await;
            replica.shown(subject)
        };
        match (answer, shown) {
            (Answer::Entity(document), _) => Ok(Acted { document: Some(*document), round: None }),
            (Answer::Round(round), Some(document)) => Ok(Acted { document: Some(document), round: Some(*round) }),
            (Answer::Gone, document) => Ok(Acted { document, round: None }),
            (Answer::Done, Some(document)) => Ok(Acted::as_shown(Some(document), meant)),
            (_, None) => Err(Refusal::NotFound.into()),
        }
    }

    /// The act to send next: the first waiting act of the signed-in user.
    ///
    /// `None` before this sign-in's first snapshot: only that says for certain who is signed in, and what an act is
    /// based on.
    pub(crate) async fn next_to_send(&self) -> Option<Entry> {
        let replica = self.replica().lock().await;
        if !self.has_snapshot() {
            return None;
        }
        replica.outbox().next(replica.contents().me.as_ref()?).cloned()
    }

    /// The base version to send with an act that needs one: the newest, if its content still matches what the act was
    /// based on.
    pub(crate) async fn version_to_send_on(&self, entry: &Entry) -> Result<Option<u64>, ProblemCode> {
        let replica = self.replica().lock().await;
        let newest = replica.outbox().newest(entry.subject, &replica.contents().documents);
        entry.act.behaviour().version_to_send_on(&newest)
    }

    /// Records the base version an act is being sent with; returns whether the act still exists.
    pub(crate) async fn sending_on(&self, key: Uuid, version: u64) -> Result<bool, ReplicaError> {
        self.change_entry(key, |entry| entry.sent_on = Some(version)).await
    }

    /// Records that an act was not applied to the version it was sent with.
    pub(crate) async fn not_on_that_version(&self, key: Uuid) -> Result<(), ReplicaError> {
        self.change_entry(key, |entry| entry.sent_on = None).await.map(drop)
    }

    /// Handles the server's answer to an act. If it can't be stored, the act is resent and answered again.
    pub(crate) async fn acknowledged(&self, key: Uuid, answer: Answer) -> Result<(), ReplicaError> {
        let mut replica = self.replica().lock().await;
        let Some(entry) = replica.outbox().entry(key).cloned() else { return Ok(()) };
        // A waiting caller has been shown nothing yet, and will see the event if it arrives at once. An act already
        // shown stays shown until then.
        let (subject, before) = (entry.subject, replica.shown(entry.subject));
        let waiter = replica.outbox_mut().take_waiter(key);
        let is_shown = waiter.is_none() || self.link_state() != LinkState::Live;
        if let Some(waiter) = waiter {
            waiter.send(Ok(answer.clone())).ok();
        }
        replica.drop_entry(key).await?;
        replica.await_confirmation(entry, answer, is_shown);
        // Its event may have arrived before its answer; then it was shown as applied twice.
        let after = replica.shown(subject);
        if after != before {
            self.emit_entity(&replica, subject, after, None);
        }
        self.count_waiting(&replica);
        drop(replica);
        self.ask_to_try();
        Ok(())
    }

    /// Handles the server's refusal of an act. If it can't be stored, the act is resent and refused again.
    pub(crate) async fn refused(
        &self,
        key: Uuid,
        refused: Refused,
        failure: Option<Failure>,
    ) -> Result<(), ReplicaError> {
        let mut replica = self.replica().lock().await;
        let Some(mut entry) = replica.outbox().entry(key).cloned() else { return Ok(()) };
        let subject = entry.subject;
        let stored = if let Some(waiter) = replica.outbox_mut().take_waiter(key) {
            let failure = failure.unwrap_or_else(|| refused.clone().into());
            let stored = replica.drop_entry(key).await;
            waiter.send(Err(failure)).ok();
            stored
        } else {
            entry.refused = Some(refused);
            replica.put_entry(entry, true).await
        };
        self.emit_current(&replica, subject);
        stored
    }

    /// Sends another act in place of a refused one. A waiting caller keeps waiting.
    pub(crate) async fn send_instead(&self, entry: &Entry, other: Entry) -> Result<(), ReplicaError> {
        self.replica().lock().await.put_instead(entry.key, other).await
    }

    /// Merges what was done in a round into the waiting feedback for that round, which will be sent as late; returns
    /// whether there is such feedback. Then nothing is lost, and the user has nothing to decide.
    pub(crate) async fn say_with_the_feedback(&self, entry: &Entry) -> Result<bool, ReplicaError> {
        let mut replica = self.replica().lock().await;
        let later = replica.outbox().entries().iter().skip_while(|known| known.key != entry.key).skip(1);
        let later: Vec<Entry> = later.filter(|later| later.by == entry.by && later.waits()).cloned().collect();
        let Some(feedback) = entry.said_with_feedback(&later) else { return Ok(false) };
        replica.exchange_entry(entry.key, feedback).await?;
        self.emit_current(&replica, entry.subject);
        Ok(true)
    }

    /// Discards a refused act.
    pub(crate) async fn discard(&self, key: Uuid) -> Result<(), Failure> {
        let mut replica = self.replica().lock().await;
        let entry = refused_entry(&replica, key)?;
        replica.drop_entry(key).await?;
        self.emit_current(&replica, entry.subject);
        Ok(())
    }

    /// Retries a refused act, as a new act on the present state.
    pub(crate) async fn retry(&self, key: Uuid) -> Result<(), Failure> {
        let mut replica = self.replica().lock().await;
        let entry = refused_entry(&replica, key)?;
        let me = signed_in(&replica)?;
        let projection = replica.outbox().projected(&replica.contents().documents, me);
        let now = projection.document(entry.subject);
        let new_key = self.environment.new_key();
        let behaviour = entry.act.behaviour();
        // A new entity has the key of the act that creates it as its id. Whether an act makes sense on an entity that
        // does not exist is decided below.
        let subject = if now.is_none() && entry.subject.id == entry.key {
            EntityRef { id: new_key, ..entry.subject }
        } else {
            entry.subject
        };
        // The same intent, rebased on the present state.
        let act = now.as_ref().and_then(|now| behaviour.rebased(now)).unwrap_or_else(|| entry.act.clone());
        let at = self.server_time();
        let again = Entry { key: new_key, at, subject, act, sent_on: None, refused: None, ..entry };
        projection.decide(&again)?;
        // In one step, and with no waiting caller: if refused again, it is listed again.
        replica.exchange_entry(key, again).await?;
        self.emit_current(&replica, subject);
        self.wake_outbox();
        Ok(())
    }

    /// Emits an entity as shown now, the number of waiting acts and the refused acts.
    fn emit_current(&self, replica: &Replica, subject: EntityRef) {
        self.emit_entity(replica, subject, replica.shown(subject), None);
        self.emit(Message::Refused { refused: refused_acts(replica) });
        self.count_waiting(replica);
    }

    /// Changes an act; returns whether it exists.
    async fn change_entry(&self, key: Uuid, change: impl FnOnce(&mut Entry)) -> Result<bool, ReplicaError> {
        let mut replica = self.replica().lock().await;
        let Some(mut entry) = replica.outbox().entry(key).cloned() else { return Ok(false) };
        change(&mut entry);
        replica.put_entry(entry, true).await.map(|()| true)
    }

    fn server_time(&self) -> Timestamp {
        let here = Timestamp::from(self.now());
        Timestamp::from_millisecond(here.as_millisecond() + self.clock_offset_ms()).unwrap_or(here)
    }
}

/// The signed-in account.
fn signed_in(replica: &Replica) -> Result<&training::wire::Account, Failure> {
    replica.contents().me.as_ref().ok_or_else(|| Failure::local(LocalCode::NotSignedIn))
}

/// The refused acts, for the window.
pub(crate) fn refused_acts(replica: &Replica) -> Vec<RefusedAct> {
    let contents = replica.contents();
    let Some(me) = &contents.me else { return Vec::new() };
    let of_me = replica.outbox().entries().iter().filter(|entry| entry.by == me.id);
    of_me
        .filter_map(|entry| {
            let refused = entry.refused.as_ref()?;
            let session = session(contents.documents.document(entry.subject));
            let behaviour = entry.act.behaviour();
            let round = behaviour.round().and_then(|id| session?.round(id));
            let entered = behaviour.entered();
            Some(RefusedAct {
                key: entry.key.to_string(),
                at: entry.at,
                subject: entry.subject,
                athlete: session.map(|session| session.athlete.name.clone()),
                round_number: round.map(|round| round.number),
                code: FailureCode::Server(refused.code),
                fields: refused.fields.clone(),
                what: entry.act.name(),
                plan: entered.plan,
                reports: entered.reports,
                exercise: entered.exercise,
            })
        })
        .collect()
}

fn refused_entry(replica: &Replica, key: Uuid) -> Result<Entry, Failure> {
    let entry = replica.outbox().entry(key).filter(|entry| entry.refused.is_some());
    entry.cloned().ok_or_else(|| Refusal::NotFound.into())
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self {
            code: FailureCode::Server(refused.code),
            fields: refused.fields,
            detail: None,
            request_id: None,
            retry_after_s: None,
        }
    }
}
