//! Erasing a person. Every table is named here: it is emptied of them, or rewritten, or has nothing personal
//! ([`TABLES`]); a test compares that with the tables there are.
//!
//! Deliberately absent: what a database keeps of deleted rows in its files (`overwrite.rs`), and the rules.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use training::{Person, Session, SessionId, StudioId, Timestamp, UploadId, UserId};
use uuid::Uuid;

use super::session_format::format_of;
use super::{Store, StoreError, Tx, codec};

/// What becomes of a table's rows when somebody is erased.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// They are deleted by this statement.
    Deleted(&'static str),
    /// They are rewritten, or deleted one by one, by a function of this file or of `imports/erasing.rs`.
    Rewritten,
    /// They have nothing personal.
    Impersonal,
}

/// The statement that deletes a person's rows.
macro_rules! delete {
    ($table:literal, $condition:literal) => {
        ($table, Fate::Deleted(concat!("DELETE FROM ", $table, " WHERE ", $condition)))
    };
}

/// Every table. Rows that refer to others are deleted before these.
const TABLES: &[(&str, Fate)] = &[
    delete!("access_tokens", "device_id IN (SELECT id FROM devices WHERE user_id = $1)"),
    delete!("refresh_tokens", "device_id IN (SELECT id FROM devices WHERE user_id = $1)"),
    delete!("devices", "user_id = $1"),
    delete!("known_devices", "user_id = $1"),
    delete!("last_seen", "user_id = $1"),
    delete!("invitations", "user_id = $1"),
    delete!("notes", "session_id IN (SELECT id FROM sessions WHERE athlete_id = $1 OR trainer_id = $1)"),
    delete!("done_sets", "athlete_id = $1"),
    delete!("session_facts", "athlete_id = $1"),
    delete!("athlete_bests", "athlete_id = $1"),
    delete!("weights", "athlete_id = $1"),
    delete!("imported_sessions", "import_id IN (SELECT id FROM imports WHERE athlete_id = $1)"),
    delete!("imports", "athlete_id = $1"),
    delete!("import_mapping_athletes", "athlete_id = $1"),
    delete!("athlete_records", "athlete_id = $1"),
    delete!("journal_entries", "athlete_id = $1"),
    delete!("uploads", "user_id = $1"),
    delete!("idempotency", "user_id = $1"),
    delete!("feed_events", "user_id = $1"),
    ("users", Fate::Rewritten),
    ("sessions", Fate::Rewritten),
    ("rounds", Fate::Rewritten),
    ("templates", Fate::Rewritten),
    ("feeds", Fate::Rewritten),
    ("audit", Fate::Rewritten),
    ("unfinished_erasures", Fate::Rewritten),
    // Of both, what only their imports brought.
    ("exercises", Fate::Rewritten),
    ("import_mappings", Fate::Rewritten),
    ("studios", Fate::Impersonal),
    ("videos", Fate::Impersonal),
    ("blobs", Fate::Impersonal),
    ("releases", Fate::Impersonal),
    ("artefacts", Fate::Impersonal),
    ("data_directory", Fate::Impersonal),
    ("write_checks", Fate::Impersonal),
    // Hashes, which are gone within the hour.
    ("shared_limits", Fate::Impersonal),
];

/// What tells that a stored text is about a person: their id, or one of their sessions.
pub(crate) struct Traces {
    pub(crate) person: UserId,
    pub(crate) sessions: HashSet<SessionId>,
}

impl Traces {
    fn are_in(&self, text: &str) -> bool {
        const SESSION: &str = "\"session_id\":\"";
        let session_of = |at: usize| text.get(at + SESSION.len()..)?.get(..Uuid::nil().hyphenated().to_string().len());
        let named = text.match_indices(SESSION).filter_map(|(at, _)| session_of(at)?.parse::<Uuid>().ok());
        text.contains(&self.person.to_string()) || named.map(SessionId).any(|id| self.sessions.contains(&id))
    }
}

/// Where the bytes of an upload are.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UploadFiles {
    /// In the file of an upload with this id.
    pub(crate) id: UploadId,
    /// In the file of this studio with this hash, if it is complete. Others may have the same bytes.
    pub(crate) finished: Option<(StudioId, String)>,
}

/// The pattern of `LIKE` for texts in which this person is.
fn naming(person: UserId) -> String {
    format!("%{person}%")
}

impl Tx {
    /// Locks a person, also one who is deactivated.
    pub(crate) async fn lock_person(&mut self, person: UserId) -> Result<(), StoreError> {
        let sql = "UPDATE users SET active = active WHERE id = $1";
        sqlx::query(sql).bind(person.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    /// Rewrites a session that was locked in this transaction, because somebody is erased who was in it. What is derived
    /// from it is left as it is stored, and counts as that of this version; if it was not derived yet, it still has to
    /// be, unless the athlete is erased.
    pub(crate) async fn rewrite_session(&mut self, session: &Session, erased: UserId) -> Result<(), StoreError> {
        // On the right of an assignment stands what the row had before.
        let sql = "UPDATE sessions SET status = $2, version = $3, \
                   sets_version = CASE WHEN sets_version = version OR athlete_id = $7 THEN $3 ELSE sets_version END, \
                   projected_version = CASE WHEN projected_version = version OR athlete_id = $7 THEN $3 \
                   ELSE projected_version END, ended_at = $4, document = $5, format = $6 WHERE id = $1";
        sqlx::query(sql)
            .bind(session.id.to_string())
            .bind(codec::word(&session.status)?)
            .bind(codec::number(session.version))
            .bind(session.ended_at.map(Timestamp::as_millisecond))
            .bind(codec::json(session)?)
            .bind(format_of(session))
            .bind(erased.to_string())
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }

    /// Deletes a session of which nothing else is left: no sets, notes or facts.
    pub(crate) async fn delete_emptied_session(&mut self, session: SessionId) -> Result<(), StoreError> {
        for sql in ["DELETE FROM rounds WHERE session_id = $1", "DELETE FROM sessions WHERE id = $1"] {
            sqlx::query(sql).bind(session.to_string()).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// Deletes a person's rows; returns how many in each table.
    pub(crate) async fn delete_rows_of(&mut self, person: UserId) -> Result<BTreeMap<&'static str, u64>, StoreError> {
        let mut deleted = BTreeMap::new();
        for (table, fate) in TABLES {
            if let Fate::Deleted(sql) = fate {
                let done = sqlx::query(*sql).bind(person.to_string()).execute(&mut *self.0).await?;
                deleted.insert(*table, done.rows_affected());
            }
        }
        Ok(deleted)
    }

    /// The uploads of a person, with the files that complete ones became.
    pub(crate) async fn uploads_of(&mut self, person: UserId) -> Result<Vec<UploadFiles>, StoreError> {
        let sql = "SELECT id, studio_id, hash, complete FROM uploads WHERE user_id = $1";
        let rows: Vec<(String, String, String, i64)> =
            sqlx::query_as(sql).bind(person.to_string()).fetch_all(&mut *self.0).await?;
        let read = |(id, studio, hash, complete)| {
            let studio = codec::id("studio id", studio)?;
            Ok(UploadFiles { id: codec::id("upload id", id)?, finished: (complete == 1).then_some((studio, hash)) })
        };
        rows.into_iter().map(read).collect()
    }

    /// Deletes a trainer's templates that nobody else sees, and gives the shared ones to `heir`; without one, they are
    /// deleted too. Returns how many were deleted, and how many have another owner.
    pub(crate) async fn give_templates(
        &mut self,
        owner: UserId,
        heir: Option<UserId>,
    ) -> Result<(u64, u64), StoreError> {
        let sql = "UPDATE templates SET owner_id = $2, version = version + 1 WHERE owner_id = $1 AND shared = 1";
        let given = match heir {
            Some(heir) => {
                let given = sqlx::query(sql).bind(owner.to_string()).bind(heir.to_string());
                given.execute(&mut *self.0).await?.rows_affected()
            }
            None => 0,
        };
        let sql = "SELECT COUNT(*) FROM templates WHERE owner_id = $1 AND deleted = 0";
        let own: i64 = sqlx::query_scalar(sql).bind(owner.to_string()).fetch_one(&mut *self.0).await?;
        let sql = "DELETE FROM templates WHERE owner_id = $1";
        sqlx::query(sql).bind(owner.to_string()).execute(&mut *self.0).await?;
        Ok((codec::count(own), given))
    }

    /// Replaces the stored answers in which somebody is found, of whoever got them; returns how many.
    pub(crate) async fn replace_answers(
        &mut self,
        studio: StudioId,
        traces: &Traces,
        answer: &str,
    ) -> Result<u64, StoreError> {
        let sql = "SELECT i.user_id, i.idem_key, i.answer FROM idempotency i JOIN users u ON u.id = i.user_id \
                   WHERE u.studio_id = $1 AND i.answer IS NOT NULL AND (i.answer LIKE $2 OR i.answer LIKE $3)";
        let mut found = Vec::new();
        // One after the other: there may be very many.
        let query = sqlx::query_as(sql).bind(studio.to_string()).bind(naming(traces.person));
        let mut rows = query.bind("%\"session_id\":%").fetch(&mut *self.0);
        while let Some((user, key, stored)) = rows.try_next().await? {
            let (user, key, stored): (String, String, String) = (user, key, stored);
            if traces.are_in(&stored) {
                found.push((user, key));
            }
        }
        drop(rows);
        for (user, key) in &found {
            let sql = "UPDATE idempotency SET answer = $3 WHERE user_id = $1 AND idem_key = $2";
            sqlx::query(sql).bind(user).bind(key).bind(answer).execute(&mut *self.0).await?;
        }
        Ok(found.len() as u64)
    }

    /// The people of a studio in whose feeds somebody is.
    pub(crate) async fn feeds_naming(
        &mut self,
        studio: StudioId,
        person: UserId,
    ) -> Result<BTreeSet<UserId>, StoreError> {
        let sql = "SELECT DISTINCT e.user_id FROM feed_events e JOIN users u ON u.id = e.user_id \
                   WHERE u.studio_id = $1 AND e.body LIKE $2";
        let query = sqlx::query_scalar(sql).bind(studio.to_string()).bind(naming(person));
        let users: Vec<String> = query.fetch_all(&mut *self.0).await?;
        users.into_iter().map(|id| codec::id("user id", id)).collect()
    }

    /// Gives these people's feeds a new epoch and an empty past, in the order of their ids: whoever follows one takes a
    /// snapshot, which replaces all they have.
    pub(crate) async fn start_new_epochs(&mut self, people: &BTreeSet<UserId>) -> Result<(), StoreError> {
        for person in people {
            sqlx::query("UPDATE feeds SET epoch = $2, floor = head WHERE user_id = $1")
                .bind(person.to_string())
                .bind(Uuid::now_v7().simple().to_string())
                .execute(&mut *self.0)
                .await?;
            let sql = "DELETE FROM feed_events WHERE user_id = $1";
            sqlx::query(sql).bind(person.to_string()).execute(&mut *self.0).await?;
        }
        Ok(())
    }

    /// Leaves of a person what others refer to: a row without anything of theirs, under this name.
    pub(crate) async fn erase_user(&mut self, person: &Person, at: Timestamp) -> Result<(), StoreError> {
        let Person { id, name } = person;
        let sql = "UPDATE users SET email = $2, name = $3, password_hash = '', roles = '[]', locale = 'en', \
                   trainer_id = NULL, active = 0, created_at = $4, erased_at = $4, search_text = '', sort_key = '', \
                   version = version + 1 WHERE id = $1";
        sqlx::query(sql)
            .bind(id.to_string())
            // It is no address, and nobody else's.
            .bind(format!("erased {id}"))
            .bind(name)
            .bind(at.as_millisecond())
            .execute(&mut *self.0)
            .await?;
        for sql in [
            "UPDATE audit SET by_name = $2 WHERE by_id = $1",
            "UPDATE audit SET on_name = $2 WHERE on_kind = 'user' AND on_id = $1",
            "UPDATE journal_entries SET by_name = $2 WHERE by_id = $1",
            "UPDATE imports SET by_name = $2 WHERE by_id = $1",
            "UPDATE imports SET taken_back_by_name = $2 WHERE taken_back_by_id = $1",
        ] {
            sqlx::query(sql).bind(id.to_string()).bind(name).execute(&mut *self.0).await?;
        }
        let sql = "UPDATE users SET trainer_id = NULL, version = version + 1 WHERE trainer_id = $1";
        sqlx::query(sql).bind(id.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    /// Notes what is left to do once this transaction has been committed.
    pub(crate) async fn note_unfinished(&mut self, person: UserId, uploads: &[UploadFiles]) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO unfinished_erasures (user_id, uploads) VALUES ($1, $2)")
            .bind(person.to_string())
            .bind(codec::json(&uploads)?)
            .execute(&mut *self.0)
            .await?;
        Ok(())
    }
}

impl Store {
    /// The erasures of which something is left to do, with the uploads whose files are to be removed.
    pub(crate) async fn unfinished_erasures(&self) -> Result<Vec<(UserId, Vec<UploadFiles>)>, StoreError> {
        let sql = "SELECT user_id, uploads FROM unfinished_erasures ORDER BY user_id";
        let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&self.reader).await?;
        let read = |(user, uploads): (String, String)| {
            Ok((codec::id("user id", user)?, codec::from_json("uploads", &uploads)?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Notes that nothing is left to do of these erasures.
    pub(crate) async fn finish_erasures(&self, people: &[UserId]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for person in people {
            let sql = "DELETE FROM unfinished_erasures WHERE user_id = $1";
            sqlx::query(sql).bind(person.to_string()).execute(&mut *tx.0).await?;
        }
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::TestDatabase;

    #[tokio::test]
    async fn it_is_decided_for_every_table_what_becomes_of_it() {
        let database = TestDatabase::sqlite();
        let store = Store::connect(&database.url()).await.expect("it opens");
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
                   AND name <> '_sqlx_migrations'";
        let there: Vec<String> = sqlx::query_scalar(sql).fetch_all(&store.reader).await.expect("a list");
        store.close().await;
        database.remove().await;
        let decided: BTreeSet<String> = TABLES.iter().map(|(table, _)| (*table).to_owned()).collect();
        assert_eq!(there.into_iter().collect::<BTreeSet<_>>(), decided, "decide what becomes of a new table");
    }

    #[test]
    fn a_text_is_about_somebody_if_it_names_them_or_their_session() {
        let (person, session) = (UserId(Uuid::now_v7()), SessionId(Uuid::now_v7()));
        let traces = Traces { person, sessions: HashSet::from([session]) };
        assert!(traces.are_in(&format!(r#"{{"athlete":{{"id":"{person}"}}}}"#)));
        assert!(traces.are_in(&format!(r#"{{"a":{{"session_id":"{}"}},"session_id":"{session}"}}"#, Uuid::now_v7())));
        for other in ["", r#"{"session_id":""}"#, r#"{"session_id":"ä"#, &format!(r#"{{"id":"{session}"}}"#)] {
            assert!(!traces.are_in(other), "{other}");
        }
    }
}
