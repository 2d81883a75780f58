//! What athletes weigh. All their devices enter, correct and delete the same few weights.

use rand::Rng;
use rand::seq::IndexedRandom;
use ringside_core::bridge::View;
use training::{Timestamp, WeightDraft};

use super::{Act, SimulatedPerson};

/// How many weights somebody enters at most: fewer than a device keeps.
const MOST: usize = 20;

impl SimulatedPerson {
    pub(super) fn change_weights(&mut self, view: &View) -> Act {
        let weights = &view.documents.weights;
        let deleted = self.deleted_weight.take_if(|_| self.random.random_ratio(1, 2));
        match (deleted, weights.choose(&mut self.random).cloned(), self.random.random_range(0..6)) {
            (Some(weight), ..) => Act::RestoreWeight(Box::new(weight)),
            (_, Some(weight), 0..2) => {
                let before = Timestamp::from_millisecond(weight.at.as_millisecond() - 60_000);
                let draft = WeightDraft { at: before.filter(|_| self.is_one_in(3)), ..self.weight_draft() };
                Act::EditWeight(weight.id, weight.version, draft)
            }
            (_, Some(weight), 2) => {
                self.deleted_weight = Some(weight.clone());
                Act::DeleteWeight(weight.id, weight.version)
            }
            _ if weights.len() < MOST => Act::CreateWeight(self.weight_draft()),
            _ => Act::TryNow,
        }
    }

    fn weight_draft(&mut self) -> WeightDraft {
        let weight_kg = f64::from(self.random.random_range(60_000..90_000)) / 1_000.0;
        WeightDraft { weight_kg, at: None, note: Some(self.note()) }
    }
}
