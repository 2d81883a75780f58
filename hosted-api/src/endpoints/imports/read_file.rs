//! `POST /v1/athletes/{id}/imports`: reads a file of another tracker and says what would become of it.
//!
//! 415 `unreadable-file` for what is no text, 415 `unknown-format` for a text that is of no known tracker, 413
//! `payload-too-large` and `import-too-large`, 408 when the file comes too slowly.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::Deserialize;
use training::UserId;
use training::imports::{Import, WeightUnit};

use crate::app::App;
use crate::http::{ApiError, Caller, Ids, Params};
use crate::import_jobs::{FileOptions, read_file};
use crate::openapi::FileBytes;

/// What the file does not say itself.
#[derive(Deserialize)]
pub(crate) struct FileQuery {
    unit: Option<WeightUnit>,
    timezone: Option<String>,
}

/// Read a file of another tracker
///
/// A dry run: nothing is stored but what the answer says. Every row is a set, a weight, or skipped with a reason and its
/// line. The file is taken whatever its `Content-Type`: an export of Ringside, Strong, Hevy, FitNotes, StrongLifts or GymBook, also in
/// a ZIP, of at most 20 MB and 200,000 rows. For the athlete and the trainer they are assigned to. What is not committed is
/// forgotten after a week, and of one athlete the last five are kept.
#[utoipa::path(post, path = "/v1/athletes/{id}/imports", tag = "imports",
    params(("id" = UserId, Path, description = "The athlete"),
           ("unit" = Option<WeightUnit>, Query, description = "The unit of weights where the file does not say it; if \
             absent, the weights tell"),
           ("timezone" = Option<String>, Query, description = "Where its times were noted, such as `Europe/Berlin`; the \
             studio's time zone if absent")),
    request_body(content = FileBytes, content_type = "application/octet-stream"),
    responses((status = 201, description = "What it holds", body = Import)))]
pub(crate) async fn read_import_file(
    State(app): State<Arc<App>>,
    Ids(athlete): Ids<UserId>,
    caller: Caller,
    Params(query): Params<FileQuery>,
    request: Request,
) -> Result<(StatusCode, Json<Import>), ApiError> {
    let FileQuery { unit, timezone: time_zone } = query;
    let options = FileOptions { athlete, unit, time_zone };
    let import = read_file(&app, &caller, options, request.into_body()).await?;
    Ok((StatusCode::CREATED, Json(import)))
}
