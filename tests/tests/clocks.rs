//! Desktops whose clocks are wrong: events have the server's time, even when the server is unreachable.

use std::sync::Arc;

use ringside_core::bridge::{AccountCalls, LinkState, SessionCalls, View};
use system_tests::{Device, Failure, NetworkCondition, Person, Proxy, Server, WrongClock};
use training::{RoundStatus, Timestamp};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// How much two times may differ by request latency, however slow the machine: the error that these tests look for is a
/// day.
const TOLERANCE_MS: u64 = 10 * 60 * 1_000;

/// An athlete on a machine whose clock is a day ahead, with a round in front of them.
struct Fixture {
    network: Proxy,
    clock: Arc<WrongClock>,
    athlete: Person,
    _server: Server,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::in_front_of(server.url()).await?;
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

    async fn go_offline(&self) {
        self.network.set(NetworkCondition::Down);
        self.athlete.is(LinkState::Offline).await;
    }
}

/// Whether the clock offset in `view` is that of a machine so far ahead.
fn has_offset(view: &View, ahead_ms: i64) -> bool {
    view.clock_offset_ms.abs_diff(-ahead_ms) < TOLERANCE_MS
}

fn is_now(at: Option<Timestamp>) -> bool {
    let now = Timestamp::from(jiff::Timestamp::now());
    at.is_some_and(|at| at.as_millisecond().abs_diff(now.as_millisecond()) < TOLERANCE_MS)
}

#[tokio::test]
async fn an_act_done_offline_has_the_right_time_although_the_clock_is_a_day_ahead() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture.go_offline().await;
    let round = fixture.athlete.view().documents.sessions[0].rounds[0].id;
    let started = fixture.athlete.agent.start_round(round).await.expect("it is out");
    assert!(is_now(started.started_at), "shown at once: {:?}", started.started_at);
    fixture.network.set(NetworkCondition::Normal);
    fixture.athlete.agent.try_now().await.expect("it can always be asked");
    fixture.athlete.is(LinkState::Live).await;
    fixture.athlete.sees("that nothing waits any more", |view| view.link.waiting == 0).await;
    let started = fixture.athlete.sees_round(RoundStatus::Active).await;
    assert!(is_now(started.started_at), "on the server: {:?}", started.started_at);
    Ok(())
}

#[tokio::test]
async fn the_clock_offset_is_known_after_a_start_without_a_network() -> Result<(), Failure> {
    let Fixture { network, clock, athlete, _server } = Fixture::new().await?;
    assert!(has_offset(&athlete.view(), DAY_MS));
    let home = athlete.close();
    network.set(NetworkCondition::Down);
    let athlete = Person::reopen_on(clock, home, &network.url()).await;
    assert!(has_offset(&athlete.view(), DAY_MS), "{}", athlete.view().clock_offset_ms);
    Ok(())
}

#[tokio::test]
async fn a_change_of_the_clock_is_detected_in_either_direction() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    for ahead_ms in [0, DAY_MS, -DAY_MS] {
        fixture.clock.set_ahead_by(ahead_ms);
        fixture.athlete.sees(&format!("a clock {ahead_ms} ms ahead"), |view| has_offset(view, ahead_ms)).await;
    }
    Ok(())
}
