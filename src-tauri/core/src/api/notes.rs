//! Notes and journals as they are asked for. Changes go through the outbox, but for those of entries that are not kept here.

use reqwest::Method;
use training::notes::JournalDraft;
use training::{JournalEntry, JournalEntryId, Note, SessionId, UserId};

use super::{Api, json, json_of_many};
use crate::bridge::JournalPage;
use crate::failure::ApiError;

impl Api {
    /// The private note on a session; blank while there is none.
    pub(crate) async fn note(&self, session: SessionId) -> Result<Note, ApiError> {
        let path = format!("/v1/sessions/{session}/note");
        json(self.send(&|| self.request(Method::GET, &path)).await?).await
    }

    /// A page of the journal about an athlete.
    pub(crate) async fn journal(&self, athlete: UserId, after: Option<&str>) -> Result<JournalPage, ApiError> {
        let path = format!("/v1/athletes/{athlete}/journal");
        let request =
            || after.into_iter().fold(self.request(Method::GET, &path), |request, at| request.query("after", at));
        json_of_many(self.send(&request).await?).await
    }

    /// Edits an entry of a journal.
    pub(crate) async fn edit_journal_entry(
        &self,
        id: JournalEntryId,
        version: u64,
        draft: &JournalDraft,
    ) -> Result<JournalEntry, ApiError> {
        json(self.change(Method::PUT, &format!("/v1/journal/{id}"), version, Some(draft)).await?).await
    }

    /// Deletes an entry of a journal.
    pub(crate) async fn delete_journal_entry(&self, id: JournalEntryId, version: u64) -> Result<(), ApiError> {
        let nothing = None::<&()>;
        self.change(Method::DELETE, &format!("/v1/journal/{id}"), version, nothing).await.map(drop)
    }
}
