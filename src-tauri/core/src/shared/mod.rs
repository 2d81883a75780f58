//! The state an agent's calls and its supervisor share, and the order of messages to the window.
//!
//! A message about sessions is emitted while the replica is locked, one about the connection while the connection state
//! is locked, and the whole view while both are. So a window that applies messages in order never goes back in time.

pub(crate) mod acts;
mod connection_state;
mod sign_in;
mod updates;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::StdRng;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use training::wire::{Cursor, Snapshot};
use training::{Document, Documents, EntityRef, Envelope, Kind, Permits, SessionId, UserId, check_start};
use uuid::Uuid;

use self::acts::{PATIENCE, refused_acts};
pub(crate) use self::connection_state::Activity;
use self::connection_state::ConnectionState;
use crate::address::ServerUrl;
use crate::api::Api;
use crate::bridge::{Cause, Link, LinkState, Message, SignedOut, Update, VaultKind, View};
use crate::environment::{Environment, rng};
use crate::home::Home;
use crate::options::Emit;
use crate::outbox::Projection;
use crate::profile::Profile;
use crate::replica::{Followed, Replica, ReplicaError};
use crate::updates::UpdateRequests;

/// See the module.
pub(crate) struct Shared {
    pub(crate) home: Home,
    pub(crate) profile: Profile,
    pub(crate) app_version: String,
    pub(crate) emit: Emit,
    pub(crate) environment: Arc<dyn Environment>,
    pub(crate) api: Mutex<Api>,
    pub(crate) outbox_changed: Notify,
    pub(crate) replica: tokio::sync::Mutex<Replica>,
    pub(crate) connection_state: Mutex<ConnectionState>,
    /// Which sign-in the supervisor follows: a new number for each, none while signed out.
    pub(crate) sign_ins: watch::Sender<Option<u64>>,
    pub(crate) try_now: Notify,
    pub(crate) poll_doubted: Notify,
    /// Something from the server was stored, or somebody signed in or out.
    pub(crate) replica_changed: Notify,
    pub(crate) requests: UpdateRequests,
    /// Somebody trains on another profile of this process.
    pub(crate) training_elsewhere: AtomicBool,
    /// Counts how often this machine slept.
    pub(crate) sleeps: watch::Sender<u64>,
}

impl Shared {
    pub(crate) fn new(
        home: Home,
        profile: Profile,
        app_version: String,
        emit: Emit,
        environment: Arc<dyn Environment>,
        api: Api,
        replica: Replica,
    ) -> Self {
        let connection_state = ConnectionState {
            link: Link { state: LinkState::SignedOut, waiting: 0, reason: None },
            vault: VaultKind::Keyring,
            signed_out: Some(SignedOut::ByPerson),
            clock_offset_ms: replica.contents().clock_offset_ms,
            stream_problem: None,
            notice: None,
            update: Update::Unavailable,
            awaits_keyring: false,
            snapshot_taken: Instant::now(),
            snapshot_of: None,
        };
        Self {
            home,
            profile,
            app_version,
            emit,
            environment,
            api: Mutex::new(api),
            outbox_changed: Notify::new(),
            replica: tokio::sync::Mutex::new(replica),
            connection_state: Mutex::new(connection_state),
            sign_ins: watch::Sender::new(None),
            try_now: Notify::new(),
            poll_doubted: Notify::new(),
            replica_changed: Notify::new(),
            requests: UpdateRequests::default(),
            training_elsewhere: AtomicBool::new(false),
            sleeps: watch::Sender::new(0),
        }
    }

    pub(crate) fn api(&self) -> Api {
        self.api.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The time by this machine's clock.
    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.environment.now()
    }

    pub(crate) fn environment(&self) -> Arc<dyn Environment> {
        Arc::clone(&self.environment)
    }

    /// A random number generator for one use.
    pub(crate) fn rng(&self) -> StdRng {
        rng(&*self.environment)
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The cursor to continue the feed from.
    pub(crate) async fn cursor(&self) -> Option<Cursor> {
        self.replica.lock().await.contents().cursor.clone()
    }

    /// Stores an event in its place in the feed and emits the changed entity.
    pub(crate) async fn follow(&self, epoch: &str, envelope: &Envelope) -> Result<Followed, ReplicaError> {
        let mut replica = self.replica.lock().await;
        let followed = replica.follow(epoch, envelope).await?;
        self.replica_changed.notify_waiters();
        if let Followed::Stored(Some(entity)) = &followed {
            self.emit_entity(&replica, *entity, replica.shown(*entity), Some(Cause::of(&envelope.event)));
        }
        Ok(followed)
    }

    /// Replaces everything with a snapshot and emits the view.
    pub(crate) async fn replace(&self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        let mut replica = self.replica.lock().await;
        replica.replace(snapshot).await?;
        self.replica_changed.notify_waiters();
        self.note_snapshot();
        self.emit_view(&replica);
        Ok(())
    }

    /// Stores a snapshot taken while a stream is running, unless it is behind what the stream has delivered.
    pub(crate) async fn catch_up(&self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        let mut replica = self.replica.lock().await;
        let is_ahead = |known: &Cursor| known.epoch == snapshot.cursor.epoch && known.seq <= snapshot.cursor.seq;
        if replica.contents().cursor.as_ref().is_some_and(is_ahead) {
            replica.replace(snapshot).await?;
            self.replica_changed.notify_waiters();
            self.note_snapshot();
            self.emit_view(&replica);
        }
        Ok(())
    }

    /// The keys of the answered acts whose events are still missing from the feed.
    pub(crate) async fn missing(&self) -> Vec<Uuid> {
        self.replica.lock().await.outbox().unconfirmed_keys()
    }

    /// Gives up on the events of these acts: the feed has been read to its end since they were answered.
    pub(crate) async fn no_longer_missing(&self, keys: &[Uuid]) {
        self.change_unconfirmed(|replica| replica.outbox_mut().give_up_unconfirmed(keys)).await;
    }

    /// Shows the answered acts whose events the feed has not delivered yet.
    pub(crate) async fn show_what_was_done(&self) {
        self.change_unconfirmed(|replica| replica.outbox_mut().show_unconfirmed()).await;
    }

    async fn change_unconfirmed(&self, change: impl FnOnce(&mut Replica)) {
        let mut replica = self.replica.lock().await;
        let subjects: BTreeSet<EntityRef> = replica.outbox().subjects().collect();
        let before: Vec<_> = subjects.iter().map(|entity| replica.shown(*entity)).collect();
        change(&mut replica);
        for (entity, before) in subjects.into_iter().zip(before) {
            let now = replica.shown(entity);
            if now != before {
                self.emit_entity(&replica, entity, now, None);
            }
        }
    }

    /// Waits until a session is stored as the server answered it, because the next act is decided on what is stored.
    /// Not for long: without the feed it arrives with the next snapshot.
    pub(crate) async fn await_event(&self, answered: &training::Session) {
        let replica_changed = self.until(|replica| {
            let stored: Option<&training::Session> = replica.contents().documents.get(answered.id);
            stored.is_some_and(|stored| stored.version >= answered.version)
        });
        tokio::time::timeout(PATIENCE, replica_changed).await.ok();
    }

    /// Waits until the replica satisfies `wanted`, checking after every change.
    pub(crate) async fn until(&self, wanted: impl Fn(&Replica) -> bool) {
        loop {
            let mut next = pin!(self.replica_changed.notified());
            // From here on no notification is missed.
            next.as_mut().enable();
            if wanted(&*self.replica.lock().await) {
                return;
            }
            next.await;
        }
    }

    /// Emits the whole view.
    pub(crate) async fn show(&self) {
        self.emit_view(&*self.replica.lock().await);
    }

    pub(crate) fn replica(&self) -> &tokio::sync::Mutex<Replica> {
        &self.replica
    }

    pub(crate) fn emit(&self, message: Message) {
        (self.emit)(message);
    }

    /// Emits an entity as shown now; `None`: it is gone.
    pub(crate) fn emit_entity(
        &self,
        replica: &Replica,
        entity: EntityRef,
        shown: Option<Document>,
        cause: Option<Cause>,
    ) {
        self.emit(match shown.zip(replica.contents().me.as_ref()) {
            Some((document, me)) => Message::entity(document, me.id, cause),
            None => Message::Gone { entity, cause },
        });
    }

    /// Emits the number of waiting acts, if it has changed.
    pub(crate) fn count_waiting(&self, replica: &Replica) {
        let waiting = replica.waiting();
        self.change_link(|link, _| link.waiting = waiting);
    }

    pub(crate) fn wake_outbox(&self) {
        self.outbox_changed.notify_one();
    }

    /// Returns when there may be something to send.
    pub(crate) async fn something_waits(&self) {
        self.outbox_changed.notified().await;
    }

    pub(crate) fn server(&self) -> ServerUrl {
        self.api().server().clone()
    }

    pub(crate) fn emit_view(&self, replica: &Replica) {
        let waiting = replica.waiting();
        let mut connection_state = self.connection_state();
        connection_state.link.waiting = if connection_state.signed_out.is_none() { waiting } else { 0 };
        (self.emit)(Message::View { view: Box::new(self.view(replica, &connection_state)) });
    }

    pub(crate) fn view(&self, replica: &Replica, connection_state: &ConnectionState) -> View {
        let contents = replica.contents();
        let signed_in = connection_state.signed_out.is_none();
        let shown = |shown: bool| shown && signed_in;
        let me = contents.me.as_ref().filter(|_| signed_in);
        let documents =
            me.map_or_else(Documents::default, |me| everything(&replica.outbox().shown(&contents.documents, me)));
        View {
            profile: self.profile.to_string(),
            server: self.server().to_string(),
            app_version: self.app_version.clone(),
            link: connection_state.link,
            vault: connection_state.vault,
            signed_out: connection_state.signed_out,
            me: me.cloned(),
            loaded: shown(contents.cursor.is_some()),
            permits: me.map(|me| permits(&documents, me.id)).unwrap_or_default(),
            may_start_session: me.is_some_and(|me| check_start(me.trainer.is_some(), false).is_ok()),
            documents,
            refused: if signed_in { refused_acts(replica) } else { Vec::new() },
            athletes: contents.athletes.iter().filter(|_| signed_in).cloned().collect(),
            clock_offset_ms: connection_state.clock_offset_ms,
            notice: connection_state.notice,
            update: connection_state.update.clone(),
        }
    }
}

/// Everything, by kind: sessions newest first, exercises by name.
fn everything(shown: &Projection<'_>) -> Documents {
    let mut documents = Documents::default();
    // Ids sort by creation time.
    for kind in Kind::ALL {
        documents.extend(shown.all(*kind).rev());
    }
    documents.exercises.sort_by_cached_key(|exercise| exercise.name.to_lowercase());
    documents
}

/// What `viewer` may do in each session.
fn permits(shown: &Documents, viewer: UserId) -> BTreeMap<SessionId, Permits> {
    shown.sessions.iter().map(|session| (session.id, session.permits(session.part_of(viewer)))).collect()
}
