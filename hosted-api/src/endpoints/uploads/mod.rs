//! Uploads: files on their way to the server, in parts and resumable.

pub(crate) mod append;
pub(crate) mod begin;
pub(crate) mod end;
pub(crate) mod read;

use training::{ProblemCode, UploadId};

use crate::app::App;
use crate::blobs::Blobs;
use crate::http::{ApiError, Caller};
use crate::store::UploadRow;

/// Where files are kept. A server that has no place for them can't take any.
pub(super) fn blobs(app: &App) -> Result<&Blobs, ApiError> {
    let none = || ApiError::new(ProblemCode::StorageFull).detail("the server has no data directory");
    app.blobs.as_ref().ok_or_else(none)
}

/// The caller's own upload. Somebody else's does not exist for them.
async fn own_upload(app: &App, caller: &Caller, id: UploadId) -> Result<UploadRow, ApiError> {
    caller.must_be_staff()?;
    app.store.upload(caller.account.id, id).await?.ok_or_else(|| ApiError::new(ProblemCode::NotFound))
}
