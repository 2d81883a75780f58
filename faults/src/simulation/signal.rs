//! A value that can be waited for, whose waiters are woken in the order they came.
//!
//! Tokio's own (`watch`) wakes several waiters in an order drawn by chance, and the same seed would give another run.

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
    pub(super) async fn until(&self, wanted: impl Fn(T) -> bool) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            // Listened for before it is looked at, so that no change falls between.
            changed.as_mut().enable();
            if wanted(self.get()) {
                return;
            }
            changed.await;
        }
    }
}

impl Signal<u64> {
    /// Counts one more.
    pub(super) fn count(&self) {
        self.set(self.get() + 1);
    }

    /// Returns once it has counted on from `seen`.
    pub(super) async fn beyond(&self, seen: u64) {
        self.until(|count| count != seen).await;
    }
}
