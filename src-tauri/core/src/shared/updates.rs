//! What the work on updates asks of the agent, and what it tells the window.

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

    /// Tells the window, if it is another way than before.
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
    /// Sets out as a build that updates itself, before anybody listens.
    pub(crate) fn will_look_for_updates(&self) {
        self.connection_state().update = Update::Unknown;
    }

    /// Notes whether somebody trains on another profile of this process.
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
