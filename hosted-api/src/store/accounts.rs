//! Studios and people.

use std::collections::HashSet;

use sqlx::FromRow;
use training::people::{fold, sort_key};
use training::wire::{Account, Locale, Role, Studio};
use training::{Person, StudioId, Timestamp, UserId};
use uuid::Uuid;

use super::{Store, StoreError, Tx, codec};

/// The columns of an account, from `users u`, its studio `s` and its trainer `tr`.
macro_rules! account_columns {
    () => {
        "u.id AS user_id, u.email, u.name, u.roles, u.locale, u.weight_unit, u.version, s.id AS studio_id, s.name AS studio_name, \
         COALESCE(s.time_zone, 'UTC') AS time_zone, tr.id AS trainer_id, tr.name AS trainer_name "
    };
}

/// That a person (by their alias) is active and has a role.
macro_rules! has_role {
    ($person:literal, $role:literal) => {
        concat!($person, ".active = 1 AND ", $person, ".roles LIKE '%\"", $role, "\"%'")
    };
}

/// That an athlete (by their alias) is trained by whom their `trainer_id` names: both are active and have their role. The
/// only place that says so; who is named there otherwise is not their trainer.
macro_rules! is_trained {
    ($athlete:literal) => {
        concat!(
            $crate::store::accounts::has_role!($athlete, "athlete"),
            " AND EXISTS (SELECT 1 FROM users trainer WHERE trainer.id = ",
            $athlete,
            ".trainer_id AND ",
            $crate::store::accounts::has_role!("trainer", "trainer"),
            ")"
        )
    };
}

/// Where the columns of an account come from, beside `users u`. A trainer who is deactivated or has lost the role
/// counts as none.
macro_rules! account_joins {
    () => {
        concat!(
            "JOIN studios s ON s.id = u.studio_id LEFT JOIN users tr ON tr.id = u.trainer_id AND ",
            $crate::store::accounts::has_role!("tr", "trainer"),
            " "
        )
    };
}

pub(super) use {account_columns, account_joins, has_role, is_trained};

/// An account as it is stored.
#[derive(FromRow)]
pub(super) struct AccountRow {
    user_id: String,
    email: String,
    name: String,
    roles: String,
    locale: String,
    weight_unit: String,
    version: i64,
    studio_id: String,
    studio_name: String,
    time_zone: String,
    trainer_id: Option<String>,
    trainer_name: Option<String>,
}

impl AccountRow {
    pub(super) fn account(self) -> Result<Account, StoreError> {
        let trainer = match (self.trainer_id, self.trainer_name) {
            (Some(id), Some(name)) => Some(Person { id: codec::id("user id", id)?, name }),
            _ => None,
        };
        Ok(Account {
            id: codec::id("user id", self.user_id)?,
            name: self.name,
            email: self.email,
            roles: codec::from_json("role", &self.roles)?,
            locale: codec::from_word("language", self.locale)?,
            weight_unit: codec::from_word("unit of weight", self.weight_unit)?,
            studio: Studio {
                id: codec::id("studio id", self.studio_id)?,
                name: self.studio_name,
                time_zone: self.time_zone,
            },
            trainer,
            version: codec::count(self.version),
        })
    }
}

/// What a sign-in is checked against.
#[derive(FromRow)]
pub(crate) struct SignInRow {
    pub(crate) password_hash: String,
    active: i64,
    #[sqlx(flatten)]
    account: AccountRow,
}

impl SignInRow {
    /// Whether somebody who knows the password may sign in with it. Who is invited has none yet.
    pub(crate) fn may_sign_in(&self) -> bool {
        self.active == 1 && !self.password_hash.is_empty()
    }

    /// Whether it is this person's.
    pub(crate) fn is_of(&self, user: UserId) -> bool {
        self.account.user_id == user.to_string()
    }

    pub(crate) fn account(self) -> Result<Account, StoreError> {
        self.account.account()
    }
}

/// A studio to add.
pub(crate) struct NewStudioRow<'a> {
    pub(crate) name: &'a str,
    pub(crate) locale: Locale,
    /// Its name in the IANA database.
    pub(crate) time_zone: &'a str,
}

/// A person to add.
pub(crate) struct NewUser<'a> {
    pub(crate) id: UserId,
    pub(crate) studio: StudioId,
    /// Trimmed and in lower case.
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    /// None for somebody who is invited and sets it later.
    pub(crate) password_hash: Option<&'a str>,
    pub(crate) roles: &'a [Role],
    pub(crate) locale: Locale,
    pub(crate) trainer: Option<UserId>,
}

impl Store {
    /// The person with this address (trimmed, lower case), even if inactive.
    pub(crate) async fn find_sign_in(&self, email: &str) -> Result<Option<SignInRow>, StoreError> {
        const SQL: &str = concat!(
            "SELECT u.password_hash, u.active, ",
            account_columns!(),
            "FROM users u ",
            account_joins!(),
            "WHERE u.email = $1"
        );
        Ok(sqlx::query_as(SQL).bind(email).fetch_optional(&self.reader).await?)
    }

    /// The hash of a person's password.
    pub(crate) async fn password_hash(&self, user: UserId) -> Result<String, StoreError> {
        let sql = "SELECT password_hash FROM users WHERE id = $1";
        Ok(sqlx::query_scalar(sql).bind(user.to_string()).fetch_one(&self.reader).await?)
    }
}

impl Store {
    /// Who the active athletes assigned to a trainer are.
    pub(crate) async fn athlete_ids_of(&self, trainer: UserId) -> Result<HashSet<UserId>, StoreError> {
        let sql = concat!("SELECT u.id FROM users u WHERE u.trainer_id = $1 AND ", is_trained!("u"));
        let rows: Vec<String> = sqlx::query_scalar(sql).bind(trainer.to_string()).fetch_all(&self.reader).await?;
        rows.into_iter().map(|id| codec::id("user id", id)).collect()
    }
}

impl Tx {
    /// Adds a studio.
    pub(crate) async fn add_studio(&mut self, studio: &NewStudioRow<'_>) -> Result<StudioId, StoreError> {
        let id = StudioId(Uuid::now_v7());
        sqlx::query("INSERT INTO studios (id, name, locale, time_zone) VALUES ($1, $2, $3, $4)")
            .bind(id.to_string())
            .bind(studio.name)
            .bind(codec::word(&studio.locale)?)
            .bind(studio.time_zone)
            .execute(&mut *self.0)
            .await?;
        Ok(id)
    }

    /// Adds a person, with an empty feed.
    pub(crate) async fn add_user(&mut self, user: &NewUser<'_>, at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO users (id, studio_id, email, name, password_hash, roles, locale, trainer_id, active, \
                   created_at, search_text, sort_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $11)";
        sqlx::query(sql)
            .bind(user.id.to_string())
            .bind(user.studio.to_string())
            .bind(user.email)
            .bind(user.name)
            .bind(user.password_hash.unwrap_or_default())
            .bind(codec::json(&user.roles)?)
            .bind(codec::word(&user.locale)?)
            .bind(user.trainer.map(|trainer| trainer.to_string()))
            .bind(at.as_millisecond())
            .bind(search_text(user.name, user.email))
            .bind(sort_key(user.name))
            .execute(&mut *self.0)
            .await?;
        self.add_feed(user.id).await
    }

    /// Replaces a person's password hash, provided that it still is `from`.
    pub(crate) async fn change_password(&mut self, user: UserId, from: &str, to: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
        let changed = sqlx::query(sql).bind(user.to_string()).bind(from).bind(to).execute(&mut *self.0).await?;
        Ok(changed.rows_affected() == 1)
    }

    /// A person's account.
    pub(crate) async fn account(&mut self, user: UserId) -> Result<Account, StoreError> {
        const SQL: &str = concat!("SELECT ", account_columns!(), "FROM users u ", account_joins!(), "WHERE u.id = $1");
        let row: AccountRow = sqlx::query_as(SQL).bind(user.to_string()).fetch_one(&mut *self.0).await?;
        row.account()
    }

    /// Locks a person if they are active: transactions that act as them wait for this one. Returns whether they are.
    pub(crate) async fn lock_user(&mut self, user: UserId) -> Result<bool, StoreError> {
        let locked = sqlx::query("UPDATE users SET active = active WHERE id = $1 AND active = 1")
            .bind(user.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(locked.rows_affected() == 1)
    }

    /// Locks a person if they may still sign in with the password of this hash; returns whether they may.
    pub(crate) async fn lock_sign_in(&mut self, user: UserId, password_hash: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET active = active WHERE id = $1 AND password_hash = $2 AND active = 1";
        let locked = sqlx::query(sql).bind(user.to_string()).bind(password_hash).execute(&mut *self.0).await?;
        Ok(locked.rows_affected() == 1)
    }

    /// Locks a studio: changes to its library and its people wait for this transaction.
    pub(crate) async fn lock_studio(&mut self, studio: StudioId) -> Result<(), StoreError> {
        sqlx::query("UPDATE studios SET name = name WHERE id = $1")
            .bind(studio.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// The active trainers and admins of a studio.
    pub(crate) async fn staff_of(&mut self, studio: StudioId) -> Result<Vec<UserId>, StoreError> {
        let sql = "SELECT id FROM users WHERE studio_id = $1 AND active = 1 \
                   AND (roles LIKE '%\"trainer\"%' OR roles LIKE '%\"admin\"%')";
        let rows: Vec<String> = sqlx::query_scalar(sql).bind(studio.to_string()).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(|id| codec::id("user id", id)).collect()
    }

    /// The active trainers of a studio.
    pub(crate) async fn trainers_of(&mut self, studio: StudioId) -> Result<Vec<UserId>, StoreError> {
        let sql = "SELECT id FROM users WHERE studio_id = $1 AND active = 1 AND roles LIKE '%\"trainer\"%'";
        let rows: Vec<String> = sqlx::query_scalar(sql).bind(studio.to_string()).fetch_all(&mut *self.0).await?;
        rows.into_iter().map(|id| codec::id("user id", id)).collect()
    }
}

/// What a person is found by.
pub(super) fn search_text(name: &str, email: &str) -> String {
    // On a line each, so that no search finds the end of one with the beginning of the other.
    format!("{}\n{}", fold(name), fold(email))
}
