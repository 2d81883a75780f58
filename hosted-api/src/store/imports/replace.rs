//! Sessions that an import replaces, and those that go with it or become again what they were.
//!
//! Many at once: what follows from the facts of all sessions of the athlete is made anew once, not for each.

use training::{Session, UserId};

use crate::store::projections::{Projected, RoundChanges};
use crate::store::{SessionRow, StoreError, Tx};

/// What becomes of a session that was locked.
pub(crate) struct Replacement {
    pub(crate) row: SessionRow,
    /// Another session with its id; none if it is deleted.
    pub(crate) after: Option<Session>,
}

impl Tx {
    /// Stores sessions of an athlete that were locked in this transaction as others altogether, or deletes them, with what
    /// is derived from them. What follows from the facts of all sessions is made anew once.
    pub(crate) async fn replace_sessions(
        &mut self,
        athlete: UserId,
        replacements: Vec<Replacement>,
    ) -> Result<(), StoreError> {
        let mut all = Projected::default();
        for Replacement { row, after } in replacements {
            all.add(match after {
                Some(after) => self.save_session_without_bests(&row.not_projected(), &after).await?,
                None => self.delete_session(row.session).await?,
            });
        }
        self.refold_bests(athlete, &all.stale_bests).await
    }

    /// Deletes a session with what is derived from it and the note on it.
    async fn delete_session(&mut self, session: Session) -> Result<Projected, StoreError> {
        let id = session.id.to_string();
        let without_rounds = Session { rounds: Vec::new(), ..session };
        let projected = self.project_without_bests(&RoundChanges::Unknown, &without_rounds).await?;
        for sql in [
            "DELETE FROM session_facts WHERE session_id = $1",
            "DELETE FROM notes WHERE session_id = $1",
            "DELETE FROM rounds WHERE session_id = $1",
            "DELETE FROM sessions WHERE id = $1",
        ] {
            sqlx::query(sql).bind(&id).execute(&mut *self.0).await?;
        }
        Ok(projected)
    }
}
