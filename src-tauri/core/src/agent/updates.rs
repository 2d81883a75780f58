//! What the work on updates asks of the agent, and what it tells the window.

use std::sync::atomic::Ordering;

use rand::rngs::StdRng;
use tokio::sync::watch;
use training::SessionStatus;

use super::shared::Shared;
use crate::api::ServerUrl;
use crate::bridge::{Message, Update};
use crate::home::Home;
use crate::replica::Replica;
use crate::updates::{Around, Wishes};

impl Around for Shared {
    fn home(&self) -> &Home {
        self.home()
    }

    fn server(&self) -> ServerUrl {
        self.server()
    }

    fn update(&self) -> Update {
        self.standing().update.clone()
    }

    /// Tells the window, if it is another way than before.
    fn tell_update(&self, update: Update) {
        let mut standing = self.standing();
        if standing.update != update {
            standing.update = update.clone();
            (self.tell)(Message::Update { update });
        }
    }

    fn wishes(&self) -> &Wishes {
        &self.wishes
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

    fn chance(&self) -> StdRng {
        self.chance()
    }
}

impl Shared {
    /// Sets out as a build that updates itself, before anybody listens.
    pub(crate) fn will_look_for_updates(&self) {
        self.standing().update = Update::Unknown;
    }

    /// Notes whether somebody trains on another profile of this process.
    pub(crate) fn note_training_elsewhere(&self, goes_on: bool) {
        if self.training_elsewhere.swap(goes_on, Ordering::Relaxed) != goes_on {
            self.brought.notify_waiters();
        }
    }

    fn goes_on(&self, replica: &Replica) -> bool {
        if self.training_elsewhere.load(Ordering::Relaxed) {
            return true;
        }
        let is_signed_in = self.standing().signed_out.is_none();
        let mut sessions = replica.contents().sessions.values();
        is_signed_in && sessions.any(|session| session.status == SessionStatus::Active)
    }
}
