//! Invitations: an admin gives somebody a link by which they set their password, or takes it back.
//!
//! A code is stored as a hash and sent once. Sent again, the same request gets a new one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use training::people::{AuditAct, Invitation, InvitationCode, InvitationPurpose, User};
use training::wire::Role;
use training::{Refusal, StudioId, Timestamp, UserId};
use uuid::Uuid;

use super::{Answer, Command, CommandContext, CommandError, EventsByPerson, Outcome};
use crate::accounts::hash;
use crate::clock;
use crate::http::{ApiError, Caller};
use crate::store::{NewInvitation, StoreError, Tx, UserRow, Validity};
use crate::updates::PublicUrl;

/// How long a first invitation is good for.
const INVITE_FOR: Duration = Duration::from_hours(7 * 24);
/// How long a link to set a new password is good for.
const RESET_FOR: Duration = Duration::from_hours(24);

/// Gives somebody a new invitation; somebody who has a password, a link to set a new one.
pub(crate) struct InviteUser {
    pub(crate) user: UserId,
    /// Where it leads.
    pub(crate) url: PublicUrl,
}

/// Takes somebody's invitation back.
pub(crate) struct WithdrawInvitation(pub(crate) UserId);

/// An invitation that was just stored.
pub(crate) struct Issued {
    pub(crate) id: Uuid,
    pub(crate) invitation: Invitation,
}

/// The answer as it is stored: without the code.
#[derive(Serialize, Deserialize)]
struct StoredAnswer {
    user_id: UserId,
    invitation_id: Uuid,
}

impl Command for InviteUser {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Admin)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let (studio, at) = (context.caller.account.studio.id, clock::now());
        tx.lock_studio(studio).await?;
        let row = tx.user(studio, self.user).await?.ok_or(Refusal::NotFound)?;
        if row.user.is_deactivated() {
            return Err(Refusal::Deactivated.into());
        }
        let (issued, by_person) = invite(tx, studio, Some(&context.caller.person()), &row, &self.url, at).await?;
        let stored = StoredAnswer { user_id: self.user, invitation_id: issued.id };
        let (stored, sent) = (Answer::created(&stored, None)?, Answer::created(&issued.invitation, None)?);
        Ok(Outcome::with_secret(stored, sent, by_person))
    }

    async fn perform_again(
        self,
        tx: &mut Tx,
        context: &CommandContext,
        answer: Answer,
    ) -> Result<Answer, CommandError> {
        let Some(StoredAnswer { user_id, invitation_id }) = answer.read()? else { return Ok(answer) };
        let studio = context.caller.account.studio.id;
        Ok(Answer::created(&issue_again(tx, studio, user_id, invitation_id, &self.url).await?, None)?)
    }
}

impl Command for WithdrawInvitation {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be(Role::Admin)
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let (studio, at) = (context.caller.account.studio.id, clock::now());
        tx.lock_studio(studio).await?;
        let row = tx.user(studio, self.0).await?.ok_or(Refusal::NotFound)?;
        if tx.end_invitation(self.0).await? {
            let by = context.caller.person();
            tx.record(Some(studio), Some(&by), AuditAct::InvitationWithdrawn, &(&row.user).into(), at).await?;
        }
        Ok(Outcome::new(Answer::gone(), EventsByPerson::default()))
    }
}

/// Gives an active person a new invitation. If they have a password, it is a reset, which ends their sign-ins.
pub(crate) async fn invite(
    tx: &mut Tx,
    studio: StudioId,
    by: Option<&training::Person>,
    row: &UserRow,
    url: &PublicUrl,
    at: Timestamp,
) -> Result<(Issued, EventsByPerson), StoreError> {
    let mut by_person = EventsByPerson::default();
    let issued = issue(tx, &row.user, row.has_password, url, at).await?;
    let act = if row.has_password { AuditAct::PasswordReset } else { AuditAct::UserInvited };
    tx.record(Some(studio), by, act, &(&row.user).into(), at).await?;
    if row.has_password {
        tx.revoke_devices(row.user.id, None, at).await?;
        by_person.sign_out(row.user.id);
    }
    Ok((issued, by_person))
}

/// Stores a new invitation, which voids the one before.
pub(crate) async fn issue(
    tx: &mut Tx,
    user: &User,
    has_password: bool,
    url: &PublicUrl,
    at: Timestamp,
) -> Result<Issued, StoreError> {
    let (purpose, good_for) =
        if has_password { (InvitationPurpose::Reset, RESET_FOR) } else { (InvitationPurpose::Invite, INVITE_FOR) };
    let id = Uuid::now_v7();
    let invitation = store_code(tx, user.id, id, Validity { purpose, expires_at: clock::after(at, good_for) }, url);
    Ok(Issued { id, invitation: invitation.await? })
}

/// Gives an invitation another code, because its code was sent once and not kept. It expires when it did.
pub(super) async fn issue_again(
    tx: &mut Tx,
    studio: StudioId,
    user: UserId,
    id: Uuid,
    url: &PublicUrl,
) -> Result<Invitation, CommandError> {
    tx.lock_studio(studio).await?;
    tx.user(studio, user).await?.ok_or(Refusal::NotFound)?;
    // Otherwise a copy of the request that the network kept would void a later invitation, renew one that has expired,
    // or reset a password.
    let validity = tx.invitation_validity(user, id).await?.filter(|validity| validity.expires_at > clock::now());
    Ok(store_code(tx, user, id, validity.ok_or(Refusal::InvitationEnded)?, url).await?)
}

async fn store_code(
    tx: &mut Tx,
    user: UserId,
    id: Uuid,
    validity: Validity,
    url: &PublicUrl,
) -> Result<Invitation, StoreError> {
    let code = InvitationCode::from_random(rand::random()).to_string();
    tx.put_invitation(&NewInvitation { user, id, code_hash: &hash(&code), validity }).await?;
    let Validity { purpose, expires_at } = validity;
    Ok(Invitation { link: url.join_link(&code), deep_link: url.claim_link(&code), code, purpose, expires_at })
}
