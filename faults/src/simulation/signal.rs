//! A value that can be waited for, whose waiters are woken in the order they came.
//!
//! Tokio's own (`watch`) wakes waiters in random order, so the same seed would give a different run.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

/// See the module.
pub(super) struct Signal<T> {
    value: Mutex<T>,
    changed: Notify,
}

impl<T: Copy> Signal<T> {
    pub(super) fn new(value: T) -> Self {
        Self { value: Mutex::new(value), changed: Notify::new() }
    }

    pub(super) fn get(&self) -> T {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, value: T) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = value;
        self.changed.notify_waiters();
    }

    /// Returns once the value is as wanted.
    pub(super) async fn wait_for(&self, wanted: impl Fn(T) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Subscribe before checking, so that no change is missed in between.
            changed.as_mut().enable();
            if wanted(self.get()) {
                return;
            }
            changed.await;
        }
    }
}

impl Signal<u64> {
    /// Increments the count.
    pub(super) fn increment(&self) {
        self.set(self.get() + 1);
    }

    /// Returns once the count differs from `seen`.
    pub(super) async fn changed_from(&self, seen: u64) {
        self.wait_for(|count| count != seen).await;
    }
}
