//! The outbox as the task that sends it sees it: what to send next, and what became of it.

use std::sync::Arc;

use training::ProblemCode;
use uuid::Uuid;

use super::store::Store;
use crate::bridge::{Failure, LinkState};
use crate::outbox::{Answer, Entry, Refused};
use crate::replica::ReplicaError;

/// See the module.
pub(crate) struct Delivery {
    store: Arc<Store>,
}

impl Delivery {
    pub(crate) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    /// The act to send next: the first waiting act of the signed-in user.
    ///
    /// `None` before this sign-in's first snapshot: only that says for certain who is signed in, and what an act is
    /// based on.
    pub(crate) async fn next(&self) -> Option<Entry> {
        let replica = self.store.lock().await;
        if !self.store.connection().has_snapshot() {
            return None;
        }
        replica.outbox().next(replica.contents().me.as_ref()?).cloned()
    }

    /// The base version to send with an act that needs one: the newest, if its content still matches what the act was
    /// based on.
    pub(crate) async fn version_to_send_on(&self, entry: &Entry) -> Result<Option<u64>, ProblemCode> {
        let replica = self.store.lock().await;
        let newest = replica.outbox().newest(entry.subject, &replica.contents().documents);
        entry.act.behaviour().version_to_send_on(&newest)
    }

    /// Records the base version an act is being sent with; returns whether the act still exists.
    pub(crate) async fn mark_sent(&self, key: Uuid, version: u64) -> Result<bool, ReplicaError> {
        self.set_sent_on(key, Some(version)).await
    }

    /// Records that an act was not applied to the version it was sent with.
    pub(crate) async fn mark_unsent(&self, key: Uuid) -> Result<(), ReplicaError> {
        self.set_sent_on(key, None).await.map(drop)
    }

    /// Changes an act's base version; returns whether the act exists.
    async fn set_sent_on(&self, key: Uuid, version: Option<u64>) -> Result<bool, ReplicaError> {
        let mut replica = self.store.lock().await;
        let Some(entry) = replica.outbox().entry(key).cloned() else { return Ok(false) };
        replica.put_entry(Entry { sent_on: version, ..entry }, true).await.map(|()| true)
    }

    /// Handles the server's answer to an act. If it can't be stored, the act is resent and answered again.
    pub(crate) async fn acknowledge(&self, key: Uuid, answer: Answer) -> Result<(), ReplicaError> {
        let connection = self.store.connection();
        let mut replica = self.store.lock().await;
        let Some(entry) = replica.outbox().entry(key).cloned() else { return Ok(()) };
        // A waiting caller has been shown nothing yet, and will see the event if it arrives at once. An act already
        // shown stays shown until then.
        let (subject, before) = (entry.subject, replica.shown(entry.subject));
        let waiter = replica.outbox_mut().take_waiter(key);
        let is_shown = waiter.is_none() || connection.link_state() != LinkState::Live;
        if let Some(waiter) = waiter {
            waiter.send(Ok(answer.clone())).ok();
        }
        replica.remove_entry(key).await?;
        replica.await_confirmation(entry, answer, is_shown);
        // Its event may have arrived before its answer; then it was shown as applied twice.
        let after = replica.shown(subject);
        if after != before {
            replica.emit_entity(subject, after, None);
        }
        replica.emit_waiting();
        drop(replica);
        self.store.notify_changed();
        connection.request_retry();
        // A video may have waited for the exercise that this act has created.
        connection.wake_uploads();
        Ok(())
    }

    /// Handles the server's refusal of an act. If it can't be stored, the act is resent and refused again.
    pub(crate) async fn refuse(
        &self,
        key: Uuid,
        refused: Refused,
        failure: Option<Failure>,
    ) -> Result<(), ReplicaError> {
        let mut replica = self.store.lock().await;
        let Some(mut entry) = replica.outbox().entry(key).cloned() else { return Ok(()) };
        let subject = entry.subject;
        let stored = if let Some(waiter) = replica.outbox_mut().take_waiter(key) {
            let failure = failure.unwrap_or_else(|| refused.clone().into());
            let stored = replica.remove_entry(key).await;
            waiter.send(Err(failure)).ok();
            stored
        } else {
            entry.refused = Some(refused);
            replica.put_entry(entry, true).await
        };
        replica.emit_subject(subject);
        drop(replica);
        self.store.notify_changed();
        stored
    }

    /// Sends another act in place of a refused one. A waiting caller keeps waiting.
    pub(crate) async fn replace(&self, entry: &Entry, other: Entry) -> Result<(), ReplicaError> {
        self.store.lock().await.replace_entry(entry.key, other).await
    }

    /// Merges what was done in a round into the waiting feedback for that round, which will be sent as late; returns
    /// whether there is such feedback. Then nothing is lost, and the user has nothing to decide.
    pub(crate) async fn merge_into_feedback(&self, entry: &Entry) -> Result<bool, ReplicaError> {
        let mut replica = self.store.lock().await;
        let later = replica.outbox().entries().iter().skip_while(|known| known.key != entry.key).skip(1);
        let later: Vec<Entry> = later.filter(|later| later.by == entry.by && later.is_pending()).cloned().collect();
        let Some(feedback) = entry.merged_into_feedback(&later) else { return Ok(false) };
        replica.exchange_entry(entry.key, feedback).await?;
        replica.emit_subject(entry.subject);
        Ok(true)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self { code: refused.code, fields: refused.fields, detail: None, request_id: None, retry_after_s: None }
    }
}
