//! The real window without a network: the person goes on, sees the connection's state, and nothing is lost.

use std::time::Duration;

use serde_json::{Value, json};
use system_tests::{Desktop, Device, Failure, IN_TIME, Place, Proxy, Server, Weather, Window, pictured};

/// An athlete's window behind its own network, with a round in front of them, and their trainer on another network.
struct Scene {
    proxy: Proxy,
    desktop: Desktop,
    window: Window,
    trainer: Device,
    session: String,
    round: String,
    _server: Server,
}

impl Scene {
    async fn set() -> Result<Self, Failure> {
        let server = Server::start()?;
        let proxy = Proxy::before(server.url()).await?;
        let desktop = Desktop::start()?;
        let account = server.first("athlete")?;
        let athlete = Device::sign_in(&server, account).await?;
        let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let session = text(&athlete.post("/v1/sessions").await?["id"]);
        trainer.post(&format!("/v1/sessions/{session}/join")).await?;
        let exercise = trainer.get("/v1/exercises").await?["exercises"][0]["id"].clone();
        let plan = json!({"exercises": [{"exercise_id": exercise, "planned": {"reps": 8}}], "release": true});
        let round = text(&trainer.post_with(&format!("/v1/sessions/{session}/rounds"), plan).await?["id"]);
        // It signs in through the proxy, which runs on this thread, so blocking here would be a deadlock.
        let (url, account) = (proxy.url(), account.clone());
        let desktop = tokio::task::spawn_blocking(move || {
            desktop.sign_in("athlete", &url, &account)?;
            Ok::<_, Failure>(desktop)
        })
        .await
        .expect("signing in ends")?;
        let window = Window::open(&desktop, "athlete", proxy.url().as_str(), Place::LEFT).await?;
        window.find("link-state[data-state='live']").await?;
        window.view("round").await?;
        Ok(Self { proxy, desktop, window, trainer, session, round, _server: server })
    }

    /// Trains the round without a network, from beginning to end.
    async fn trains_offline(&self) -> Result<(), Failure> {
        self.proxy.set(Weather::Down);
        let window = &self.window;
        window.find("link-state[data-state='offline']").await?;
        window.click("begin-round").await?;
        window.click("tick").await?;
        // The buttons move when it is done.
        window.gone("tick").await?;
        window.click("to-feedback").await?;
        window.click("effort-7").await?;
        window.click("pain-no").await?;
        window.fill("note", "ohne Netz").await?;
        window.click("complete-round").await?;
        window.view("between").await?;
        window.reads("link-state", "3 Änderungen warten").await
    }

    async fn round_now(&self) -> Result<Value, Failure> {
        let session = self.trainer.get(&format!("/v1/sessions/{}", self.session)).await?;
        let rounds = session["rounds"].as_array().cloned().unwrap_or_default();
        Ok(rounds.into_iter().find(|round| round["id"] == self.round.as_str()).unwrap_or_default())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_a_round_trained_without_a_network_arrives_once_also_after_the_application_was_closed()
-> Result<(), Failure> {
    let mut scene = Scene::set().await?;
    pictured(&scene.window, "offline", scene.trains_offline()).await;
    assert_eq!(scene.round_now().await?["status"], "released", "nobody else knows");
    scene.window.close().await?;
    // Reopened while the network is still gone: everything is as it was.
    scene.window = Window::open(&scene.desktop, "athlete", scene.proxy.url().as_str(), Place::LEFT).await?;
    pictured(&scene.window, "offline-again", async {
        scene.window.view("between").await?;
        scene.window.reads("link-state", "3 Änderungen warten").await?;
        assert!(scene.window.violations().await?.is_empty());
        scene.proxy.set(Weather::Clear);
        scene.window.find("link-state[data-state='live']").await?;
        Ok(())
    })
    .await;
    let arrived = async {
        loop {
            let round = scene.round_now().await?;
            if round["status"] == "completed" {
                return Ok::<_, Failure>(round);
            }
        }
    };
    let round = tokio::time::timeout(IN_TIME, arrived).await.expect("it arrives")?;
    assert_eq!(round["version"], 5, "released, begun, ticked, completed: each once");
    assert_eq!(round["exercises"][0]["feedback"]["note"], "ohne Netz");
    scene.window.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_offline_and_came_too_late_is_shown_with_its_reason_and_its_content() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    pictured(&scene.window, "too-late", async {
        scene.trains_offline().await?;
        // As far as the trainer knows, nobody has begun.
        scene.trainer.post(&format!("/v1/rounds/{}/recall", scene.round)).await?;
        scene.proxy.set(Weather::Clear);
        let completed = "refused-act[data-what='complete_round']";
        scene.window.find(completed).await?;
        scene.window.reads(completed, "Das gibt es nicht mehr. Die Ansicht zeigt den neuen Stand.").await?;
        scene.window.click("refused-content").await?;
        scene.window.reads(completed, "ohne Netz").await?;
        assert!(scene.window.violations().await?.is_empty());
        let picture = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("refused.png");
        scene.window.keep_picture(&picture).await?;
        assert_eq!(scene.window.complaints()?, Vec::<String>::new());
        Ok(())
    })
    .await;
    scene.window.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_given_before_a_cancellation_could_be_known_is_kept_and_said() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    pictured(&scene.window, "late", async {
        scene.trains_offline().await?;
        let cancel = format!("/v1/sessions/{}/cancel", scene.session);
        scene.trainer.post_with(&cancel, json!({"reason": "Feueralarm"})).await?;
        // That view closes by itself after a while.
        let cancelled = "view[data-view='cancelled']";
        scene.window.keep(cancelled).await?;
        scene.proxy.set(Weather::Clear);
        scene.window.has_read(cancelled, "Feueralarm").await?;
        scene.window.reads("notice", "trotzdem gespeichert").await?;
        scene.window.gone("refused-act").await?;
        let picture = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("late.png");
        scene.window.keep_picture(&picture).await?;
        assert_eq!(scene.round_now().await?["exercises"][0]["feedback"]["note"], "ohne Netz");
        assert_eq!(scene.window.complaints()?, Vec::<String>::new());
        Ok(())
    })
    .await;
    scene.window.close().await
}

#[tokio::test]
async fn a_window_frozen_for_a_minute_is_live_again_by_itself() -> Result<(), Failure> {
    let scene = Scene::set().await?;
    let window = &scene.window;
    window
        .freeze_for(Duration::from_mins(1), async {
            scene.trainer.post(&format!("/v1/rounds/{}/recall", scene.round)).await
        })
        .await?;
    pictured(window, "frozen", async {
        window.view("between").await?;
        window.find("link-state[data-state='live']").await.map(drop)
    })
    .await;
    Ok(())
}
