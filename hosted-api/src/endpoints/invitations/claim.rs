//! `POST /v1/invitations/claim`: somebody sets their password with an invitation and is signed in.
//!
//! The answer is stored nowhere: it holds tokens. Sent again, the code is used, so the answer is the one for any code
//! that is of no use, and the person signs in with the password they set.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use training::people::{AuditAct, ClaimInvitation, display_name};
use training::wire::SignedIn;
use training::{Event, Person, ProblemCode, UserId};

use super::look::find_usable;
use crate::accounts::{AttemptOrigin, Lane, NewTokens, check_new_password, hash, new_device_token};
use crate::app::App;
use crate::clock;
use crate::commands::{EventsByPerson, commit_and_wake};
use crate::endpoints::auth::sign_in::signed_in;
use crate::http::{AnonymousBody, ApiError};
use crate::store::StoreError;

/// Claim an invitation
///
/// Sets the password, uses the code up and signs in on this device. Every other sign-in of that person ends. The
/// password is none of the most common ones, and contains neither name nor address; one that is refused does not use the
/// code up. A code has ten attempts, and one more every thirty seconds. The body has at most 16 KiB and takes at most
/// ten seconds.
#[utoipa::path(post, path = "/v1/invitations/claim", tag = "invitations",
    request_body = ClaimInvitation,
    responses((status = 200, description = "Tokens for this device", body = SignedIn)))]
pub(crate) async fn claim_invitation(
    State(app): State<Arc<App>>,
    AnonymousBody(body): AnonymousBody<ClaimInvitation>,
) -> Result<Json<SignedIn>, ApiError> {
    let device = display_name(&body.device_name).map_err(|code| ApiError::invalid_field("/device_name", code))?;
    let unknown = || ApiError::new(ProblemCode::NotFound);
    // Looked up before the password is hashed, so that nobody without a code makes the server work.
    let (code_hash, found) = find_usable(&app, &body.code).await?;
    check_new_password(&body.password, &found.preview.name, &found.preview.email)
        .map_err(|code| ApiError::invalid_field("/password", code))?;
    // Whoever has a code is as good as known: they wait for nobody who guesses, and can't keep the others waiting.
    app.password_attempts.take(&app.store, AttemptOrigin::KnownDevice(&code_hash), Instant::now()).await?;
    let password_hash = app.passwords.hash(body.password, Lane::KnownDevice).await?;
    let device_token = device_token(&app, found.user, body.device_token).await?;
    let (user, now, tokens) = (found.user, clock::now(), NewTokens::random());
    let mut tx = app.store.write().await?;
    tx.lock_studio(found.studio).await?;
    if !tx.lock_user(user).await? {
        return Err(unknown());
    }
    // Of many claims at once this lets one through: it deletes the invitation before the next one gets the lock.
    let invitation = tx.invitation(&code_hash, now).await?.ok_or_else(unknown)?;
    tx.end_invitation(user).await?;
    tx.set_password(user, &password_hash).await?;
    tx.revoke_devices(user, None, now).await?;
    tx.add_device(user, &device, now, &tokens.stored(now, app.timing.lifetimes)).await?;
    // The others stay known: what a device's token is good for, it is also after a reset.
    tx.remember_device(user, &hash(&device_token), now).await?;
    let person = Person { id: user, name: invitation.preview.name };
    tx.record(Some(found.studio), Some(&person), AuditAct::InvitationClaimed, &(&person).into(), now).await?;
    let account = tx.account(user).await?;
    let mut by_person = EventsByPerson::default();
    by_person.add(user, Event::AccountChanged { at: now, account: Box::new(account.clone()) });
    by_person.sign_out(user);
    commit_and_wake(&app, tx, by_person).await?;
    let answer = signed_in(&app, tokens, account);
    Ok(Json(SignedIn { device_token: Some(device_token), ..answer }))
}

/// The token this device has been known to the person's account by, or else a new one.
async fn device_token(app: &App, user: UserId, said: Option<String>) -> Result<String, StoreError> {
    if let Some(token) = said
        && app.store.known_device_of(&hash(&token)).await? == Some(user)
    {
        return Ok(token);
    }
    Ok(new_device_token())
}
