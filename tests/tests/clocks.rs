//! Desktops whose clocks are wrong: events have the server's time, even when the server is unreachable.

use std::sync::Arc;

use ringside_core::bridge::{AccountCalls, LinkState, SessionCalls, View};
use system_tests::{Device, Failure, Person, Proxy, Server, Weather, WrongClock};
use training::{RoundStatus, Timestamp};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How much two times may differ by request latency, however slow the machine: the error that these tests look for is a
/// day.
const MOMENT_MS: u64 = 10 * 60 * 1_000;

/// An athlete on a machine whose clock is a day ahead, with a round in front of them.
struct Scene {
    network: Proxy,
    clock: Arc<WrongClock>,
    athlete: Person,
    _server: Server,
}

impl Scene {
    async fn set() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::before(server.url()).await?;
        let clock = WrongClock::ahead_by(DAY_MS);
        let athlete = Person::on(clock.clone(), &network.url()).await;
        athlete.sign_in(server.first("athlete")?).await;
        let session = athlete.agent.start_session().await.expect("nothing stands against it");
        let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
        trainer.post(&format!("/v1/sessions/{}/join", session.id)).await?;
        let exercise = &trainer.get("/v1/exercises").await?["exercises"][0]["id"];
        let plan = serde_json::json!({"exercises": [{"exercise_id": exercise, "planned": {"reps": 8}}],
                                      "release": true});
        trainer.post_with(&format!("/v1/sessions/{}/rounds", session.id), plan).await?;
        athlete.sees_round(RoundStatus::Released).await;
        Ok(Self { network, clock, athlete, _server: server })
    }

    async fn goes_offline(&self) {
        self.network.set(Weather::Down);
        self.athlete.is(LinkState::Offline).await;
    }
}

/// Whether a machine that far ahead knows it.
fn knows(view: &View, ahead_ms: i64) -> bool {
    view.clock_offset_ms.abs_diff(-ahead_ms) < MOMENT_MS
}

fn is_now(at: Option<Timestamp>) -> bool {
    let now = Timestamp::from(jiff::Timestamp::now());
    at.is_some_and(|at| at.as_millisecond().abs_diff(now.as_millisecond()) < MOMENT_MS)
}

#[tokio::test]
async fn what_is_done_offline_under_a_clock_that_is_a_day_off_has_the_right_time() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    scene.goes_offline().await;
    let round = scene.athlete.view().documents.sessions[0].rounds[0].id;
    let begun = scene.athlete.agent.start_round(round).await.expect("it is out");
    assert!(is_now(begun.started_at), "shown as begun now: {:?}", begun.started_at);
    scene.network.set(Weather::Clear);
    scene.athlete.agent.try_now().await.expect("it can always be asked");
    scene.athlete.is(LinkState::Live).await;
    scene.athlete.sees("that nothing waits any more", |view| view.link.waiting == 0).await;
    let begun = scene.athlete.sees_round(RoundStatus::Active).await;
    assert!(is_now(begun.started_at), "begun now: {:?}", begun.started_at);
    Ok(())
}

#[tokio::test]
async fn how_far_a_clock_is_off_is_known_after_a_start_without_a_network() -> Result<(), Failure> {
    let Scene { network, clock, athlete, _server } = Scene::set().await?;
    assert!(knows(&athlete.view(), DAY_MS));
    let home = athlete.close();
    network.set(Weather::Down);
    let athlete = Person::again_on(clock, home, &network.url()).await;
    assert!(knows(&athlete.view(), DAY_MS), "{}", athlete.view().clock_offset_ms);
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_set_is_noticed_in_either_direction() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    for ahead_ms in [0, DAY_MS, -DAY_MS] {
        scene.clock.set_ahead_by(ahead_ms);
        scene.athlete.sees(&format!("a clock {ahead_ms} ms ahead"), |view| knows(view, ahead_ms)).await;
    }
    Ok(())
}
