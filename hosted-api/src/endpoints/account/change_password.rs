//! `POST /v1/me/password`: the caller changes their password, which ends every other device's sign-in.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::http::StatusCode;
use training::FieldCode;
use training::people::AuditAct;
use training::wire::{Account, ChangePassword};

use crate::accounts::{AttemptOrigin, Lane, check_new_password};
use crate::app::App;
use crate::clock;
use crate::commands::{EventsByPerson, commit_and_wake};
use crate::http::{ApiError, Caller, Required};

/// Change one's password
///
/// The new password is none of the most common ones, and contains neither name nor address. This device stays signed
/// in; every other one is signed out at once. It is idempotent. A device has ten attempts, and one more every thirty
/// seconds.
#[utoipa::path(post, path = "/v1/me/password", tag = "account",
    request_body = ChangePassword,
    responses((status = 204, description = "Changed")))]
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    caller: Caller,
    Required(change): Required<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    let Account { id: user, name, email, .. } = &caller.account;
    let user = *user;
    check_new_password(&change.new_password, name, email)
        .map_err(|code| ApiError::invalid_field("/new_password", code))?;
    // Whoever guesses at the sign-in uses up nothing of this.
    let origin = AttemptOrigin::SignedIn(caller.device);
    app.password_attempts.take(&app.store, origin, Instant::now()).await?;
    let wrong = || ApiError::invalid_field("/current_password", FieldCode::WrongPassword);
    let stored = app.store.password_hash(user).await?;
    let is_stored = async |password: String| app.passwords.verify(password, Some(&stored), Lane::SignedIn).await;
    if !is_stored(change.current_password).await? {
        // Resent because the first answer was lost: it is changed already.
        if !is_stored(change.new_password).await? {
            return Err(wrong());
        }
        app.password_attempts.reset(&app.store, origin, Instant::now()).await?;
        return Ok(StatusCode::NO_CONTENT);
    }
    app.password_attempts.reset(&app.store, origin, Instant::now()).await?;
    let new = app.passwords.hash(change.new_password, Lane::SignedIn).await?;
    let mut tx = app.store.write().await?;
    // Another device may have changed it since it was checked.
    if !tx.change_password(user, &stored, &new).await? {
        return Err(wrong());
    }
    let (at, person, studio) = (clock::now(), caller.person(), caller.account.studio.id);
    tx.revoke_devices(user, Some(caller.device), at).await?;
    tx.record(Some(studio), Some(&person), AuditAct::PasswordChanged, &(&person).into(), at).await?;
    let mut by_person = EventsByPerson::default();
    by_person.sign_out_others(user, caller.device);
    commit_and_wake(&app, tx, by_person).await?;
    Ok(StatusCode::NO_CONTENT)
}
