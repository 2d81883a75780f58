//! The desktop core behind a network that breaks in every way we could think of: it always recovers by itself, nothing
//! is lost or delivered twice, and the person knows the connection's state.

use std::time::Duration;

use ringside_core::bridge::{AccountCalls, LinkState, LocalCode};
use serde_json::{Value, json};
use system_tests::{Device, Failure, Person, Proxy, Server, Weather};
use training::Session;

/// An athlete behind a proxy, and their trainer on a device that connects directly.
struct Scene {
    server: Server,
    proxy: Proxy,
    athlete: Person,
    /// The athlete's data as the server has it.
    truth: Device,
    trainer: Device,
    session: String,
    plan: Value,
}

impl Scene {
    async fn set() -> Result<Self, Failure> {
        let server = Server::start()?;
        let proxy = Proxy::before(server.url()).await?;
        let account = server.first("athlete")?.clone();
        let athlete = Person::signed_in(&proxy.url(), &account).await;
        let truth = Device::sign_in(&server, &account).await?;
        let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
        let session = truth.post("/v1/sessions").await?["id"].as_str().unwrap_or_default().to_owned();
        trainer.post(&format!("/v1/sessions/{session}/join")).await?;
        let exercise = trainer.get("/v1/exercises").await?["exercises"][0]["id"].clone();
        let plan = json!({"exercises": [{"exercise_id": exercise, "planned": {"reps": 8}}], "release": true});
        let scene = Self { server, proxy, athlete, truth, trainer, session, plan };
        scene.in_step().await?;
        Ok(scene)
    }

    /// The trainer releases a round and recalls it, so that this can be repeated.
    async fn something_happens(&self) -> Result<(), Failure> {
        let path = format!("/v1/sessions/{}/rounds", self.session);
        let round = self.trainer.post_with(&path, self.plan.clone()).await?;
        let path = format!("/v1/rounds/{}", round["id"].as_str().unwrap_or_default());
        let recalled = self.trainer.post(&format!("{path}/recall")).await?;
        self.trainer.delete_round(&recalled).await?;
        Ok(())
    }

    /// The trainer releases a round, which stays.
    async fn a_round_comes(&self) -> Result<(), Failure> {
        let path = format!("/v1/sessions/{}/rounds", self.session);
        self.trainer.post_with(&path, self.plan.clone()).await.map(drop)
    }

    /// Waits until the athlete's view is exactly what the server has for them.
    async fn in_step(&self) -> Result<(), Failure> {
        let snapshot = self.truth.snapshot().await?;
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
    async fn heals(&self) -> Result<(), Failure> {
        self.proxy.set(Weather::Clear);
        self.athlete.is(LinkState::Live).await;
        self.in_step().await
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
async fn what_comes_byte_by_byte_is_the_same() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    scene.proxy.set(Weather::Crumbs);
    for _ in 0..3 {
        scene.something_happens().await?;
    }
    scene.a_round_comes().await?;
    scene.in_step().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_cut_anywhere_lose_nothing_and_tell_nothing_twice() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    // From within the head of an answer to within the events after it.
    for limit in [1, 17, 100, 250, 400, 700, 1_000, 1_500, 2_200, 3_000] {
        scene.proxy.set(Weather::CutAfter(limit));
        let before = scene.proxy.connections();
        scene.something_happens().await?;
        // These events cut the existing connection; only a new one has the limit from its start.
        while scene.proxy.connections() < before + 3 {
            scene.athlete.agent.try_now().await.expect("it can always be asked");
            tokio::task::yield_now().await;
        }
    }
    scene.a_round_comes().await?;
    scene.heals().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_holds_streams_back_is_polled_around_and_said() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    // Open connections are reset once, so that the next stream goes through the gateway.
    scene.proxy.set(Weather::Reset);
    scene.athlete.sees("that the stream is gone", |view| view.link.state != LinkState::Live).await;
    scene.proxy.set(Weather::Buffering);
    scene.athlete.is(LinkState::Polling).await;
    scene.a_round_comes().await?;
    scene.in_step().await?;
    let held_back = |view: &ringside_core::bridge::View| view.link.reason == Some(LocalCode::StreamHeldBack);
    scene.athlete.sees("that something holds back", held_back).await;
    scene.heals().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cable_pulled_out_is_noticed_although_nothing_says_so() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    scene.proxy.set(Weather::Frozen);
    scene.a_round_comes().await?;
    // Nothing arrives, not even a close. Only the missing keep-alive shows it.
    scene.athlete.sees("that it is not live", |view| view.link.state != LinkState::Live).await;
    scene.heals().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_thing_that_answers_in_the_server_s_place_is_told_apart() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    for (weather, reason) in [
        (Weather::captive_portal(), LocalCode::NotRingside),
        (Weather::gateway_error(502), LocalCode::ServerError),
        (Weather::gateway_error(503), LocalCode::ServerError),
        (Weather::gateway_error(429), LocalCode::ServerError),
        (Weather::gateway_error(204), LocalCode::NotRingside),
        (Weather::gateway_error(403), LocalCode::NotRingside),
        (Weather::Down, LocalCode::Unreachable),
        (Weather::Reset, LocalCode::Unreachable),
    ] {
        let what = format!("{reason:?} in {weather:?}");
        scene.proxy.set(weather);
        scene
            .athlete
            .sees(&what, |view| view.link.state == LinkState::Offline && view.link.reason == Some(reason))
            .await;
        assert_eq!(scene.athlete.view().signed_out, None, "nobody is signed out by a network");
        scene.something_happens().await?;
        scene.proxy.set(Weather::Clear);
        scene.athlete.agent.try_now().await.expect("it can always be asked");
        scene.heals().await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_is_slow_and_right() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    for weather in [Weather::Late(Duration::from_millis(150)), Weather::Narrow(4_000)] {
        scene.proxy.set(weather);
        scene.something_happens().await?;
        scene.in_step().await?;
    }
    scene.heals().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_behind_the_network_heals() -> Result<(), Failure> {
    let mut scene = Scene::set().await?;
    scene.server.stop()?;
    scene.athlete.is(LinkState::Offline).await;
    scene.server.start_again()?;
    scene.a_round_comes().await?;
    scene.heals().await
}
