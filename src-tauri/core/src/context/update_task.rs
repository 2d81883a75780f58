//! What the update task needs from an agent, and what it emits to the window.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rand::rngs::StdRng;
use tokio::sync::watch;
use training::{Session, SessionStatus};

use super::store::Store;
use crate::address::ServerUrl;
use crate::bridge::Update;
use crate::environment::{Environment, rng};
use crate::home::Home;
use crate::replica::Replica;
use crate::updates::{UpdateContext, UpdateRequests};

/// See the module.
pub(crate) struct UpdateTask {
    home: Home,
    store: Arc<Store>,
    environment: Arc<dyn Environment>,
    requests: UpdateRequests,
    /// Somebody trains on another profile of this process.
    training_elsewhere: AtomicBool,
}

impl UpdateTask {
    pub(crate) fn new(home: Home, store: Arc<Store>, environment: Arc<dyn Environment>) -> Self {
        let (requests, training_elsewhere) = (UpdateRequests::default(), AtomicBool::new(false));
        Self { home, store, environment, requests, training_elsewhere }
    }

    /// Marks this as a build that updates itself, before anything is emitted.
    pub(crate) fn enable(&self) {
        self.store.connection().state().update = Update::Unknown;
    }

    /// Records whether somebody is training on another profile of this process.
    pub(crate) fn note_training_elsewhere(&self, is_training: bool) {
        if self.training_elsewhere.swap(is_training, Ordering::Relaxed) != is_training {
            self.store.notify_changed();
        }
    }

    fn has_active_session(&self, replica: &Replica) -> bool {
        if self.training_elsewhere.load(Ordering::Relaxed) {
            return true;
        }
        let follows_sessions = self.store.connection().state().follows_sessions();
        let mut sessions = replica.contents().documents.all::<Session>();
        follows_sessions && sessions.any(|session| session.status == SessionStatus::Active)
    }
}

impl UpdateContext for UpdateTask {
    fn home(&self) -> &Home {
        &self.home
    }

    fn server(&self) -> ServerUrl {
        self.store.connection().server()
    }

    fn update(&self) -> Update {
        self.store.connection().state().update.clone()
    }

    fn emit_update(&self, update: Update) {
        self.store.connection().emit_update(update);
    }

    fn requests(&self) -> &UpdateRequests {
        &self.requests
    }

    async fn is_in_session(&self) -> bool {
        self.has_active_session(&*self.store.lock().await)
    }

    async fn wait_until_out_of_session(&self) {
        self.store.wait_until(|replica| !self.has_active_session(replica)).await;
    }

    async fn wait_until_in_session(&self) {
        self.store.wait_until(|replica| self.has_active_session(replica)).await;
    }

    fn sleeps(&self) -> watch::Receiver<u64> {
        self.store.connection().abandonments()
    }

    fn now(&self) -> jiff::Timestamp {
        self.environment.now()
    }

    fn rng(&self) -> StdRng {
        rng(&*self.environment)
    }
}
