//! `POST /v1/invitations/claim`: somebody sets their password with an invitation and is signed in.
//!
//! The answer is stored nowhere: it holds tokens. Sent again, the code is used, so the answer is the one for any code
//! that is of no use, and the person signs in with the password they set.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use training::people::{AuditAct, AuditKind, AuditSubject, ClaimInvitation};
use training::wire::SignedIn;
use training::{FieldCode, Findings, Person, ProblemCode};

use super::look::usable;
use crate::accounts::{MAX_NAME_CHARS, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, NewTokens, is_valid_name};
use crate::app::{App, run_to_completion};
use crate::clock;
use crate::commands::{EventsByPerson, account_changed, announce};
use crate::endpoints::auth::sign_in::signed_in;
use crate::http::{ApiError, Required};

/// Claim an invitation
///
/// Sets the password, uses the code up and signs in on this device. Every other sign-in of that person ends. A password
/// that is refused does not use the code up.
#[utoipa::path(post, path = "/v1/invitations/claim", tag = "invitations",
    request_body = ClaimInvitation,
    responses((status = 200, description = "Tokens for this device", body = SignedIn)))]
pub(crate) async fn claim_invitation(
    State(app): State<Arc<App>>,
    Required(body): Required<ClaimInvitation>,
) -> Result<Json<SignedIn>, ApiError> {
    check(&body)?;
    let unknown = || ApiError::new(ProblemCode::NotFound);
    // Looked up before the password is hashed, so that nobody without a code has the server work.
    let (hash, found) = usable(&app, &body.code).await?;
    let password_hash = app.passwords.hash(body.password).await.map_err(ApiError::internal)?;
    let (user, now, tokens) = (found.user, clock::now(), NewTokens::random());
    let mut tx = app.store.write().await?;
    tx.lock_studio(found.studio).await?;
    if !tx.lock_user(user).await? {
        return Err(unknown());
    }
    // Of many claims at once this lets one through: it deletes the invitation before the next one gets the lock.
    let invitation = tx.invitation(&hash, now).await?.ok_or_else(unknown)?;
    tx.end_invitation(user).await?;
    tx.set_password(user, &password_hash).await?;
    tx.revoke_devices(user, None, now).await?;
    tx.add_device(user, body.device_name.trim(), now, &tokens.stored(now, app.timing.access_lifetime)).await?;
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
        Ok(Json(signed_in(&app, tokens, account)))
    })
    .await
}

fn check(body: &ClaimInvitation) -> Result<(), ApiError> {
    let mut findings = Findings::default();
    let length = body.password.chars().count();
    if length < MIN_PASSWORD_CHARS {
        findings.add("/password", FieldCode::TooShort);
    } else if length > MAX_PASSWORD_CHARS {
        findings.add("/password", FieldCode::TooLong);
    }
    let device = body.device_name.trim();
    if device.is_empty() {
        findings.add("/device_name", FieldCode::Required);
    } else if body.device_name.chars().count() > MAX_NAME_CHARS {
        findings.add("/device_name", FieldCode::TooLong);
    } else if !is_valid_name(device) {
        findings.add("/device_name", FieldCode::Invalid);
    }
    Ok(findings.into_result()?)
}
