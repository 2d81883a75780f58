//! `POST /v1/invitations/claim`: somebody sets their password with an invitation and is signed in.
//!
//! The answer is stored nowhere: it holds tokens. Sent again, the code is used, so the answer is the one for any code
//! that is of no use, and the person signs in with the password they set.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::State;
use training::people::{AuditAct, AuditKind, AuditSubject, ClaimInvitation};
use training::wire::SignedIn;
use training::{FieldCode, Person, ProblemCode, UserId};

use super::look::usable;
use crate::accounts::{self, Guesser, Lane, NewTokens, check_new_password, hash, new_device_token};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::commands::{EventsByPerson, account_changed, announce};
use crate::endpoints::auth::sign_in::signed_in;
use crate::http::{ApiError, FromAnyone};
use crate::store::StoreError;

/// Claim an invitation
///
/// Sets the password, uses the code up and signs in on this device. Every other sign-in of that person ends. The
/// password is none of the most common ones, and contains neither name nor address; one that is refused does not use the
/// code up. A code has ten tries, and one more every thirty seconds. The body has at most 16 KiB and takes at most ten
/// seconds.
#[utoipa::path(post, path = "/v1/invitations/claim", tag = "invitations",
    request_body = ClaimInvitation,
    responses((status = 200, description = "Tokens for this device", body = SignedIn)))]
pub(crate) async fn claim_invitation(
    State(app): State<Arc<App>>,
    FromAnyone(body): FromAnyone<ClaimInvitation>,
) -> Result<Json<SignedIn>, ApiError> {
    let device = &device_name(&body.device_name)?;
    let unknown = || ApiError::new(ProblemCode::NotFound);
    // Looked up before the password is hashed, so that nobody without a code has the server work.
    let (code_hash, found) = usable(&app, &body.code).await?;
    check_new_password(&body.password, &found.preview.name, &found.preview.email)
        .map_err(|code| ApiError::invalid_field("/password", code))?;
    // Whoever has a code is as good as known: they wait for nobody who guesses, and can't keep the others waiting.
    app.guesses
        .take(Guesser::Known(&code_hash), Instant::now())
        .map_err(|wait| ApiError::new(ProblemCode::TooManyAttempts).retry_after(wait))?;
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
    tx.add_device(user, device, now, &tokens.stored(now, app.timing.access_lifetime)).await?;
    // The others stay known: what a device's token is good for, it is also after a reset.
    tx.know_device(user, &hash(&device_token), now).await?;
    let person = Person { id: user, name: invitation.preview.name };
    let on = AuditSubject { kind: AuditKind::User, id: user.to_string(), name: person.name.clone() };
    tx.record(Some(found.studio), Some(&person), AuditAct::InvitationClaimed, &on, now).await?;
    let mut by_person = EventsByPerson::default();
    by_person.add(user, account_changed(&mut tx, user, now).await?);
    by_person.sign_out(user);
    let account = tx.account(user).await?;
    let announcement = announce(&mut tx, by_person).await?;
    run_to_completion(async move {
        tx.commit().await?;
        announcement.wake(&app);
        let answer = signed_in(&app, tokens, account);
        Ok(Json(SignedIn { device_token: Some(device_token), ..answer }))
    })
    .await
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

/// The name of the device, as it is stored.
fn device_name(typed: &str) -> Result<String, ApiError> {
    accounts::name(typed).map_err(|code| {
        let code = if code == FieldCode::TooShort { FieldCode::Required } else { code };
        ApiError::invalid_field("/device_name", code)
    })
}
