//! Several athletes of one trainer who train at the same time, as a board shows them: each on a core of their own, in a
//! session that the trainer has joined, with a round in front of them.

use futures_util::future::try_join_all;
use ringside_core::bridge::{AccountCalls, LinkState, SessionCalls};
use serde_json::{Value, json};
use training::{ExerciseReport, ItemId, Region, Round, RoundStatus, SessionId, Values};

use crate::device::{Device, text};
use crate::failure::Failure;
use crate::person::Person;
use crate::server::Server;

const PASSWORD: &str = "a fine long phrase";
/// Their names.
const NAMES: [&str; 8] = [
    "Anna Weiß",
    "Björn Falk",
    "Chloé Visser",
    "Dário Costa",
    "Elif Şahin",
    "Frieda Brandt",
    "Goran Novák",
    "Håkon Lind",
];

/// See the module.
pub struct Group {
    /// Their trainer, the demo studio's first, on another device than the window's.
    pub trainer: Device,
    /// The athletes, in the order in which they began.
    pub athletes: Vec<Trainee>,
}

/// An athlete of the group.
pub struct Trainee {
    /// The athlete.
    pub person: Person,
    /// Their name.
    pub name: &'static str,
    /// Their session.
    pub session: SessionId,
}

impl Group {
    /// One athlete for each of these addresses of `server`, at most eight, with a round of `exercises` exercises each.
    ///
    /// # Panics
    /// When a core does not do what it is asked for.
    pub async fn at_work(server: &Server, addresses: &[&str], exercises: usize) -> Result<Self, Failure> {
        let admin = Device::sign_in(server, server.first("admin")?).await?;
        let trainer = Device::sign_in(server, server.first("trainer")?).await?;
        let library = trainer.get("/v1/exercises").await?["exercises"].as_array().cloned().unwrap_or_default();
        let items: Vec<Value> = library
            .iter()
            .take(exercises)
            .map(|exercise| json!({"exercise_id": exercise["id"], "planned": {"weight_kg": 60.0, "reps": 8}}))
            .collect();
        let plan = &json!({"exercises": items, "release": true});
        let trainer_id = &trainer.snapshot().await?["me"]["id"];
        let mut athletes = Vec::with_capacity(addresses.len());
        for (name, address) in NAMES.into_iter().zip(addresses) {
            let person = person(&admin, trainer_id, name, address).await?;
            let session = person.agent.start_session().await.expect("nothing stands against it").id;
            trainer.post(&format!("/v1/sessions/{session}/join")).await?;
            trainer.post_with(&format!("/v1/sessions/{session}/rounds"), plan.clone()).await?;
            athletes.push(Trainee { person, name, session });
        }
        let group = Self { trainer, athletes };
        for athlete in &group.athletes {
            athlete.person.sees_round(RoundStatus::Released).await;
        }
        Ok(group)
    }

    /// All begin their round.
    ///
    /// # Panics
    /// When one of them can't.
    pub async fn begin(&self) {
        let beginning = self.athletes.iter().map(|Trainee { person, session, .. }| async move {
            let round = person.sees_round(RoundStatus::Released).await;
            person.agent.start_round(round.id).await.map(drop).map_err(|failure| (session, failure))
        });
        try_join_all(beginning).await.expect("a round is out");
    }
}

impl Trainee {
    /// The round that they have begun.
    ///
    /// # Panics
    /// When there is none.
    pub async fn round(&self) -> Round {
        self.person.sees_round(RoundStatus::Active).await
    }

    /// Ticks an exercise of `round` off, or takes that back.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn tick(&self, round: &Round, item: ItemId, is_done: bool) {
        let actual = Values { weight_kg: Some(60.0), reps: Some(8), ..Values::default() };
        let ticked = self.person.agent.log_exercise(round.id, item, is_done.then_some(actual)).await;
        ticked.expect("the round is active");
    }

    /// Completes their round, with pain in these regions.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn complete(&self, pain_regions: &[Region]) {
        let round = self.round().await;
        let reports = round.exercises.iter().map(|item| ExerciseReport {
            id: item.id,
            effort: 7,
            pain: !pain_regions.is_empty(),
            pain_regions: pain_regions.to_vec(),
            note: None,
            actual: Some(Values { weight_kg: Some(60.0), reps: Some(8), ..Values::default() }),
        });
        self.person.agent.complete_round(round.id, reports.collect()).await.expect("the round is active");
    }
}

/// Somebody new in the studio, who has claimed their invitation.
async fn person(admin: &Device, trainer_id: &Value, name: &str, address: &str) -> Result<Person, Failure> {
    let mailbox: String = name.chars().filter(char::is_ascii_lowercase).collect();
    let body = json!({"name": name, "email": format!("{mailbox}@group.example"), "roles": ["athlete"],
                      "trainer_id": trainer_id});
    let invited = admin.post_with("/v1/users", body).await?;
    let person = Person::open(address).await;
    let code = text(&invited["invitation"]["code"]).to_owned();
    person.agent.claim_invitation(code, None, PASSWORD.to_owned()).await.expect("the code is right");
    person.is(LinkState::Live).await;
    Ok(person)
}
