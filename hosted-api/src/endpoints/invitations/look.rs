//! `POST /v1/invitations/look`: whose an invitation is, before anything is set.
//!
//! A code that is malformed, unknown, used, void or expired gets one and the same answer. It is not throttled: 140 random
//! bits are not guessed. It is a `POST` so that no log has the code.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::ProblemCode;
use training::people::{InvitationCode, InvitationPreview, LookAtInvitation};

use crate::accounts::hash;
use crate::app::App;
use crate::clock;
use crate::http::{AnonymousBody, ApiError};
use crate::store::InvitationRow;

/// Look at an invitation
///
/// The body has at most 16 KiB and takes at most ten seconds.
#[utoipa::path(post, path = "/v1/invitations/look", tag = "invitations",
    request_body = LookAtInvitation,
    responses((status = 200, description = "Whose it is", body = InvitationPreview)))]
pub(crate) async fn look_at_invitation(
    State(app): State<Arc<App>>,
    AnonymousBody(body): AnonymousBody<LookAtInvitation>,
) -> Result<Json<InvitationPreview>, ApiError> {
    Ok(Json(find_usable(&app, &body.code).await?.1.preview))
}

/// The invitation with this code, if it can be used now, after the hash it is stored under.
pub(super) async fn find_usable(app: &App, typed: &str) -> Result<(String, InvitationRow), ApiError> {
    let unknown = || ApiError::new(ProblemCode::NotFound);
    let code: InvitationCode = typed.parse().map_err(|_| unknown())?;
    let hash = hash(&code.to_string());
    let found = app.store.invitation(&hash, clock::now()).await?;
    Ok((hash, found.ok_or_else(unknown)?))
}
