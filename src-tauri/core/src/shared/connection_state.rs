//! The connection's state, and the messages and wake-ups when it changes.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use training::{Session, SessionId, SessionStatus, Timestamp};

use super::Shared;
use crate::bridge::{Link, LinkState, LocalCode, Message, SignedOut, Update, VaultKind};

/// The state that is not in the replica.
pub(crate) struct ConnectionState {
    pub(crate) link: Link,
    pub(crate) vault: VaultKind,
    pub(crate) signed_out: Option<SignedOut>,
    pub(crate) clock_offset_ms: i64,
    /// Why the last attempt at the stream failed, while polling replaces it.
    pub(crate) stream_problem: Option<LocalCode>,
    pub(crate) snapshot_taken: Instant,
    /// The sign-in it was taken for.
    pub(crate) snapshot_of: Option<u64>,
    /// What the user should know about this machine.
    pub(crate) notice: Option<LocalCode>,
    /// The update state of the application.
    pub(crate) update: Update,
    /// Whether nobody is signed in only because the keyring is not available yet.
    pub(crate) awaits_keyring: bool,
}

/// What is going on in an agent, whether or not a window shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Activity {
    /// How many acts wait to be sent, which needs a signed-in user.
    pub(crate) waiting: u32,
    /// Whether the outbox holds acts that the server has not accepted yet, or has refused.
    pub(crate) keeps_something: bool,
    /// Whether the user is the athlete of an active session.
    pub(crate) is_training: bool,
    /// The open session whose athlete they are.
    pub(crate) own_session: Option<SessionId>,
    /// The status of an open session, whatever their part in it.
    pub(crate) open_session: Option<SessionStatus>,
}

impl Shared {
    /// The activity of this profile.
    pub(crate) async fn activity(&self) -> Activity {
        let replica = self.replica().lock().await;
        let contents = replica.contents();
        let keeps_something = !replica.outbox().entries().is_empty();
        let waiting = replica.waiting();
        let connection_state = self.connection_state();
        // While signed out, nobody would learn that a session has ended.
        if connection_state.signed_out.is_some() && !connection_state.awaits_keyring {
            return Activity { keeps_something, ..Activity::default() };
        }
        drop(connection_state);
        let of_me = |session: &Session| contents.me.as_ref().is_some_and(|me| me.id == session.athlete.id);
        let open: Vec<&Session> =
            contents.documents.all::<Session>().filter(|session| session.status.is_open()).collect();
        let own = open.iter().find(|session| of_me(session));
        Activity {
            waiting,
            keeps_something,
            is_training: own.is_some_and(|session| session.status == SessionStatus::Active),
            own_session: own.map(|session| session.id),
            open_session: open.iter().map(|session| session.status).reduce(|one, other| match one {
                SessionStatus::Active => one,
                _ => other,
            }),
        }
    }

    /// How long ago the last snapshot was taken.
    pub(crate) fn snapshot_age(&self) -> Duration {
        self.connection_state().snapshot_taken.elapsed()
    }

    /// Records that a snapshot was taken, for the present sign-in.
    pub(crate) fn note_snapshot(&self) {
        {
            let mut connection_state = self.connection_state();
            connection_state.snapshot_taken = Instant::now();
            connection_state.snapshot_of = *self.sign_ins.borrow();
        }
        self.wake_outbox();
    }

    /// Whether a snapshot has been taken since this sign-in began.
    pub(crate) fn has_snapshot(&self) -> bool {
        let sign_in = *self.sign_ins.borrow();
        sign_in.is_some() && self.connection_state().snapshot_of == sign_in
    }

    /// Emits the view if the sign-in is now stored elsewhere.
    pub(crate) async fn note_vault(&self) {
        let kind = self.api().tokens.kind();
        if self.connection_state().vault != kind {
            let replica = self.replica.lock().await;
            self.connection_state().vault = kind;
            self.emit_view(&replica);
        }
    }

    pub(crate) fn link_state(&self) -> LinkState {
        self.connection_state().link.state
    }

    pub(crate) fn clock_offset_ms(&self) -> i64 {
        self.connection_state().clock_offset_ms
    }

    /// Sets the connection's state, and emits it if it has changed.
    pub(crate) fn set_link(&self, state: LinkState, reason: Option<LocalCode>) {
        self.change_link(|link, _| {
            link.state = state;
            link.reason = reason;
        });
    }

    /// Records that an attempt at the stream failed. As long as polling works, the user is not offline.
    pub(crate) fn stream_failed(&self, code: LocalCode) {
        if code == LocalCode::Unreachable {
            // A long poll would notice much later.
            self.poll_doubted.notify_waiters();
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
    pub(crate) fn stream_is_held_back(&self) {
        self.change_link(|link, stream_problem| {
            *stream_problem = Some(LocalCode::StreamHeldBack);
            if link.state == LinkState::Polling {
                link.reason = *stream_problem;
            }
        });
    }

    /// Returns when there is reason to doubt that a poll in flight will be answered.
    pub(crate) async fn poll_is_doubted(&self) {
        self.poll_doubted.notified().await;
    }

    /// Records that polling works.
    pub(crate) fn polling_works(&self) {
        self.change_link(|link, stream_problem| {
            link.state = LinkState::Polling;
            link.reason = *stream_problem;
        });
    }

    /// Records what the user should know about this machine.
    pub(crate) fn note(&self, notice: LocalCode) {
        self.connection_state().notice = Some(notice);
    }

    /// Records the clock's offset from the server's.
    pub(crate) async fn set_server_time(&self, server_time: Timestamp) {
        let here = Timestamp::from(self.now());
        let offset_ms = server_time.as_millisecond() - here.as_millisecond();
        self.connection_state().clock_offset_ms = offset_ms;
        if let Err(error) = self.replica().lock().await.set_clock_offset(offset_ms).await {
            // It is still in memory until this process ends.
            tracing::warn!(error = &error as &dyn std::error::Error, "how far the clock is off could not be noted");
        }
    }

    /// A summary for support. No personal data: no name, no address, nothing the user did.
    pub(crate) async fn diagnostics(&self) -> String {
        let replica = self.replica().lock().await;
        let contents = replica.contents();
        let (sessions, waiting, kept) =
            (contents.documents.all::<Session>().count(), replica.waiting(), replica.outbox().entries().len());
        let connection_state = self.connection_state();
        format!(
            "connection: {:?}, stream: {:?}, sign-in kept in: {:?}, signed out: {:?}\n\
             clock off by: {} ms, sessions: {sessions}, waiting to be sent: {waiting} of {kept} kept\n\
             notice: {:?}, update: {:?}",
            connection_state.link,
            connection_state.stream_problem,
            connection_state.vault,
            connection_state.signed_out,
            connection_state.clock_offset_ms,
            connection_state.notice,
            connection_state.update,
        )
    }

    /// Asks every task that waits for its next attempt to try now.
    pub(crate) fn ask_to_try(&self) {
        self.try_now.notify_waiters();
    }

    /// The user, or the system, reports that the network is back. Waiting tasks try now, and requests in flight are in
    /// doubt: they may have been sent before there was a network.
    pub(crate) fn network_is_back(&self) {
        self.api().doubt();
        self.ask_to_try();
    }

    /// Returns when asked to try now.
    pub(crate) async fn asked_to_try(&self) {
        self.try_now.notified().await;
    }

    /// Records that this machine slept: open connections may be dead, and waiting tasks need not wait any longer.
    pub(crate) fn woke(&self) {
        self.api().leave_connections();
        self.sleeps.send_modify(|count| *count += 1);
        self.ask_to_try();
    }

    /// Changes whenever this machine has slept.
    pub(crate) fn sleeps(&self) -> watch::Receiver<u64> {
        self.sleeps.subscribe()
    }

    pub(crate) fn change_link(&self, change: impl FnOnce(&mut Link, &mut Option<LocalCode>)) {
        let mut connection_state = self.connection_state();
        let before = connection_state.link;
        let mut link = before;
        change(&mut link, &mut connection_state.stream_problem);
        if link.state == LinkState::Live {
            connection_state.stream_problem = None;
        }
        // After a sign-out nothing is emitted: the supervisor that still reports is about to be stopped.
        // Back after an outage: waiting acts need not sit out their back-off.
        let is_back = matches!(link.state, LinkState::Live | LinkState::Polling);
        if is_back && link.state != before.state && link.waiting > 0 {
            self.wake_outbox();
        }
        if link != before && connection_state.signed_out.is_none() {
            connection_state.link = link;
            (self.emit)(Message::Link { link, clock_offset_ms: connection_state.clock_offset_ms });
        }
    }

    pub(crate) fn connection_state(&self) -> MutexGuard<'_, ConnectionState> {
        self.connection_state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
