//! What the update task needs from the agent, and what it emits to the window.

use std::sync::atomic::Ordering;

use rand::rngs::StdRng;
use tokio::sync::watch;
use training::{Session, SessionStatus};

use super::Shared;
use crate::address::ServerUrl;
use crate::bridge::{Message, Update};
use crate::home::Home;
use crate::replica::Replica;
use crate::updates::{UpdateContext, UpdateRequests};

impl UpdateContext for Shared {
    fn home(&self) -> &Home {
        self.home()
    }

    fn server(&self) -> ServerUrl {
        self.server()
    }

    fn update(&self) -> Update {
        self.connection_state().update.clone()
    }

    /// Emits the update state, if it has changed.
    fn emit_update(&self, update: Update) {
        let mut connection_state = self.connection_state();
        if connection_state.update != update {
            connection_state.update = update.clone();
            (self.emit)(Message::Update { update });
        }
    }

    fn requests(&self) -> &UpdateRequests {
        &self.requests
    }

    async fn is_in_session(&self) -> bool {
        self.goes_on(&*self.replica().lock().await)
    }

    async fn is_out_of_session(&self) {
        self.until(|replica| !self.goes_on(replica)).await;
    }

    async fn is_in_a_session(&self) {
        self.until(|replica| self.goes_on(replica)).await;
    }

    fn sleeps(&self) -> watch::Receiver<u64> {
        self.sleeps()
    }

    fn now(&self) -> jiff::Timestamp {
        self.now()
    }

    fn rng(&self) -> StdRng {
        self.rng()
    }
}

impl Shared {
    /// Marks this as a build that updates itself, before anything is emitted.
    pub(crate) fn will_look_for_updates(&self) {
        self.connection_state().update = Update::Unknown;
    }

    /// Records whether somebody is training on another profile of this process.
    pub(crate) fn note_training_elsewhere(&self, goes_on: bool) {
        if self.training_elsewhere.swap(goes_on, Ordering::Relaxed) != goes_on {
            self.replica_changed.notify_waiters();
        }
    }

    fn goes_on(&self, replica: &Replica) -> bool {
        if self.training_elsewhere.load(Ordering::Relaxed) {
            return true;
        }
        let is_signed_in = self.connection_state().signed_out.is_none();
        let mut sessions = replica.contents().documents.all::<Session>();
        is_signed_in && sessions.any(|session| session.status == SessionStatus::Active)
    }
}
