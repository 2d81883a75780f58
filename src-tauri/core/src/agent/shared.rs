//! What an agent's calls and its supervisor share, and the order in which the window is told.
//!
//! A message about sessions is told while the replica is held, one about the connection while the standing is held, and
//! the whole view while both are: so a window that takes messages as they come never goes back in time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot, watch};
use tokio::time::Instant;
use training::wire::{Account, Cursor, SignedIn, Snapshot};
use training::{Envelope, Session, SessionId, Timestamp};
use uuid::Uuid;

use super::Tell;
use super::acts::refused_acts;
use crate::api::{Api, ServerUrl};
use crate::bridge::{Cause, Failure, Link, LinkState, LocalCode, Message, SignedOut, VaultKind, View};
use crate::home::{Home, Profile};
use crate::outbox::{Answer, Entry, overlay};
use crate::replica::{Followed, Replica, ReplicaError};

/// See the module.
pub(crate) struct Shared {
    home: Home,
    profile: Profile,
    app_version: String,
    tell: Tell,
    api: Mutex<Api>,
    /// Who waits for the answer to which act. Asked while the replica is held.
    waiters: Mutex<Waiters>,
    outbox_changed: Notify,
    replica: tokio::sync::Mutex<Replica>,
    standing: Mutex<Standing>,
    /// Which sign-in the supervisor follows: a new number for each, none while signed out.
    sign_ins: watch::Sender<Option<u64>>,
    try_now: Notify,
    /// Counts how often this machine slept.
    sleeps: watch::Sender<u64>,
}

/// Whoever waits for the answer to an act, by its key.
pub(super) type Waiters = HashMap<Uuid, oneshot::Sender<Result<Answer, Failure>>>;

/// How things stand besides what the replica holds.
struct Standing {
    link: Link,
    vault: VaultKind,
    signed_out: Option<SignedOut>,
    clock_offset_ms: i64,
    /// Why the last attempt at the stream failed, for as long as polling stands in.
    stream_problem: Option<LocalCode>,
    snapshot_taken: Instant,
}

impl Shared {
    pub(crate) fn new(
        home: Home,
        profile: Profile,
        app_version: String,
        tell: Tell,
        api: Api,
        replica: Replica,
    ) -> Self {
        let standing = Standing {
            link: Link { state: LinkState::SignedOut, waiting: 0, reason: None },
            vault: VaultKind::Keyring,
            signed_out: Some(SignedOut::ByPerson),
            clock_offset_ms: 0,
            stream_problem: None,
            snapshot_taken: Instant::now(),
        };
        Self {
            home,
            profile,
            app_version,
            tell,
            api: Mutex::new(api),
            waiters: Mutex::default(),
            outbox_changed: Notify::new(),
            replica: tokio::sync::Mutex::new(replica),
            standing: Mutex::new(standing),
            sign_ins: watch::Sender::new(None),
            try_now: Notify::new(),
            sleeps: watch::Sender::new(0),
        }
    }

    /// Sets out as signed in or not, before anybody listens.
    pub(crate) fn begin(&self, signed_in: bool, vault: VaultKind) {
        let mut standing = self.standing();
        standing.vault = vault;
        if signed_in {
            standing.signed_out = None;
            standing.link.state = LinkState::Connecting;
            self.next_sign_in(true);
        }
    }

    pub(crate) fn api(&self) -> Api {
        self.api.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn sign_ins(&self) -> watch::Receiver<Option<u64>> {
        self.sign_ins.subscribe()
    }

    pub(crate) fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Where the feed goes on.
    pub(crate) async fn cursor(&self) -> Option<Cursor> {
        self.replica.lock().await.contents().cursor.clone()
    }

    /// Stores an event in its place and tells the window what it changed.
    pub(crate) async fn follow(&self, epoch: &str, envelope: &Envelope) -> Result<Followed, ReplicaError> {
        let mut replica = self.replica.lock().await;
        let followed = replica.follow(epoch, envelope).await?;
        if let Followed::Stored(Some(session)) = &followed
            && let Some(session) = self.shown(&replica, session.id)
        {
            let session = Box::new(session);
            let recorded = &envelope.recorded;
            let cause = Cause {
                event: recorded.event.name(),
                round_id: recorded.event.round().map(|round| round.id),
                at: recorded.at,
            };
            (self.tell)(Message::Session { session, cause });
        }
        Ok(followed)
    }

    /// Replaces everything by a snapshot and tells the window.
    pub(crate) async fn replace(&self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        let mut replica = self.replica.lock().await;
        replica.replace(snapshot).await?;
        self.standing().snapshot_taken = Instant::now();
        self.tell_view(&replica);
        Ok(())
    }

    /// Takes over a snapshot that was taken beside a running stream, unless it is behind what the stream has brought.
    pub(crate) async fn catch_up(&self, snapshot: Snapshot) -> Result<(), ReplicaError> {
        let mut replica = self.replica.lock().await;
        let is_ahead = |known: &Cursor| known.epoch == snapshot.cursor.epoch && known.seq <= snapshot.cursor.seq;
        if replica.contents().cursor.as_ref().is_some_and(is_ahead) {
            replica.replace(snapshot).await?;
            self.standing().snapshot_taken = Instant::now();
            self.tell_view(&replica);
        }
        Ok(())
    }

    /// How long ago everything was taken from the server.
    pub(crate) fn snapshot_age(&self) -> Duration {
        self.standing().snapshot_taken.elapsed()
    }

    /// Tells the window when a sign-in is kept elsewhere than before.
    pub(crate) async fn note_vault(&self) {
        let kind = self.api().tokens.kind();
        if self.standing().vault != kind {
            let replica = self.replica.lock().await;
            self.standing().vault = kind;
            self.tell_view(&replica);
        }
    }

    /// Whether acts that were done are still missing from the feed.
    pub(crate) async fn is_behind(&self) -> bool {
        self.replica.lock().await.is_settling()
    }

    /// Takes over a fresh sign-in, made with `api`.
    pub(crate) async fn signed_in(&self, api: &Api, signed_in: &SignedIn) -> Result<(), Failure> {
        // While the server was asked, the person may have pointed the profile to another one.
        let is_current = || self.api().tokens.is_same(&api.tokens);
        let meanwhile = || Failure::local(LocalCode::NotSignedIn).because("the server was changed meanwhile");
        if !is_current() {
            return Err(meanwhile());
        }
        // Before the replica is held: a keyring may have to be unlocked first.
        let vault = api.tokens.keep(signed_in).await;
        let mut replica = self.replica.lock().await;
        if !is_current() {
            api.tokens.forget().await;
            return Err(meanwhile());
        }
        let same = replica.contents().me.as_ref().is_some_and(|me| me.id == signed_in.user.id);
        if same {
            replica.set_me(signed_in.user.clone()).await?;
        } else {
            // Another person's data must not be shown to this one for a moment, nor kept.
            replica.start_over(Some(signed_in.user.clone())).await?;
        }
        {
            let mut standing = self.standing();
            standing.vault = vault;
            standing.signed_out = None;
            standing.link = Link { state: LinkState::Connecting, waiting: 0, reason: None };
        }
        self.tell_view(&replica);
        self.next_sign_in(true);
        Ok(())
    }

    /// Ends the sign-in with this number, which the server has ended; not a later one.
    pub(crate) async fn ended_by_server(&self, number: u64) {
        let replica = self.replica.lock().await;
        if *self.sign_ins.borrow() == Some(number) {
            self.end_sign_in(&replica, SignedOut::ByServer);
        }
    }

    /// Ends the sign-in on this profile. What the replica holds goes with it when the person signed out.
    pub(crate) async fn signed_out(&self, why: SignedOut) {
        let mut replica = self.replica.lock().await;
        if why == SignedOut::ByPerson
            && let Err(error) = replica.start_over(None).await
        {
            tracing::error!(error = &error as &dyn std::error::Error, "the replica could not be emptied");
        }
        self.end_sign_in(&replica, why);
    }

    fn end_sign_in(&self, replica: &Replica, why: SignedOut) {
        {
            let mut standing = self.standing();
            standing.signed_out = Some(why);
            standing.link = Link { state: LinkState::SignedOut, waiting: 0, reason: None };
        }
        self.next_sign_in(false);
        self.tell_view(replica);
    }

    /// Points this profile to another server.
    pub(crate) async fn move_to(&self, api: Api) -> Result<(), Failure> {
        let (signed_in, vault) = api.tokens.kept().await;
        let mut replica = self.replica.lock().await;
        if self.sign_ins.borrow().is_some() {
            return Err(Failure::local(LocalCode::Internal).because("a signed-in profile stays with its server"));
        }
        replica.start_over(None).await?;
        *self.api.lock().unwrap_or_else(PoisonError::into_inner) = api;
        {
            let mut standing = self.standing();
            standing.vault = vault;
            standing.signed_out = (!signed_in).then_some(SignedOut::ByPerson);
            let state = if signed_in { LinkState::Connecting } else { LinkState::SignedOut };
            standing.link = Link { state, waiting: 0, reason: None };
        }
        self.tell_view(&replica);
        self.next_sign_in(signed_in);
        Ok(())
    }

    /// Stores the person's changed account and tells the window.
    pub(crate) async fn set_me(&self, me: Account) -> Result<(), Failure> {
        let mut replica = self.replica.lock().await;
        // An answer that took its time may come to somebody else.
        if replica.contents().me.as_ref().is_some_and(|known| known.id == me.id) {
            replica.set_me(me).await?;
            self.tell_view(&replica);
        }
        Ok(())
    }

    /// Tells the window everything.
    pub(crate) async fn show(&self) {
        self.tell_view(&*self.replica.lock().await);
    }

    pub(super) fn replica(&self) -> &tokio::sync::Mutex<Replica> {
        &self.replica
    }

    pub(super) fn waiters(&self) -> MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whoever waits for the answer to this act, who then no longer does.
    pub(super) fn waiter(&self, key: Uuid) -> Option<oneshot::Sender<Result<Answer, Failure>>> {
        self.waiters().remove(&key)
    }

    pub(super) fn tell(&self, message: Message) {
        (self.tell)(message);
    }

    /// The session as the window shows it: with everything that waits by itself done to it.
    pub(super) fn shown(&self, replica: &Replica, session: SessionId) -> Option<Session> {
        let waiters = self.waiters();
        laid_over(replica, session, |entry| !waiters.contains_key(&entry.key))
    }

    /// How many acts wait by themselves.
    pub(super) fn waiting(&self, replica: &Replica) -> u32 {
        let contents = replica.contents();
        let waiters = self.waiters();
        let of_me = |entry: &&Entry| contents.me.as_ref().is_some_and(|me| me.id == entry.by);
        let waiting = contents.outbox.iter().filter(of_me).filter(|entry| entry.waits());
        u32::try_from(waiting.filter(|entry| !waiters.contains_key(&entry.key)).count()).unwrap_or(u32::MAX)
    }

    /// Tells the window how many acts wait, if that has changed.
    pub(super) fn count_waiting(&self, replica: &Replica) {
        let waiting = self.waiting(replica);
        self.change_link(|link, _| link.waiting = waiting);
    }

    pub(super) fn wake_outbox(&self) {
        self.outbox_changed.notify_one();
    }

    /// Returns when there may be something to send.
    pub(crate) async fn something_waits(&self) {
        self.outbox_changed.notified().await;
    }

    pub(super) fn link_state(&self) -> LinkState {
        self.standing().link.state
    }

    pub(super) fn clock_offset_ms(&self) -> i64 {
        self.standing().clock_offset_ms
    }

    pub(crate) fn server(&self) -> ServerUrl {
        self.api().server().clone()
    }

    /// Tells the connection's state, if it is another one.
    pub(crate) fn set_link(&self, state: LinkState, reason: Option<LocalCode>) {
        self.change_link(|link, _| {
            link.state = state;
            link.reason = reason;
        });
    }

    /// Notes that an attempt at the stream failed; as long as polling works, the person is not offline.
    pub(crate) fn stream_failed(&self, code: LocalCode) {
        self.change_link(|link, stream_problem| {
            *stream_problem = Some(code);
            if link.state != LinkState::Polling {
                link.state = LinkState::Offline;
            }
            link.reason = Some(code);
        });
    }

    /// Notes that the stream's `hello` does not come through; whether anything else does, polling shows. If nothing
    /// does, it is not the stream that is held back.
    pub(crate) fn stream_is_held_back(&self) {
        self.change_link(|link, stream_problem| {
            *stream_problem = Some(LocalCode::StreamHeldBack);
            if link.state == LinkState::Polling {
                link.reason = *stream_problem;
            }
        });
    }

    /// Notes that polling works.
    pub(crate) fn polling_works(&self) {
        self.change_link(|link, stream_problem| {
            link.state = LinkState::Polling;
            link.reason = *stream_problem;
        });
    }

    /// Sets the clock by the server's.
    pub(crate) fn set_server_time(&self, server_time: Timestamp) {
        let here = Timestamp::from(jiff::Timestamp::now());
        self.standing().clock_offset_ms = server_time.as_millisecond() - here.as_millisecond();
    }

    /// Asks whoever waits to try again to do so now.
    pub(crate) fn ask_to_try(&self) {
        self.try_now.notify_waiters();
    }

    /// Returns when somebody asks to try now.
    pub(crate) async fn asked_to_try(&self) {
        self.try_now.notified().await;
    }

    /// Notes that this machine slept: whatever was open may be dead, and whatever waits need not any longer.
    pub(crate) fn woke(&self) {
        self.sleeps.send_modify(|count| *count += 1);
        self.ask_to_try();
    }

    /// Changes whenever this machine has slept.
    pub(crate) fn sleeps(&self) -> watch::Receiver<u64> {
        self.sleeps.subscribe()
    }

    fn change_link(&self, change: impl FnOnce(&mut Link, &mut Option<LocalCode>)) {
        let mut standing = self.standing();
        let before = standing.link;
        let mut link = before;
        change(&mut link, &mut standing.stream_problem);
        if link.state == LinkState::Live {
            standing.stream_problem = None;
        }
        // A sign-out may have come between; the supervisor that still reports is about to be stopped.
        // Back after an outage: what waits need not wait out its pause.
        let is_back = matches!(link.state, LinkState::Live | LinkState::Polling);
        if is_back && link.state != before.state && link.waiting > 0 {
            self.wake_outbox();
        }
        if link != before && standing.signed_out.is_none() {
            standing.link = link;
            (self.tell)(Message::Link { link, clock_offset_ms: standing.clock_offset_ms });
        }
    }

    fn next_sign_in(&self, signed_in: bool) {
        static NUMBERS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let number = NUMBERS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.sign_ins.send_replace(signed_in.then_some(number));
    }

    fn tell_view(&self, replica: &Replica) {
        let waiting = self.waiting(replica);
        let mut standing = self.standing();
        standing.link.waiting = if standing.signed_out.is_none() { waiting } else { 0 };
        (self.tell)(Message::View { view: Box::new(self.view(replica, &standing)) });
    }

    fn view(&self, replica: &Replica, standing: &Standing) -> View {
        let contents = replica.contents();
        let signed_in = standing.signed_out.is_none();
        let shown = |shown: bool| shown && signed_in;
        View {
            profile: self.profile.to_string(),
            server: self.server().to_string(),
            app_version: self.app_version.clone(),
            link: standing.link,
            vault: standing.vault,
            signed_out: standing.signed_out,
            me: contents.me.clone().filter(|_| signed_in),
            loaded: shown(contents.cursor.is_some()),
            // Ids are made in the order of time: newest first is the map backwards.
            sessions: contents
                .sessions
                .keys()
                .rev()
                .filter(|_| signed_in)
                .filter_map(|id| self.shown(replica, *id))
                .collect(),
            refused: if signed_in { refused_acts(replica) } else { Vec::new() },
            exercises: contents.exercises.iter().filter(|_| signed_in).cloned().collect(),
            athletes: contents.athletes.iter().filter(|_| signed_in).cloned().collect(),
            clock_offset_ms: standing.clock_offset_ms,
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The session as it will be when also what somebody waits for has been done.
pub(super) fn as_it_will_be(replica: &Replica, session: SessionId) -> Option<Session> {
    laid_over(replica, session, |_| true)
}

/// A session with those acts laid over it that are to be shown.
fn laid_over(replica: &Replica, session: SessionId, is_shown: impl Fn(&Entry) -> bool) -> Option<Session> {
    let contents = replica.contents();
    let stored = contents.sessions.get(&session)?;
    let Some(me) = &contents.me else { return Some(stored.clone()) };
    let waiting = contents.outbox.iter().filter(|entry| entry.by == me.id && entry.waits() && is_shown(entry));
    Some(overlay(stored, replica.settling().chain(waiting), me, &contents.exercises))
}
