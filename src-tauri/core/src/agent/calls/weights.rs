//! What athletes weigh.

use training::{EntityRef, Kind, UserId, Weight, WeightDraft, WeightId};

use super::on_version;
use crate::agent::Agent;
use crate::bridge::{Failure, WeightPage, WeightsCalls};
use crate::context::acts::Subject;
use crate::outbox::Act;
use crate::outbox::acts::{CreateWeight, DeleteWeight, EditWeight, RecreateWeight};

impl WeightsCalls for Agent {
    async fn create_weight(&self, draft: WeightDraft) -> Result<Weight, Failure> {
        let athlete = self.context.store.lock().await.me()?.id;
        // It may be sent much later.
        let at = draft.at.or_else(|| Some(self.context.acts.server_time()));
        let act = CreateWeight { athlete, draft: WeightDraft { at, ..draft } };
        self.context.acts.perform(Subject::New(Kind::Weight), |_| Ok(act.into())).await?.entity()
    }

    async fn edit_weight(&self, weight_id: WeightId, version: u64, draft: WeightDraft) -> Result<Weight, Failure> {
        if !self.context.store.keeps(EntityRef::of::<Weight>(weight_id)).await {
            return self.done(self.context.api().edit_weight(weight_id, version, &draft).await);
        }
        let edited = self.context.acts.on::<Weight>(weight_id, |known| {
            let at = draft.at.or(Some(known.at));
            Ok(EditWeight { draft: WeightDraft { at, ..draft }, base: on_version(known, version)? }.into())
        });
        edited.await?.entity()
    }

    async fn delete_weight(&self, weight_id: WeightId, version: u64) -> Result<(), Failure> {
        if !self.context.store.keeps(EntityRef::of::<Weight>(weight_id)).await {
            return self.done(self.context.api().delete_weight(weight_id, version).await);
        }
        let deleted = self
            .context
            .acts
            .on::<Weight>(weight_id, |known| Ok(DeleteWeight { base: on_version(known, version)? }.into()));
        deleted.await.map(drop)
    }

    async fn restore_weight(&self, weight: Weight) -> Result<Weight, Failure> {
        let act = RecreateWeight { weight: weight.clone() };
        self.context.acts.undo_deletion(weight, |act| matches!(act, Act::DeleteWeight(_)), act.into()).await
    }

    async fn list_weights(&self, athlete_id: UserId, after: Option<String>) -> Result<WeightPage, Failure> {
        Ok(self.context.api().weights(athlete_id, after.as_deref()).await?)
    }
}
