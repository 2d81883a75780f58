//! What happened, according to the trainer's whole feed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use system_tests::Device;
use training::RoundId;

/// See the module.
pub(super) struct History {
    /// How many events.
    pub(super) events: u64,
    /// The numbers of everything that was ever entered.
    pub(super) marks: BTreeSet<u32>,
    /// The rounds of sessions that have ended. What was logged in them may be sent with their feedback.
    pub(super) ended: BTreeSet<RoundId>,
}

impl History {
    /// Reads a feed; fails if anything was done twice.
    pub(super) async fn of(trainer: &Device) -> Result<Self, String> {
        let snapshot = trainer.snapshot().await.map_err(|error| error.to_string())?;
        let cursor = snapshot["cursor"].as_str().unwrap_or_default();
        let epoch = cursor.rsplit_once('.').map_or("", |(epoch, _)| epoch);
        let mut after = format!("{epoch}.0");
        let mut history = Self { events: 0, marks: BTreeSet::new(), ended: BTreeSet::new() };
        let mut rounds: BTreeMap<String, Value> = BTreeMap::new();
        let mut planned: BTreeMap<u32, String> = BTreeMap::new();
        loop {
            let page =
                trainer.get(&format!("/v1/feed?after={after}&wait=0")).await.map_err(|error| error.to_string())?;
            for event in page["events"].as_array().into_iter().flatten() {
                history.events += 1;
                if event["seq"] != history.events {
                    return Err(format!("the feed has a hole before {}", event["seq"]));
                }
                history.record(event, &mut rounds, &mut planned)?;
            }
            page["cursor"].as_str().unwrap_or_default().clone_into(&mut after);
            if page["more"] != true {
                return Ok(history);
            }
        }
    }

    fn record(
        &mut self,
        event: &Value,
        rounds: &mut BTreeMap<String, Value>,
        planned: &mut BTreeMap<u32, String>,
    ) -> Result<(), String> {
        marks(event, &mut self.marks);
        if event["type"] == "session-cancelled" || event["type"] == "session-completed" {
            let rounds = event["session"]["rounds"].as_array().into_iter().flatten();
            self.ended.extend(rounds.filter_map(|round| round["id"].as_str()?.parse::<RoundId>().ok()));
        }
        let round = &event["round"];
        let Some(id) = round["id"].as_str() else { return Ok(()) };
        // Each plan is made once, so what is noted in it is in one round.
        let mut notes = BTreeSet::new();
        for exercise in round["exercises"].as_array().into_iter().flatten() {
            marks(&exercise["trainer_notes"], &mut notes);
        }
        for note in notes {
            if planned.insert(note, id.to_owned()).is_some_and(|other| other != id) {
                return Err(format!("a round was made twice: #{note}"));
            }
        }
        let mut now = round.clone();
        now["version"] = Value::Null;
        let before = rounds.insert(id.to_owned(), now.clone());
        // Every entered value is unique, so an event that changes nothing is an act that was done twice.
        if event["type"] == "exercise-logged" && before.as_ref() == Some(&now) {
            return Err(format!("an exercise was logged twice, in {id}"));
        }
        Ok(())
    }
}

/// The numbers in everything that was entered by hand.
pub(super) fn marks(value: &Value, found: &mut BTreeSet<u32>) {
    match value {
        Value::String(text) => found.extend(text.strip_prefix('#').and_then(|number| number.parse::<u32>().ok())),
        Value::Array(values) => values.iter().for_each(|value| marks(value, found)),
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_f64() {
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a whole number of ours"
                    )]
                    Some(number) if name == "distance_m" => {
                        found.insert(number as u32);
                    }
                    _ => marks(value, found),
                }
            }
        }
        _ => {}
    }
}
