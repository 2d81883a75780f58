//! Keeps the screen awake while somebody trains in front of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use keepawake::KeepAwake;

/// A thread that holds the system's wake lock: acquiring and releasing it block for as long as the system takes.
pub(crate) struct Awake(Sender<bool>);

impl Awake {
    /// Starts the thread, without a wake lock.
    pub(crate) fn begin() -> Self {
        let (sender, told) = channel();
        let begun = std::thread::Builder::new().name("awake".to_owned()).spawn(move || follow(&told));
        if let Err(error) = begun {
            tracing::warn!(%error, "the screen may go dark in the middle of a training");
        }
        Self(sender)
    }

    /// Switches on or off whether the screen is kept awake.
    pub(crate) fn keep(&self, on: bool) {
        // Fails only if the thread is not running, which was logged.
        self.0.send(on).ok();
    }
}

fn follow(told: &Receiver<bool>) {
    let mut promise: Option<KeepAwake> = None;
    for on in told {
        match (on, promise.take()) {
            (true, None) => promise = ask(),
            (true, kept) => promise = kept,
            // Releasing panics when the service that granted it is gone.
            (false, kept) => drop(catch_unwind(AssertUnwindSafe(move || drop(kept)))),
        }
    }
}

fn ask() -> Option<KeepAwake> {
    let mut ask = keepawake::Builder::default();
    ask.display(true).reason("Training").app_name("Ringside").app_reverse_domain(crate::identity::IDENTIFIER);
    let asked = ask.create();
    asked.inspect_err(|error| tracing::warn!(%error, "the system does not keep the screen awake")).ok()
}
