//! What every request can reach.

use std::sync::Arc;

use tracing::Instrument;

use crate::accounts::{Passwords, Throttle};
use crate::feed::Hub;
use crate::http::ApiError;
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

/// Does work as a task of its own: once begun it ends, also when whoever asked for it has hung up meanwhile.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::spawn(work.in_current_span()).await.map_err(ApiError::internal)?
}
