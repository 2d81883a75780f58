//! What an export reads: an athlete's sessions a page at a time, so that five years of them need no memory, and what
//! trainers wrote about the athlete.

use training::{JournalEntry, Note, Session, SessionId, StudioId, Template, UserId, Weight, WeightUnit};

use super::session_format::FORMAT;
use super::{Store, StoreError, codec};

/// How many sessions are read at once. Each is at most a few hundred kilobytes.
const PAGE: i64 = 20;

impl Store {
    /// An athlete's sessions, oldest first, those after `after`. None are left once there are none.
    pub(crate) async fn sessions_after(
        &self,
        athlete: UserId,
        after: Option<SessionId>,
    ) -> Result<Vec<Session>, StoreError> {
        let sql = "SELECT document FROM sessions WHERE athlete_id = $1 AND id > $2 ORDER BY id LIMIT $3";
        let query = sqlx::query_scalar(sql).bind(athlete.to_string());
        let query = query.bind(after.map(|id| id.to_string()).unwrap_or_default()).bind(PAGE);
        let documents: Vec<String> = query.fetch_all(&self.reader).await?;
        documents.iter().map(|document| codec::from_json("session", document)).collect()
    }

    /// Refuses to read an athlete's sessions if a newer server has written one.
    pub(crate) async fn can_read_sessions(&self, athlete: UserId) -> Result<(), StoreError> {
        let sql = "SELECT COUNT(*) FROM sessions WHERE athlete_id = $1 AND format > $2";
        let newer: i64 = sqlx::query_scalar(sql).bind(athlete.to_string()).bind(FORMAT).fetch_one(&self.reader).await?;
        if newer > 0 { Err(StoreError::Newer { what: "session" }) } else { Ok(()) }
    }

    /// The unit that a person's windows show weights in.
    pub(crate) async fn weight_unit(&self, person: UserId) -> Result<WeightUnit, StoreError> {
        let sql = "SELECT weight_unit FROM users WHERE id = $1";
        let unit: String = sqlx::query_scalar(sql).bind(person.to_string()).fetch_one(&self.reader).await?;
        codec::from_word("unit of weight", unit)
    }

    /// A trainer's own templates, oldest first.
    pub(crate) async fn own_templates(&self, studio: StudioId, owner: UserId) -> Result<Vec<Template>, StoreError> {
        let mut templates = self.templates(studio, owner, super::TemplatePage::default()).await?;
        templates.retain(|template| template.owner.id == owner);
        templates.reverse();
        Ok(templates)
    }

    /// All weights of an athlete, oldest first.
    pub(crate) async fn weights_of(&self, athlete: UserId) -> Result<Vec<Weight>, StoreError> {
        let mut weights = self.weights(athlete, None, u32::MAX).await?;
        weights.reverse();
        Ok(weights)
    }

    /// The private notes on an athlete's sessions.
    pub(crate) async fn notes_about(&self, athlete: UserId) -> Result<Vec<Note>, StoreError> {
        let sql = "SELECT n.session_id, n.text, n.version FROM notes n JOIN sessions s ON s.id = n.session_id \
                   WHERE s.athlete_id = $1 AND n.text <> '' ORDER BY s.id";
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as(sql).bind(athlete.to_string()).fetch_all(&self.reader).await?;
        let read = |(session, text, version): (String, String, i64)| {
            Ok(Note { session_id: codec::id("session id", session)?, text, version: codec::count(version) })
        };
        rows.into_iter().map(read).collect()
    }

    /// The whole journal about an athlete, oldest first.
    pub(crate) async fn journal_about(&self, athlete: UserId) -> Result<Vec<JournalEntry>, StoreError> {
        let mut entries = self.journal(athlete, None, u32::MAX).await?;
        entries.reverse();
        Ok(entries)
    }
}
