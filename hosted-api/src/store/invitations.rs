//! Invitations. Only hashes of codes ever get here.

use sqlx::FromRow;
use training::people::{InvitationPreview, InvitationPurpose, StudioName};
use training::{StudioId, Timestamp, UserId};
use uuid::Uuid;

use super::{Store, StoreError, Tx, codec};

/// An invitation to store.
pub(crate) struct NewInvitation<'a> {
    pub(crate) user: UserId,
    pub(crate) id: Uuid,
    pub(crate) code_hash: &'a str,
    pub(crate) validity: Validity,
}

/// What an invitation is good for, and until when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    pub(crate) purpose: InvitationPurpose,
    pub(crate) expires_at: Timestamp,
}

/// An invitation, with whose it is.
pub(crate) struct InvitationRow {
    pub(crate) user: UserId,
    pub(crate) studio: StudioId,
    pub(crate) preview: InvitationPreview,
}

#[derive(FromRow)]
struct Row {
    user_id: String,
    studio_id: String,
    purpose: String,
    expires_at: i64,
    name: String,
    email: String,
    locale: String,
    studio_name: String,
}

/// When the invitation with this id was made: the id begins with it.
pub(crate) fn invited_at(id: Uuid) -> Result<Timestamp, StoreError> {
    let made = id.get_timestamp().ok_or_else(|| codec::unreadable("invitation id", "without a time"))?;
    let (seconds, nanoseconds) = made.to_unix();
    codec::instant(codec::number(seconds.saturating_mul(1_000)).saturating_add(i64::from(nanoseconds / 1_000_000)))
}

/// Finds an invitation that somebody could use.
const FIND: &str = "SELECT i.user_id, i.purpose, i.expires_at, u.studio_id, u.name, u.email, u.locale, \
                    s.name AS studio_name FROM invitations i JOIN users u ON u.id = i.user_id \
                    JOIN studios s ON s.id = u.studio_id \
                    WHERE i.code_hash = $1 AND i.expires_at > $2 AND u.active = 1";

impl Row {
    fn read(self) -> Result<InvitationRow, StoreError> {
        Ok(InvitationRow {
            user: codec::id("user id", self.user_id)?,
            studio: codec::id("studio id", self.studio_id)?,
            preview: InvitationPreview {
                purpose: codec::from_word("purpose", self.purpose)?,
                name: self.name,
                email: self.email,
                studio: StudioName { name: self.studio_name },
                locale: codec::from_word("language", self.locale)?,
                expires_at: codec::instant(self.expires_at)?,
            },
        })
    }
}

impl Store {
    /// The invitation whose code has this hash, if it can be used now.
    pub(crate) async fn invitation(&self, hash: &str, now: Timestamp) -> Result<Option<InvitationRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(FIND).bind(hash).bind(now.as_millisecond()).fetch_optional(&self.reader).await?;
        row.map(Row::read).transpose()
    }
}

impl Tx {
    /// The same, within a transaction that has locked the person.
    pub(crate) async fn invitation(&mut self, hash: &str, now: Timestamp) -> Result<Option<InvitationRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as(FIND).bind(hash).bind(now.as_millisecond()).fetch_optional(&mut *self.0).await?;
        row.map(Row::read).transpose()
    }

    /// What this invitation is good for, even if it has expired; none if it was used, taken back or replaced.
    pub(crate) async fn invitation_validity(&mut self, user: UserId, id: Uuid) -> Result<Option<Validity>, StoreError> {
        let sql = "SELECT purpose, expires_at FROM invitations WHERE user_id = $1 AND id = $2";
        let row: Option<(String, i64)> =
            sqlx::query_as(sql).bind(user.to_string()).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        row.map(|(purpose, expires_at)| {
            let (purpose, expires_at) = (codec::from_word("purpose", purpose)?, codec::instant(expires_at)?);
            Ok(Validity { purpose, expires_at })
        })
        .transpose()
    }

    /// Stores a person's invitation, in place of the one before.
    pub(crate) async fn put_invitation(&mut self, invitation: &NewInvitation<'_>) -> Result<(), StoreError> {
        let sql = "INSERT INTO invitations (user_id, id, code_hash, purpose, expires_at) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (user_id) DO UPDATE SET id = $2, code_hash = $3, purpose = $4, expires_at = $5";
        sqlx::query(sql)
            .bind(invitation.user.to_string())
            .bind(invitation.id.to_string())
            .bind(invitation.code_hash)
            .bind(codec::word(&invitation.validity.purpose)?)
            .bind(invitation.validity.expires_at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Ends a person's invitation; returns whether there was one.
    pub(crate) async fn end_invitation(&mut self, user: UserId) -> Result<bool, StoreError> {
        let sql = "DELETE FROM invitations WHERE user_id = $1";
        let ended = sqlx::query(sql).bind(user.to_string()).execute(&mut *self.0).await?;
        Ok(ended.rows_affected() == 1)
    }
}
