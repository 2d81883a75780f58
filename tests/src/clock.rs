//! A machine whose clock is wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ringside_core::ServerUrl;
use ringside_core::ThisMachine;
use ringside_core::environment::{Environment, Transport, TransportError};
use uuid::Uuid;

/// This machine, except for its clock.
#[derive(Debug)]
pub struct WrongClock {
    ahead_ms: AtomicI64,
}

impl WrongClock {
    /// A machine whose clock is this many milliseconds ahead; behind, if negative.
    pub fn ahead_by(ms: i64) -> Arc<Self> {
        Arc::new(Self { ahead_ms: AtomicI64::new(ms) })
    }

    /// Sets the clock.
    pub fn set_ahead_by(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::Relaxed);
    }
}

impl Environment for WrongClock {
    fn now(&self) -> jiff::Timestamp {
        ThisMachine::default().now() + jiff::SignedDuration::from_millis(self.ahead_ms.load(Ordering::Relaxed))
    }

    fn random_seed(&self) -> u64 {
        ThisMachine::default().random_seed()
    }

    fn new_key(&self) -> Uuid {
        let ms = u64::try_from(self.now().as_millisecond()).unwrap_or_default();
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.random_seed().to_le_bytes());
        uuid::Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }

    fn connect(&self, server: &ServerUrl) -> Result<Arc<dyn Transport>, TransportError> {
        ThisMachine::default().connect(server)
    }
}
