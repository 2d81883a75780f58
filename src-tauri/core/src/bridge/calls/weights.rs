//! What athletes weigh.

use serde::Deserialize;
use training::{UserId, Weight, WeightDraft, WeightId};
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode, WeightPage};

calls! {
    /// A call about weights, as received.
    enum WeightsCall;
    /// Answers these calls.
    trait WeightsCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_weights;

    /// Athlete: enters what they weigh; without a time, now.
    create_weight / CreateWeight { draft: WeightDraft } -> Weight;
    /// Athlete: corrects a weight; `version` is the one the correction is based on. Without a time, it stays when it was.
    edit_weight / EditWeight { weight_id: WeightId, version: u64, draft: WeightDraft } -> Weight;
    /// Athlete: deletes a weight; `version` is the one the act is based on.
    delete_weight / DeleteWeight { weight_id: WeightId, version: u64 } -> ();
    /// Athlete: restores a weight that was deleted.
    restore_weight / RestoreWeight { weight: Weight } -> Weight;
    /// A page of an athlete's weights, newest first, for the athlete and their trainer; `after` is `next` of the page
    /// before, or the id of the last weight that is known. Asked of the server, and not stored.
    list_weights / ListWeights { athlete_id: UserId, after: Option<String> } -> WeightPage;
}
