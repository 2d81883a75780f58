//! The connection to the server: to which one, as whom, in what state, and the wake-ups of the tasks that use it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use training::wire::Presence;
use training::{Timestamp, UploadId};
use uuid::Uuid;

use super::presence::KnownPresence;
use crate::address::ServerUrl;
use crate::api::Api;
use crate::bridge::{Link, LinkState, LocalCode, Message, SignedOut, Update, UploadState, VaultKind};
use crate::options::Emit;

/// The state that is not in the replica.
pub(crate) struct ConnectionState {
    pub(crate) api: Api,
    pub(crate) link: Link,
    pub(crate) vault: VaultKind,
    pub(crate) signed_out: Option<SignedOut>,
    pub(crate) clock_offset_ms: i64,
    /// Why the last attempt at the stream failed, while polling replaces it.
    pub(crate) stream_problem: Option<LocalCode>,
    snapshot_taken: Instant,
    /// The sign-in it was taken for.
    snapshot_of: Option<u64>,
    /// What the user should know about this machine.
    pub(crate) notice: Option<LocalCode>,
    /// The update state of the application.
    pub(crate) update: Update,
    /// Whether nobody is signed in only because the keyring is not available yet.
    pub(crate) awaits_keyring: bool,
    /// Which upload is being worked on, and what is done with it.
    pub(crate) uploading: Option<(Uuid, UploadState)>,
    /// Uploads that nobody goes on with, and that the server has not ended yet. One that is forgotten here, the server
    /// forgets after a week.
    abandoned_uploads: Vec<UploadId>,
    /// Which athletes are there.
    pub(crate) presence: KnownPresence,
}

impl ConnectionState {
    /// Whether the profile learns when its sessions change: somebody is signed in, or will be once the keyring is there.
    pub(crate) fn follows_sessions(&self) -> bool {
        self.signed_out.is_none() || self.awaits_keyring
    }

    /// Begins a sign-in, whose tokens are stored in `vault`.
    pub(crate) fn sign_in(&mut self, vault: VaultKind) {
        self.vault = vault;
        self.signed_out = None;
        self.presence = KnownPresence::default();
        self.stream_problem = None;
        self.link = Link { state: LinkState::Connecting, waiting: 0, reason: None };
    }

    /// Ends the sign-in.
    pub(crate) fn sign_out(&mut self, why: SignedOut) {
        self.signed_out = Some(why);
        // Nobody else may end them.
        self.abandoned_uploads.clear();
        self.presence = KnownPresence::default();
        self.stream_problem = None;
        self.link = Link { state: LinkState::SignedOut, waiting: 0, reason: None };
    }
}

/// See the module.
pub(crate) struct Connection {
    emit: Emit,
    state: Mutex<ConnectionState>,
    /// Which sign-in the supervisor follows: a new number for each, none while signed out.
    sign_ins: watch::Sender<Option<u64>>,
    /// Counts how often the connections were abandoned.
    abandonments: watch::Sender<u64>,
    retry: Notify,
    poll_in_doubt: Notify,
    network_returned: Notify,
    outbox_changed: Notify,
    uploads_changed: Notify,
}

impl Connection {
    pub(crate) fn new(emit: Emit, api: Api, clock_offset_ms: i64) -> Self {
        let state = ConnectionState {
            api,
            link: Link { state: LinkState::SignedOut, waiting: 0, reason: None },
            vault: VaultKind::Keyring,
            signed_out: Some(SignedOut::ByPerson),
            clock_offset_ms,
            stream_problem: None,
            notice: None,
            update: Update::Unavailable,
            awaits_keyring: false,
            uploading: None,
            abandoned_uploads: Vec::new(),
            presence: KnownPresence::default(),
            snapshot_taken: Instant::now(),
            snapshot_of: None,
        };
        Self {
            emit,
            state: Mutex::new(state),
            sign_ins: watch::Sender::new(None),
            abandonments: watch::Sender::new(0),
            retry: Notify::new(),
            poll_in_doubt: Notify::new(),
            network_returned: Notify::new(),
            outbox_changed: Notify::new(),
            uploads_changed: Notify::new(),
        }
    }

    /// Locks the state. Messages are emitted while it is held, so that they come in order; `emit` may take the
    /// foreground gate's lock, and nothing else may be locked.
    pub(crate) fn state(&self) -> MutexGuard<'_, ConnectionState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn emit(&self, message: Message) {
        (self.emit)(message);
    }

    /// A new stream begins, and will say at once which athletes are there.
    pub(crate) fn begin_announcement(&self) {
        self.state().presence.begin_announcement();
    }

    /// Records that an athlete has come or gone, and emits it if it is news.
    pub(crate) fn note_presence(&self, presence: Presence) {
        let mut state = self.state();
        if state.presence.note(presence) {
            self.emit(Message::Presence { presence });
        }
    }

    /// The new stream has had its time to say who is there: records and emits who is not, by this server time.
    pub(crate) fn end_announcement(&self, at: Timestamp) {
        let mut state = self.state();
        for presence in state.presence.end_announcement(at) {
            self.emit(Message::Presence { presence });
        }
    }

    pub(crate) fn api(&self) -> Api {
        self.state().api.clone()
    }

    pub(crate) fn server(&self) -> ServerUrl {
        self.state().api.server().clone()
    }

    pub(crate) fn link_state(&self) -> LinkState {
        self.state().link.state
    }

    pub(crate) fn clock_offset_ms(&self) -> i64 {
        self.state().clock_offset_ms
    }

    /// Changes with every sign-in and sign-out: the number of the sign-in, or none.
    pub(crate) fn sign_ins(&self) -> watch::Receiver<Option<u64>> {
        self.sign_ins.subscribe()
    }

    /// Waits until somebody is signed in, then does `work` with the number of the sign-in. Returns its result, or `None`
    /// when the sign-in ends first: signed out, signed in as another user, or pointed to another server.
    pub(crate) async fn while_signed_in<T, F: Future<Output = T>>(&self, work: impl FnOnce(u64) -> F) -> Option<T> {
        let mut sign_ins = self.sign_ins();
        // Never fails: the sender is our own.
        let number = sign_ins.wait_for(Option::is_some).await.ok().and_then(|number| *number)?;
        tokio::select! {
            // First, so that nothing is stored any more for a sign-in that is over: it is ended while holding the
            // replica's lock.
            biased;
            _ = sign_ins.changed() => None,
            done = work(number) => Some(done),
        }
    }

    /// The number of the present sign-in.
    pub(crate) fn sign_in_number(&self) -> Option<u64> {
        *self.sign_ins.borrow()
    }

    /// Gives the present sign-in a new number, or none if nobody is signed in any more.
    pub(crate) fn renumber_sign_in(&self, signed_in: bool) {
        static NUMBERS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = NUMBERS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.sign_ins.send_replace(signed_in.then_some(number));
    }

    /// How long ago the last snapshot was taken.
    pub(crate) fn snapshot_age(&self) -> Duration {
        self.state().snapshot_taken.elapsed()
    }

    /// Records that a snapshot was taken, for the present sign-in.
    pub(crate) fn note_snapshot(&self) {
        let sign_in = self.sign_in_number();
        {
            let mut state = self.state();
            state.snapshot_taken = Instant::now();
            state.snapshot_of = sign_in;
        }
        self.wake_outbox();
    }

    /// Whether a snapshot has been taken since this sign-in began.
    pub(crate) fn has_snapshot(&self) -> bool {
        let sign_in = self.sign_in_number();
        sign_in.is_some() && self.state().snapshot_of == sign_in
    }

    /// Records what the user should know about this machine.
    pub(crate) fn set_notice(&self, notice: LocalCode) {
        self.state().notice = Some(notice);
    }

    /// Emits the update state, if it has changed.
    pub(crate) fn emit_update(&self, update: Update) {
        let mut state = self.state();
        if state.update != update {
            state.update = update.clone();
            self.emit(Message::Update { update });
        }
    }
}

/// The link's state.
impl Connection {
    /// Sets the link's state, and emits it if it has changed.
    pub(crate) fn set_link(&self, state: LinkState, reason: Option<LocalCode>) {
        self.change_link(|link, _| {
            link.state = state;
            link.reason = reason;
        });
    }

    /// Records that an attempt at the stream failed. As long as polling works, the user is not offline.
    pub(crate) fn note_stream_failed(&self, code: LocalCode) {
        if code == LocalCode::Unreachable {
            // A long poll would notice much later.
            self.poll_in_doubt.notify_waiters();
        }
        self.change_link(|link, stream_problem| {
            *stream_problem = Some(code);
            if link.state != LinkState::Polling {
                link.state = LinkState::Offline;
            }
            link.reason = Some(code);
        });
    }

    /// Records that the stream's `hello` does not come through. Polling shows whether anything else does; if nothing
    /// does, the stream is not what is held back.
    pub(crate) fn note_stream_held_back(&self) {
        self.change_link(|link, stream_problem| {
            *stream_problem = Some(LocalCode::StreamHeldBack);
            if link.state == LinkState::Polling {
                link.reason = *stream_problem;
            }
        });
    }

    /// Records that polling works.
    pub(crate) fn note_polling_works(&self) {
        self.change_link(|link, stream_problem| {
            link.state = LinkState::Polling;
            link.reason = *stream_problem;
        });
    }

    /// Emits the number of acts that wait to be sent, if it has changed.
    pub(crate) fn set_waiting(&self, waiting: u32) {
        self.change_link(|link, _| link.waiting = waiting);
    }

    fn change_link(&self, change: impl FnOnce(&mut Link, &mut Option<LocalCode>)) {
        let mut state = self.state();
        let before = state.link;
        let mut link = before;
        change(&mut link, &mut state.stream_problem);
        if link.state == LinkState::Live {
            state.stream_problem = None;
        }
        // Back after an outage: waiting acts need not sit out their back-off.
        let is_back = matches!(link.state, LinkState::Live | LinkState::Polling);
        if is_back && link.state != before.state && link.waiting > 0 {
            self.wake_outbox();
        }
        // After a sign-out nothing is emitted: the supervisor that still reports is about to be stopped.
        if link != before && state.signed_out.is_none() {
            state.link = link;
            self.emit(Message::Link { link, clock_offset_ms: state.clock_offset_ms });
        }
    }
}

/// Wake-ups.
impl Connection {
    /// Asks every task that waits for its next attempt to try now.
    pub(crate) fn request_retry(&self) {
        self.retry.notify_waiters();
    }

    /// Returns when asked to try now.
    pub(crate) async fn retry_requested(&self) {
        self.retry.notified().await;
    }

    /// The user, or the system, reports that the network is back. Waiting tasks try now, and requests in flight are in
    /// doubt: they may have been sent before there was a network.
    pub(crate) fn network_is_back(&self) {
        self.api().doubt_requests();
        self.network_returned.notify_waiters();
        self.request_retry();
    }

    /// Returns when [the network is back](Self::network_is_back).
    pub(crate) async fn network_returned(&self) {
        self.network_returned.notified().await;
    }

    /// Abandons every open connection, because they may be dead: this machine slept, or a stream missed events. Waiting
    /// tasks need not wait any longer.
    pub(crate) fn abandon_connections(&self) {
        self.api().leave_connections();
        self.abandonments.send_modify(|count| *count += 1);
        self.request_retry();
    }

    /// Changes whenever the connections were abandoned.
    pub(crate) fn abandonments(&self) -> watch::Receiver<u64> {
        self.abandonments.subscribe()
    }

    /// Returns when there is reason to doubt that a poll in flight will be answered.
    pub(crate) async fn poll_in_doubt(&self) {
        self.poll_in_doubt.notified().await;
    }

    /// Wakes the tasks that send acts and uploads.
    pub(crate) fn wake_outbox(&self) {
        self.outbox_changed.notify_one();
        self.wake_uploads();
    }

    /// Wakes the task that sends uploads.
    pub(crate) fn wake_uploads(&self) {
        self.uploads_changed.notify_one();
    }

    /// Remembers uploads that the server is to end.
    pub(crate) fn abandon_uploads(&self, uploads: impl IntoIterator<Item = UploadId>) {
        self.state().abandoned_uploads.extend(uploads);
    }

    /// Takes the uploads that the server is to end.
    pub(crate) fn take_abandoned_uploads(&self) -> Vec<UploadId> {
        std::mem::take(&mut self.state().abandoned_uploads)
    }

    /// Returns when there may be an upload to send or to end.
    pub(crate) async fn uploads_changed(&self) {
        self.uploads_changed.notified().await;
    }

    /// Returns when there may be something to send.
    pub(crate) async fn outbox_changed(&self) {
        self.outbox_changed.notified().await;
    }
}
