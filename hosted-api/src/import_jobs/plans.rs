//! Plans of large files: whatever takes long with them has a thread, a few at a time, and no transaction is open
//! meanwhile.

use std::sync::Arc;

use imports::Plan;
use training::ImportId;

use crate::app::App;
use crate::http::ApiError;

/// What an import's file holds; none once it can't be taken back any more.
pub(super) async fn find_plan(app: &App, id: ImportId) -> Result<Option<Plan>, ApiError> {
    let Some(text) = app.store.import_plan(id).await? else { return Ok(None) };
    Ok(Some(on_thread(app, move || text.read()).await??))
}

/// Does something on a thread for what takes long. Its turn lasts until it is done, also if nobody waits for it any more.
pub(super) async fn on_thread<T: Send + 'static>(
    app: &App,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    let permit = Arc::clone(&app.inspections).acquire_owned().await.map_err(ApiError::internal)?;
    let work = move || {
        let _permit = permit;
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
}
