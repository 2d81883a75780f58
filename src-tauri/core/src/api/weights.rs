//! Weights as they are asked for. Changes go through the outbox, but for those of weights that are not kept here.

use reqwest::Method;
use training::{UserId, Weight, WeightDraft, WeightId};

use super::{Api, json, json_of_many};
use crate::bridge::WeightPage;
use crate::failure::ApiError;

impl Api {
    /// A page of an athlete's weights.
    pub(crate) async fn weights(&self, athlete: UserId, after: Option<&str>) -> Result<WeightPage, ApiError> {
        let path = format!("/v1/athletes/{athlete}/weights");
        let request =
            || after.into_iter().fold(self.request(Method::GET, &path), |request, at| request.query("after", at));
        json_of_many(self.send(&request).await?).await
    }

    /// Corrects a weight.
    pub(crate) async fn edit_weight(
        &self,
        id: WeightId,
        version: u64,
        draft: &WeightDraft,
    ) -> Result<Weight, ApiError> {
        json(self.change(Method::PUT, &format!("/v1/weights/{id}"), version, Some(draft)).await?).await
    }

    /// Deletes a weight.
    pub(crate) async fn delete_weight(&self, id: WeightId, version: u64) -> Result<(), ApiError> {
        let nothing = None::<&()>;
        self.change(Method::DELETE, &format!("/v1/weights/{id}"), version, nothing).await.map(drop)
    }
}
