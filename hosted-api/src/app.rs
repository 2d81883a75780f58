//! What every request can reach.

use std::sync::Arc;

use crate::accounts::{Passwords, Throttle};
use crate::feed::Hub;
use crate::metrics::Metrics;
use crate::store::Store;

/// One running server.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) hub: Arc<Hub>,
    pub(crate) passwords: Passwords,
    pub(crate) throttle: Throttle,
    pub(crate) metrics: Metrics,
}
