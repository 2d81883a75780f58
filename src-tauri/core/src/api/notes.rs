//! Notes and journals as they are asked for. Changes go through the outbox.

use reqwest::Method;
use training::{Note, SessionId, UserId};

use super::{Api, json};
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
        json(self.send(&request).await?).await
    }
}
