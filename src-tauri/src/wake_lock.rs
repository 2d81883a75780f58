//! Keeps the screen awake while somebody trains in front of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use keepawake::KeepAwake;

/// A thread that holds the system's wake lock: acquiring and releasing it block for as long as the system takes.
pub(crate) struct WakeLock(Sender<bool>);

impl WakeLock {
    /// Starts the thread, without a wake lock.
    pub(crate) fn start() -> Self {
        let (sender, requests) = channel();
        let started = std::thread::Builder::new().name("wake-lock".to_owned()).spawn(move || serve(&requests));
        if let Err(error) = started {
            tracing::warn!(%error, "the screen may go dark in the middle of a training");
        }
        Self(sender)
    }

    /// Switches on or off whether the screen is kept awake.
    pub(crate) fn set(&self, on: bool) {
        // Fails only if the thread is not running, which was logged.
        self.0.send(on).ok();
    }
}

fn serve(requests: &Receiver<bool>) {
    let mut lock: Option<KeepAwake> = None;
    for on in requests {
        match (on, lock.take()) {
            (true, None) => lock = acquire(),
            (true, held) => lock = held,
            // Releasing panics when the service that granted it is gone.
            (false, held) => drop(catch_unwind(AssertUnwindSafe(move || drop(held)))),
        }
    }
}

fn acquire() -> Option<KeepAwake> {
    let mut request = keepawake::Builder::default();
    request.display(true).reason("Training").app_name("Ringside").app_reverse_domain(crate::identity::IDENTIFIER);
    let lock = request.create();
    lock.inspect_err(|error| tracing::warn!(%error, "the system does not keep the screen awake")).ok()
}
