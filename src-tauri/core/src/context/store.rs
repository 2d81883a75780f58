//! The replica behind its lock, and the messages about its changes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{MutexGuard, Notify};
use training::people::sort_key;
use training::wire::{Account, Cursor, FeedPage, Presence, Snapshot};
use training::{
    Athlete, Document, Documents, EntityRef, Envelope, Event, Kind, Permits, Session, SessionId, Timestamp, UserId,
    check_start,
};
use uuid::Uuid;

use super::connection::{Connection, ConnectionState};
use super::presence::KnownPresence;
use super::refused::refused_acts;
use crate::bridge::{AccountView, Cause, Failure, LocalCode, Message, View};
use crate::outbox::Projection;
use crate::profile::Profile;
use crate::replica::{Applied, Replica, ReplicaError};

/// See the module.
pub(crate) struct Store {
    profile: Profile,
    app_version: String,
    connection: Arc<Connection>,
    replica: tokio::sync::Mutex<Replica>,
    /// Something from the server was stored, or somebody signed in or out.
    changed: Notify,
}

impl Store {
    pub(crate) fn new(profile: Profile, app_version: String, connection: Arc<Connection>, replica: Replica) -> Self {
        Self { profile, app_version, connection, replica: tokio::sync::Mutex::new(replica), changed: Notify::new() }
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) async fn lock(&self) -> Locked<'_> {
        Locked { store: self, replica: self.replica.lock().await }
    }

    /// Emits the whole view.
    pub(crate) async fn emit_view(&self) {
        self.lock().await.emit_view();
    }

    /// The cursor to continue the feed from.
    pub(crate) async fn cursor(&self) -> Option<Cursor> {
        self.lock().await.contents().cursor.clone()
    }

    /// Stores an event in its place in the feed and emits the changed entity.
    pub(crate) async fn apply_event(&self, epoch: &str, envelope: &Envelope) -> Result<Applied, ReplicaError> {
        let mut replica = self.lock().await;
        let applied = replica.apply_event(epoch, envelope).await?;
        self.notify_changed();
        if let Applied::Stored(Some(entity)) = &applied {
            replica.emit_entity(*entity, replica.shown(*entity), Some(Cause::of(&envelope.event)));
        }
        if matches!((&applied, &envelope.event), (Applied::Stored(_), Event::AccountChanged { .. })) {
            replica.emit_account();
        }
        Ok(applied)
    }

    /// Stores the events of a page of the feed, up to the first that breaks the sequence. [`Applied::Stored`] if any of
    /// them was new.
    pub(crate) async fn apply_page(&self, page: &FeedPage) -> Result<Applied, ReplicaError> {
        let mut result = Applied::Known;
        for envelope in &page.events {
            match self.apply_event(&page.cursor.epoch, envelope).await? {
                Applied::Broken => return Ok(Applied::Broken),
                stored @ Applied::Stored(_) => result = stored,
                Applied::Known => {}
            }
        }
        Ok(result)
    }

    /// Replaces everything with a snapshot and emits the view.
    pub(crate) async fn take_snapshot(&self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        self.lock().await.take_snapshot(snapshot).await
    }

    /// Stores a snapshot taken while a stream is running, unless it is behind what the stream has delivered.
    pub(crate) async fn catch_up(&self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        let mut replica = self.lock().await;
        let is_ahead = |known: &Cursor| known.epoch == snapshot.cursor.epoch && known.seq <= snapshot.cursor.seq;
        if replica.contents().cursor.as_ref().is_some_and(is_ahead) {
            replica.take_snapshot(snapshot).await?;
        }
        Ok(())
    }

    /// The keys of the answered acts whose events are still missing from the feed.
    pub(crate) async fn unconfirmed_keys(&self) -> Vec<Uuid> {
        self.lock().await.outbox().unconfirmed_keys()
    }

    /// Gives up on the events of these acts: the feed has been read to its end since they were answered.
    pub(crate) async fn give_up_unconfirmed(&self, keys: &[Uuid]) {
        self.change_unconfirmed(|replica| replica.outbox_mut().give_up_unconfirmed(keys)).await;
    }

    /// Shows the answered acts whose events the feed has not delivered yet.
    pub(crate) async fn show_unconfirmed(&self) {
        self.change_unconfirmed(|replica| replica.outbox_mut().show_unconfirmed()).await;
    }

    async fn change_unconfirmed(&self, change: impl FnOnce(&mut Replica)) {
        let mut replica = self.lock().await;
        let subjects: BTreeSet<EntityRef> = replica.outbox().subjects().collect();
        let before: Vec<_> = subjects.iter().map(|entity| replica.shown(*entity)).collect();
        change(&mut replica);
        for (entity, before) in subjects.into_iter().zip(before) {
            let now = replica.shown(entity);
            if now != before {
                replica.emit_entity(entity, now, None);
            }
        }
    }

    /// Whether this profile keeps an entity, or has just created it.
    pub(crate) async fn keeps(&self, entity: EntityRef) -> bool {
        let replica = self.lock().await;
        replica.contents().documents.document(entity).is_some() || replica.shown(entity).is_some()
    }

    /// Waits until a session is stored as the server answered it, because the next act is decided on what is stored.
    /// At most for `time`: without the feed it arrives with the next snapshot.
    pub(crate) async fn wait_until_stored(&self, answered: &Session, time: Duration) {
        let stored = self.wait_until(|replica| {
            let stored: Option<&Session> = replica.contents().documents.get(answered.id);
            stored.is_some_and(|stored| stored.version >= answered.version)
        });
        tokio::time::timeout(time, stored).await.ok();
    }

    /// Waits until the replica satisfies `wanted`, checking after every change.
    pub(crate) async fn wait_until(&self, wanted: impl Fn(&Replica) -> bool) {
        loop {
            let mut next = pin!(self.changed.notified());
            // From here on no notification is missed.
            next.as_mut().enable();
            if wanted(&*self.lock().await) {
                return;
            }
            next.await;
        }
    }

    /// Wakes whoever [waits](Self::wait_until) for a change.
    pub(crate) fn notify_changed(&self) {
        self.changed.notify_waiters();
    }

    /// Stores the user's changed account and emits it.
    pub(crate) async fn set_me(&self, me: Account) -> Result<(), Failure> {
        let mut replica = self.lock().await;
        // By the time a slow answer arrives, somebody else may be signed in.
        if replica.contents().me.as_ref().is_some_and(|known| known.id == me.id) {
            replica.set_me(me).await?;
            replica.emit_account();
        }
        Ok(())
    }

    /// Records the offset of this machine's clock, which says `here`, from the server's.
    pub(crate) async fn set_server_time(&self, server_time: Timestamp, here: jiff::Timestamp) {
        let offset_ms = server_time.as_millisecond() - Timestamp::from(here).as_millisecond();
        self.connection.state().clock_offset_ms = offset_ms;
        if let Err(error) = self.lock().await.set_clock_offset(offset_ms).await {
            // It is still in memory until this process ends.
            tracing::warn!(error = &error as &dyn std::error::Error, "the clock offset could not be stored");
        }
    }

    /// Whether a trainer or an admin is signed in on this profile.
    pub(crate) async fn is_staff_signed_in(&self) -> bool {
        let replica = self.lock().await;
        self.connection.state().signed_out.is_none() && replica.contents().me.as_ref().is_some_and(Account::is_staff)
    }

    /// Emits the account if the sign-in is now stored elsewhere.
    pub(crate) async fn refresh_vault_kind(&self) {
        let replica = self.lock().await;
        {
            let mut state = self.connection.state();
            let kind = state.api.tokens.kind();
            if state.vault == kind {
                return;
            }
            state.vault = kind;
        }
        replica.emit_account();
    }
}

/// The replica while it is locked. Messages about documents can be emitted only through it, so they come in the order of
/// the changes.
pub(crate) struct Locked<'a> {
    store: &'a Store,
    replica: MutexGuard<'a, Replica>,
}

impl Deref for Locked<'_> {
    type Target = Replica;

    fn deref(&self) -> &Replica {
        &self.replica
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Replica {
        &mut self.replica
    }
}

impl Locked<'_> {
    async fn take_snapshot(&mut self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        self.replace_with(snapshot).await?;
        self.store.notify_changed();
        self.store.connection.note_snapshot();
        self.emit_view();
        Ok(())
    }

    /// The connection.
    pub(super) fn connection(&self) -> &Connection {
        &self.store.connection
    }

    /// Whether somebody is signed in.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.store.connection.state().signed_out.is_none()
    }

    /// The signed-in account.
    pub(crate) fn me(&self) -> Result<&Account, Failure> {
        self.contents().me.as_ref().ok_or_else(|| Failure::local(LocalCode::NotSignedIn))
    }

    /// Everything as it is once every pending act is done. A quick user does one thing right after another.
    pub(crate) fn projected(&self) -> Result<Projection<'_>, Failure> {
        Ok(self.outbox().projected(&self.contents().documents, self.me()?))
    }

    /// Starts or ends a sign-in, which the background tasks follow from here on.
    pub(crate) fn renumber_sign_in(&self, signed_in: bool) {
        self.store.connection.renumber_sign_in(signed_in);
        self.store.notify_changed();
    }

    /// Emits an entity as shown now; `None`: it is gone.
    pub(crate) fn emit_entity(&self, entity: EntityRef, shown: Option<Document>, cause: Option<Cause>) {
        self.store.connection.emit(match shown.zip(self.contents().me.as_ref()) {
            Some((document, me)) => {
                let trains = |athlete: UserId| self.contents().documents.get::<Athlete>(athlete).is_some();
                Message::entity(document, me.id, trains, cause)
            }
            None => Message::Gone { entity, cause },
        });
    }

    /// Emits an entity as shown now, the number of waiting acts and the refused acts.
    pub(crate) fn emit_subject(&self, subject: EntityRef) {
        self.emit_entity(subject, self.shown(subject), None);
        self.store.connection.emit(Message::Refused { refused: refused_acts(self) });
        self.emit_waiting();
    }

    /// Emits the number of waiting acts, if it has changed.
    pub(crate) fn emit_waiting(&self) {
        self.store.connection.set_waiting(self.waiting());
    }

    /// Emits the whole view.
    pub(crate) fn emit_view(&self) {
        let waiting = self.waiting();
        let mut state = self.store.connection.state();
        state.link.waiting = if state.signed_out.is_none() { waiting } else { 0 };
        self.store.connection.emit(Message::View { view: Box::new(self.view(&state)) });
    }

    /// Emits what the view says of the account. The view itself may be megabytes.
    fn emit_account(&self) {
        // Locked until it is emitted, so that the vault's messages come in order.
        let state = self.store.connection.state();
        let account = self.account(&state);
        self.store.connection.emit(Message::Account { account: Box::new(account) });
    }

    fn account(&self, state: &ConnectionState) -> AccountView {
        let me = self.contents().me.as_ref().filter(|_| state.signed_out.is_none());
        AccountView {
            me: me.cloned(),
            vault: state.vault,
            may_start_session: me.is_some_and(|me| check_start(me.trainer.is_some(), false).is_ok()),
            may_set_up_kiosk: me.is_some_and(Account::is_staff),
        }
    }

    fn view(&self, state: &ConnectionState) -> View {
        let contents = self.contents();
        let signed_in = state.signed_out.is_none();
        let me = contents.me.as_ref().filter(|_| signed_in);
        let documents =
            me.map_or_else(Documents::default, |me| all_documents(&self.outbox().shown(&contents.documents, me)));
        View {
            profile: self.store.profile.to_string(),
            server: state.api.server().to_string(),
            app_version: self.store.app_version.clone(),
            link: state.link,
            signed_out: state.signed_out,
            account: self.account(state),
            loaded: signed_in && contents.cursor.is_some(),
            permits: me.map(|me| permits(&documents, me.id)).unwrap_or_default(),
            presence: presence_of(&documents, &state.presence),
            documents,
            refused: if signed_in { refused_acts(self) } else { Vec::new() },
            uploads: if signed_in { self.shown_uploads(state.uploading) } else { Vec::new() },
            clock_offset_ms: state.clock_offset_ms,
            notice: state.notice,
            update: state.update.clone(),
        }
    }
}

/// Everything, by kind: sessions, notes, journal entries and weights newest first, the others by name.
fn all_documents(shown: &Projection<'_>) -> Documents {
    let mut documents = Documents::default();
    // Ids sort by creation time.
    for kind in Kind::ALL {
        documents.extend(shown.all(*kind).rev());
    }
    documents.exercises.sort_by_cached_key(|exercise| exercise.name.to_lowercase());
    documents.athletes.sort_by_cached_key(|athlete| sort_key(&athlete.name));
    documents.templates.sort_by_cached_key(|template| sort_key(&template.name));
    documents.journal_entries.sort_unstable_by_key(|entry| Reverse((entry.at, entry.id)));
    documents.weights.sort_unstable_by_key(|weight| Reverse((weight.at, weight.id)));
    documents
}

/// Which of these athletes are there.
fn presence_of(shown: &Documents, known: &KnownPresence) -> Vec<Presence> {
    let athletes: BTreeSet<UserId> = shown.athletes.iter().map(|athlete| athlete.id).collect();
    known.all().filter(|presence| athletes.contains(&presence.athlete_id)).collect()
}

/// What `viewer` may do in each session.
fn permits(shown: &Documents, viewer: UserId) -> BTreeMap<SessionId, Permits> {
    let athletes: BTreeSet<UserId> = shown.athletes.iter().map(|athlete| athlete.id).collect();
    let permits_of = |session: &Session| session.permits_of(viewer, athletes.contains(&session.athlete.id));
    shown.sessions.iter().map(|session| (session.id, permits_of(session))).collect()
}

#[cfg(test)]
mod tests;
