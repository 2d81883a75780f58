//! People as admins see them: found, ordered, changed.

use sqlx::{Any, Executor, FromRow};
use training::people::{User, UserStatus, fold, sort_key};
use training::wire::{Account, Locale, Role};
use training::{Person, StudioId, Timestamp, UserId, WeightUnit};

use super::accounts::{AccountRow, account_columns, account_joins, has_role, search_text};
use super::invitations::invited_at;
use super::{Store, StoreError, Tx, codec};

/// A person with what only the server knows.
pub(crate) struct UserRow {
    pub(crate) user: User,
    pub(crate) has_password: bool,
    /// Their place in a list.
    pub(crate) cursor: UserCursor,
}

/// A place in the list of a studio's people, after which a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserCursor {
    pub(crate) sort_key: String,
    pub(crate) id: UserId,
}

/// Which people are asked for.
pub(crate) struct UserFilter<'a> {
    /// Any part of their name or address.
    pub(crate) text: Option<&'a str>,
    pub(crate) role: Option<Role>,
    pub(crate) status: Option<UserStatus>,
    /// Only those after this place.
    pub(crate) after: Option<UserCursor>,
    pub(crate) limit: u32,
}

#[derive(FromRow)]
struct Row {
    active: i64,
    has_password: i64,
    last_seen_at: Option<i64>,
    invitation_id: Option<String>,
    sort_key: String,
    #[sqlx(flatten)]
    account: AccountRow,
}

/// The query that reads people.
macro_rules! select {
    ($end:literal) => {
        concat!(
            "SELECT u.active, CAST(CASE WHEN u.password_hash = '' THEN 0 ELSE 1 END AS BIGINT) AS has_password, \
             seen.at AS last_seen_at, invitations.id AS invitation_id, COALESCE(u.sort_key, '') AS sort_key, ",
            account_columns!(),
            "FROM users u ",
            account_joins!(),
            "LEFT JOIN last_seen seen ON seen.user_id = u.id LEFT JOIN invitations ON invitations.user_id = u.id ",
            $end
        )
    };
}

/// The pattern of `LIKE` that finds a text anywhere. `!` escapes.
fn contains_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in fold(text).chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A status in the columns it is stored in: whether they are active, and whether they have a password. Two for "any".
fn columns(status: Option<UserStatus>) -> (i64, i64) {
    match status {
        Some(UserStatus::Invited) => (1, 0),
        Some(UserStatus::Active) => (1, 1),
        Some(UserStatus::Deactivated) => (0, 2),
        Some(UserStatus::Unknown(_)) | None => (2, 2),
    }
}

impl Row {
    fn read(self) -> Result<UserRow, StoreError> {
        let has_password = self.has_password == 1;
        let status = match (self.active == 1, has_password) {
            (false, _) => UserStatus::Deactivated,
            (true, false) => UserStatus::Invited,
            (true, true) => UserStatus::Active,
        };
        let Account { id, name, email, roles, locale, trainer, version, .. } = self.account.account()?;
        let last_seen_at = self.last_seen_at.map(codec::instant).transpose()?;
        let invited_at =
            self.invitation_id.map(|id| codec::id("invitation id", id).and_then(invited_at)).transpose()?;
        Ok(UserRow {
            user: User { id, name, email, roles, locale, trainer, status, last_seen_at, invited_at, version },
            has_password,
            cursor: UserCursor { sort_key: self.sort_key, id },
        })
    }
}

impl Store {
    /// Fills in what people and studios stored by an earlier version lack: search text, order, time zone.
    pub(super) async fn fill_people(&self) -> Result<(), StoreError> {
        let sql = "SELECT (SELECT COUNT(*) FROM users WHERE sort_key IS NULL OR search_text IS NULL) \
                   + (SELECT COUNT(*) FROM studios WHERE time_zone IS NULL)";
        let missing: i64 = sqlx::query_scalar(sql).fetch_one(&self.reader).await?;
        // Usually none: then no start of a server takes the lock on writing.
        if missing == 0 {
            return Ok(());
        }
        let mut tx = self.write().await?;
        let sql = "UPDATE studios SET time_zone = $1 WHERE time_zone IS NULL";
        sqlx::query(sql).bind(crate::clock::time_zone()).execute(&mut *tx.0).await?;
        let sql = "SELECT id, name, email FROM users WHERE sort_key IS NULL OR search_text IS NULL ORDER BY id";
        let rows: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(&mut *tx.0).await?;
        for (id, name, email) in rows {
            // Only if it is still called that.
            let sql = "UPDATE users SET search_text = $2, sort_key = $3 WHERE id = $1 AND name = $4 AND email = $5";
            sqlx::query(sql)
                .bind(id)
                .bind(search_text(&name, &email))
                .bind(sort_key(&name))
                .bind(name)
                .bind(email)
                .execute(&mut *tx.0)
                .await?;
        }
        tx.commit().await
    }
}

async fn find_user(
    executor: impl Executor<'_, Database = Any>,
    studio: StudioId,
    id: UserId,
) -> Result<Option<UserRow>, StoreError> {
    const SQL: &str = select!("WHERE u.studio_id = $1 AND u.id = $2 AND u.erased_at IS NULL");
    let row: Option<Row> =
        sqlx::query_as(SQL).bind(studio.to_string()).bind(id.to_string()).fetch_optional(executor).await?;
    row.map(Row::read).transpose()
}

impl Store {
    /// One person of a studio.
    pub(crate) async fn user(&self, studio: StudioId, id: UserId) -> Result<Option<UserRow>, StoreError> {
        find_user(&self.reader, studio, id).await
    }

    /// A studio's people, by name.
    pub(crate) async fn users(&self, studio: StudioId, filter: &UserFilter<'_>) -> Result<Vec<UserRow>, StoreError> {
        const SQL: &str = select!(
            "WHERE u.studio_id = $1 AND u.erased_at IS NULL AND (u.sort_key, u.id) > ($2, $3) \
             AND u.search_text LIKE $4 ESCAPE '!' AND u.roles LIKE $5 AND ($6 = 2 OR u.active = $6) \
             AND ($7 = 2 OR CASE WHEN u.password_hash = '' THEN 0 ELSE 1 END = $7) \
             ORDER BY u.sort_key, u.id LIMIT $8"
        );
        let (active, has_password) = columns(filter.status);
        let rows: Vec<Row> = sqlx::query_as(SQL)
            .bind(studio.to_string())
            .bind(filter.after.as_ref().map_or("", |cursor| &cursor.sort_key))
            .bind(filter.after.as_ref().map_or_else(String::new, |cursor| cursor.id.to_string()))
            .bind(contains_pattern(filter.text.unwrap_or_default()))
            .bind(filter.role.map_or_else(|| "%".to_owned(), |role| format!("%\"{}\"%", role.as_str())))
            .bind(active)
            .bind(has_password)
            .bind(i64::from(filter.limit))
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(Row::read).collect()
    }
}

/// For the doctor.
impl Store {
    /// How many admins can sign in, in all studios.
    pub(crate) async fn active_admins(&self) -> Result<i64, StoreError> {
        let sql = "SELECT COUNT(*) FROM users WHERE active = 1 AND password_hash <> '' AND roles LIKE '%\"admin\"%'";
        Ok(sqlx::query_scalar(sql).fetch_one(&self.reader).await?)
    }

    /// The last instant at which a server wrote something for somebody.
    pub(crate) async fn newest_instant(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT MAX(at) FROM (SELECT MAX(at) AS at FROM feed_events UNION ALL \
                   SELECT MAX(at) AS at FROM last_seen UNION ALL SELECT MAX(at) AS at FROM audit) newest";
        let newest: Option<i64> = sqlx::query_scalar(sql).fetch_one(&self.reader).await?;
        newest.map(codec::instant).transpose()
    }
}

impl Tx {
    /// One person of a studio.
    pub(crate) async fn user(&mut self, studio: StudioId, id: UserId) -> Result<Option<UserRow>, StoreError> {
        find_user(&mut *self.0, studio, id).await
    }

    /// Whether there is a person with this id anywhere.
    pub(crate) async fn knows_user(&mut self, id: UserId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM users WHERE id = $1";
        let found: i64 = sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }

    /// Who has this address (trimmed, lower case), in whatever studio: their id and their studio's.
    pub(crate) async fn owner_of(&mut self, email: &str) -> Result<Option<(UserId, StudioId)>, StoreError> {
        let sql = "SELECT id, studio_id FROM users WHERE email = $1";
        let row: Option<(String, String)> = sqlx::query_as(sql).bind(email).fetch_optional(&mut *self.0).await?;
        row.map(|(user, studio)| Ok((codec::id("user id", user)?, codec::id("studio id", studio)?))).transpose()
    }

    /// An active trainer of a studio.
    pub(crate) async fn trainer(&mut self, studio: StudioId, id: UserId) -> Result<Option<Person>, StoreError> {
        let sql =
            concat!("SELECT u.name FROM users u WHERE u.studio_id = $1 AND u.id = $2 AND ", has_role!("u", "trainer"));
        let name: Option<String> =
            sqlx::query_scalar(sql).bind(studio.to_string()).bind(id.to_string()).fetch_optional(&mut *self.0).await?;
        Ok(name.map(|name| Person { id, name }))
    }

    /// Whether a studio has an active admin other than this person. Who has no password yet is none.
    pub(crate) async fn has_other_admin(&mut self, studio: StudioId, but: UserId) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) FROM users WHERE studio_id = $1 AND id <> $2 AND active = 1 AND password_hash <> '' \
                   AND roles LIKE '%\"admin\"%'";
        let found: i64 =
            sqlx::query_scalar(sql).bind(studio.to_string()).bind(but.to_string()).fetch_one(&mut *self.0).await?;
        Ok(found > 0)
    }

    /// The language of a studio.
    pub(crate) async fn studio_locale(&mut self, studio: StudioId) -> Result<Locale, StoreError> {
        let sql = "SELECT locale FROM studios WHERE id = $1";
        let word: String = sqlx::query_scalar(sql).bind(studio.to_string()).fetch_one(&mut *self.0).await?;
        codec::from_word("language", word)
    }

    /// Stores a person as they are now.
    pub(crate) async fn save_user(&mut self, user: &User) -> Result<(), StoreError> {
        let sql = "UPDATE users SET name = $2, email = $3, roles = $4, locale = $5, trainer_id = $6, active = $7, \
                   version = $8, search_text = $9, sort_key = $10 WHERE id = $1";
        sqlx::query(sql)
            .bind(user.id.to_string())
            .bind(&user.name)
            .bind(&user.email)
            .bind(codec::json(&user.roles)?)
            .bind(codec::word(&user.locale)?)
            .bind(user.trainer.as_ref().map(|trainer| trainer.id.to_string()))
            .bind(i64::from(!user.is_deactivated()))
            .bind(codec::number(user.version))
            .bind(search_text(&user.name, &user.email))
            .bind(sort_key(&user.name))
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Sets the unit of weights of a person. Whoever does so saves them with another version.
    pub(crate) async fn set_weight_unit(&mut self, user: UserId, unit: WeightUnit) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET weight_unit = $2 WHERE id = $1")
            .bind(user.to_string())
            .bind(unit.as_str())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Sets a person's password, which raises the version of their account, as their status may change.
    pub(crate) async fn set_password(&mut self, user: UserId, hash: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET password_hash = $2, version = version + 1 WHERE id = $1")
            .bind(user.to_string())
            .bind(hash)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Raises the versions of the accounts that name this trainer; returns those of people who are active.
    pub(crate) async fn raise_athletes_of(&mut self, trainer: UserId) -> Result<Vec<UserId>, StoreError> {
        let sql = "UPDATE users SET version = version + 1 WHERE trainer_id = $1 RETURNING id, active";
        let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(trainer.to_string()).fetch_all(&mut *self.0).await?;
        rows.into_iter().filter(|(_, active)| *active == 1).map(|(id, _)| codec::id("user id", id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_pattern_is_searched_as_it_is() {
        assert_eq!(contains_pattern("50%_Ö!"), "%50!%!_o!!%");
        assert_eq!(contains_pattern(""), "%%");
    }
}
