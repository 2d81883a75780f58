//! What is going on in an agent, and a summary of its state for support.

use training::{Session, SessionId, SessionStatus};

use super::store::Store;

/// What is going on in an agent, whether or not a window shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Activity {
    /// How many changes wait to be sent, which needs a signed-in user.
    pub(crate) waiting: u32,
    /// Whether there are acts or uploads that the server has not accepted yet, or has refused.
    pub(crate) has_unsent: bool,
    /// Whether the user is the athlete of an active session.
    pub(crate) is_training: bool,
    /// The open session whose athlete they are.
    pub(crate) own_session: Option<SessionId>,
    /// The status of an open session, whatever their part in it.
    pub(crate) open_session: Option<SessionStatus>,
}

impl Activity {
    /// The activity of this profile.
    pub(crate) async fn of(store: &Store) -> Self {
        let replica = store.lock().await;
        let contents = replica.contents();
        let has_unsent = replica.has_unsent();
        // While signed out, nobody would learn that a session has ended.
        if !store.connection().state().follows_sessions() {
            return Self { has_unsent, ..Self::default() };
        }
        let of_me = |session: &Session| contents.me.as_ref().is_some_and(|me| me.id == session.athlete.id);
        let open: Vec<&Session> =
            contents.documents.all::<Session>().filter(|session| session.status.is_open()).collect();
        let own = open.iter().find(|session| of_me(session));
        Self {
            waiting: replica.waiting(),
            has_unsent,
            is_training: own.is_some_and(|session| session.status == SessionStatus::Active),
            own_session: own.map(|session| session.id),
            open_session: open.iter().map(|session| session.status).reduce(|one, other| match one {
                SessionStatus::Active => one,
                _ => other,
            }),
        }
    }
}

/// A summary for support. No personal data: no name, no address, nothing the user did.
pub(crate) async fn diagnostics(store: &Store) -> String {
    let replica = store.lock().await;
    let (sessions, waiting) = (replica.contents().documents.all::<Session>().count(), replica.waiting());
    let (kept, uploads) = (replica.outbox().entries().len(), replica.uploads().len());
    let state = store.connection().state();
    format!(
        "connection: {:?}, stream: {:?}, sign-in kept in: {:?}, signed out: {:?}\n\
         clock off by: {} ms, sessions: {sessions}, waiting to be sent: {waiting} of {kept} kept, {uploads} uploads\n\
         notice: {:?}, update: {:?}",
        state.link,
        state.stream_problem,
        state.vault,
        state.signed_out,
        state.clock_offset_ms,
        state.notice,
        state.update,
    )
}
