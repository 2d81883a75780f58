//! The desktop core behind a faulty network, with every fault of the proxy: it always recovers by itself, no event is
//! lost or delivered twice, and the person sees the connection's state.

use std::time::Duration;

use ringside_core::bridge::{AccountCalls, LinkState, LocalCode};
use serde_json::{Value, json};
use system_tests::{Device, Failure, NetworkCondition, Person, Proxy, Server};
use training::Session;

/// An athlete behind a proxy, and their trainer on a device that connects directly.
struct Fixture {
    server: Server,
    proxy: Proxy,
    athlete: Person,
    /// Another device of the athlete, connected directly: it shows the data on the server.
    athlete_device: Device,
    trainer: Device,
    session: String,
    plan: Value,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let proxy = Proxy::in_front_of(server.url()).await?;
        let account = server.first("athlete")?.clone();
        let athlete = Person::signed_in(&proxy.url(), &account).await;
        let athlete_device = Device::sign_in(&server, &account).await?;
        let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
        let session = athlete_device.post("/v1/sessions").await?["id"].as_str().unwrap_or_default().to_owned();
        trainer.post(&format!("/v1/sessions/{session}/join")).await?;
        let exercise = trainer.get("/v1/exercises").await?["exercises"][0]["id"].clone();
        let plan = json!({"exercises": [{"exercise_id": exercise, "planned": {"reps": 8}}], "release": true});
        let fixture = Self { server, proxy, athlete, athlete_device, trainer, session, plan };
        fixture.wait_until_synced().await?;
        Ok(fixture)
    }

    /// The trainer releases a round and recalls it, so that this can be repeated.
    async fn release_and_recall_a_round(&self) -> Result<(), Failure> {
        let path = format!("/v1/sessions/{}/rounds", self.session);
        let round = self.trainer.post_with(&path, self.plan.clone()).await?;
        let path = format!("/v1/rounds/{}", round["id"].as_str().unwrap_or_default());
        let recalled = self.trainer.post(&format!("{path}/recall")).await?;
        self.trainer.delete_round(&recalled).await?;
        Ok(())
    }

    /// The trainer releases a round.
    async fn release_a_round(&self) -> Result<(), Failure> {
        let path = format!("/v1/sessions/{}/rounds", self.session);
        self.trainer.post_with(&path, self.plan.clone()).await.map(drop)
    }

    /// Waits until the athlete's view is exactly what the server has for them.
    async fn wait_until_synced(&self) -> Result<(), Failure> {
        let snapshot = self.athlete_device.snapshot().await?;
        let expected = comparable(serde_json::from_value(snapshot["sessions"].clone()).map_err(Failure::Answer)?);
        self.athlete
            .sees(&format!("what the server has: {expected:#?}"), |view| {
                comparable(view.documents.sessions.clone()) == expected
            })
            .await;
        assert_eq!(self.athlete.faults(), Vec::<String>::new());
        Ok(())
    }

    /// Repairs the network and waits until the athlete has recovered.
    async fn recover(&self) -> Result<(), Failure> {
        self.proxy.set(NetworkCondition::Normal);
        self.athlete.is(LinkState::Live).await;
        self.wait_until_synced().await
    }
}

/// Sessions by id. The athlete's copy stays at the version of the last event it received; a draft raises the server's.
fn comparable(mut sessions: Vec<Session>) -> Vec<Session> {
    sessions.sort_by_key(|session| session.id);
    for session in &mut sessions {
        session.version = 0;
    }
    sessions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_response_that_arrives_byte_by_byte_is_read_correctly() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture.proxy.set(NetworkCondition::ByteByByte);
    for _ in 0..3 {
        fixture.release_and_recall_a_round().await?;
    }
    fixture.release_a_round().await?;
    fixture.wait_until_synced().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_cut_at_any_byte_lose_and_repeat_no_event() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    // From within the head of an answer to within the events after it.
    for limit in [1, 17, 100, 250, 400, 700, 1_000, 1_500, 2_200, 3_000] {
        fixture.proxy.set(NetworkCondition::CutAfter(limit));
        let before = fixture.proxy.connections();
        fixture.release_and_recall_a_round().await?;
        // These events cut the existing connection; only a new one has the limit from its start.
        while fixture.proxy.connections() < before + 3 {
            fixture.athlete.agent.try_now().await.expect("it can always be asked");
            tokio::task::yield_now().await;
        }
    }
    fixture.release_a_round().await?;
    fixture.recover().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_buffers_streams_causes_polling_and_is_reported() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    // Open connections are reset once, so that the next stream goes through the gateway.
    fixture.proxy.set(NetworkCondition::Reset);
    fixture.athlete.sees("that the stream is gone", |view| view.link.state != LinkState::Live).await;
    fixture.proxy.set(NetworkCondition::Buffering);
    fixture.athlete.is(LinkState::Polling).await;
    fixture.release_a_round().await?;
    fixture.wait_until_synced().await?;
    let is_held_back = |view: &ringside_core::bridge::View| view.link.reason == Some(LocalCode::StreamHeldBack);
    fixture.athlete.sees("that streams are held back", is_held_back).await;
    fixture.recover().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_falls_silent_is_detected() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture.proxy.set(NetworkCondition::Frozen);
    fixture.release_a_round().await?;
    // Nothing arrives, not even a close. Only the missing keep-alive shows it.
    fixture.athlete.sees("that it is not live", |view| view.link.state != LinkState::Live).await;
    fixture.recover().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_of_intermediary_that_answers_is_reported_as_such() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    for (condition, reason) in [
        (NetworkCondition::captive_portal(), LocalCode::NotRingside),
        (NetworkCondition::gateway_error(502), LocalCode::ServerError),
        (NetworkCondition::gateway_error(503), LocalCode::ServerError),
        (NetworkCondition::gateway_error(429), LocalCode::ServerError),
        (NetworkCondition::gateway_error(204), LocalCode::NotRingside),
        (NetworkCondition::gateway_error(403), LocalCode::NotRingside),
        (NetworkCondition::Down, LocalCode::Unreachable),
        (NetworkCondition::Reset, LocalCode::Unreachable),
    ] {
        let what = format!("{reason:?} in {condition:?}");
        fixture.proxy.set(condition);
        fixture
            .athlete
            .sees(&what, |view| view.link.state == LinkState::Offline && view.link.reason == Some(reason))
            .await;
        assert_eq!(fixture.athlete.view().signed_out, None, "nobody is signed out by a network");
        fixture.release_and_recall_a_round().await?;
        fixture.proxy.set(NetworkCondition::Normal);
        fixture.athlete.agent.try_now().await.expect("it can always be asked");
        fixture.recover().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_delays_events_but_loses_none() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    for condition in [NetworkCondition::Delayed(Duration::from_millis(150)), NetworkCondition::Throttled(4_000)] {
        fixture.proxy.set(condition);
        fixture.release_and_recall_a_round().await?;
        fixture.wait_until_synced().await?;
    }
    fixture.recover().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connection_recovers_when_the_server_restarts() -> Result<(), Failure> {
    let mut fixture = Fixture::new().await?;
    fixture.server.stop()?;
    fixture.athlete.is(LinkState::Offline).await;
    fixture.server.start_again()?;
    fixture.release_a_round().await?;
    fixture.recover().await
}
