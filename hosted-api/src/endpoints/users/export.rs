//! `GET /v1/users/{id}/export`: everything of a person, as a ZIP that is written while it is sent.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use tokio::time::timeout;
use training::people::AuditAct;
use training::wire::Role;
use training::{ProblemCode, UserId};

use crate::app::App;
use crate::clock;
use crate::export::Contents;
use crate::http::{ApiError, Caller, Ids};
use crate::openapi::FileBytes;

/// How long an export may wait for its turn.
const TURN_WITHIN: Duration = Duration::from_secs(10);

/// Export a person's data
///
/// For the person themself and for admins; for everybody else there is no such person. The ZIP has `ringside.json`, which is
/// complete, `sets.csv`, `weights.csv` and `README.txt`. What trainers keep about somebody, private notes and the journal,
/// is only in what an admin gets.
#[utoipa::path(get, path = "/v1/users/{id}/export", tag = "people",
    params(("id" = UserId, Path, description = "The person")),
    responses((status = 200, description = "The archive", content((FileBytes = "application/zip")))))]
pub(crate) async fn export_user(
    State(app): State<Arc<App>>,
    caller: Caller,
    Ids(id): Ids<UserId>,
) -> Result<impl IntoResponse, ApiError> {
    let is_admin = caller.account.roles.contains(&Role::Admin);
    let studio = &caller.account.studio;
    let found = if is_admin || caller.account.id == id { app.store.user(studio.id, id).await? } else { None };
    let user = found.ok_or(ApiError::new(ProblemCode::NotFound))?.user;
    let permit = timeout(TURN_WITHIN, Arc::clone(&app.exports).acquire_owned()).await;
    let permit = permit.map_err(|_| ApiError::busy())?.map_err(ApiError::internal)?;
    let at = clock::now();
    let contents = Contents::read(&app, studio, &user, is_admin, at).await?;
    let mut tx = app.store.write().await?;
    tx.record(Some(studio.id), Some(&caller.person()), AuditAct::DataExported, &(&user).into(), at).await?;
    tx.commit().await?;
    let disposition = format!("attachment; filename=\"{}\"", contents.file_name());
    let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, contents.into_body(app, permit)))
}
