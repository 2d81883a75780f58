//! Keeping the screen from going dark while somebody trains in front of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use keepawake::KeepAwake;

/// A thread that holds the system's promise: asking for it and giving it back take as long as the system does.
pub(crate) struct Awake(Sender<bool>);

impl Awake {
    /// The screen may go dark.
    pub(crate) fn begin() -> Self {
        let (sender, told) = channel();
        let begun = std::thread::Builder::new().name("awake".to_owned()).spawn(move || follow(&told));
        if let Err(error) = begun {
            tracing::warn!(%error, "the screen may go dark in the middle of a training");
        }
        Self(sender)
    }

    /// Keeps the screen from going dark, or no longer.
    pub(crate) fn keep(&self, on: bool) {
        // Without the thread, which was logged, there is nobody to tell.
        self.0.send(on).ok();
    }
}

fn follow(told: &Receiver<bool>) {
    let mut promise: Option<KeepAwake> = None;
    for on in told {
        match (on, promise.take()) {
            (true, None) => promise = ask(),
            (true, kept) => promise = kept,
            // It panics when whoever promised is no longer there to be told.
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
