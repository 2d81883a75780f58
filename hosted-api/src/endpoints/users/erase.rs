//! `POST /v1/users/{id}/erase`: everything personal of a person is gone, for good.
//!
//! Its own refusals: 422 `not-repeated` when `confirm` is not their name, 409 `last-admin` and `has-athletes`.

use std::sync::Arc;

use axum::extract::State;
use training::UserId;
use training::people::EraseUser;

use crate::app::{App, run_to_completion};
use crate::commands::{Answered, CommandContext, ErasePerson, run};
use crate::erasing::finish;
use crate::http::{ApiError, CommandRequest, Ids, Required};

/// Erase a person
///
/// Can't be undone. Everything personal is gone: the account, what they trained alone, notes and journals about them,
/// uploads, stored answers. Sessions that others took part in stay without the person. An open session is cancelled by
/// nobody. Everybody who may have something of them gets a new epoch of their feed, and takes a snapshot. A trainer is
/// erased only once no athlete is assigned to them.
#[utoipa::path(post, path = "/v1/users/{id}/erase", tag = "people",
    params(("id" = UserId, Path, description = "The person")),
    request_body = EraseUser,
    responses((status = 204, description = "They are erased")))]
pub(crate) async fn erase_user(
    State(app): State<Arc<App>>,
    Ids(user): Ids<UserId>,
    request: CommandRequest<Required<EraseUser>>,
) -> Result<Answered, ApiError> {
    let CommandRequest { caller, body: Required(body), key } = request;
    let answered = run(&app, CommandContext { caller, key }, ErasePerson(user, body)).await?;
    // Maintenance goes on with what can't be done now.
    run_to_completion(async move {
        finish(&app).await;
        Ok(())
    })
    .await?;
    Ok(answered)
}
