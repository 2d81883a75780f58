//! The real window without a network: the person goes on, sees the connection's state, and nothing is lost.

use std::time::Duration;

use serde_json::{Value, json};
use system_tests::{
    Desktop, Device, Failure, IN_TIME, NetworkCondition, Place, Proxy, Server, Window, screenshot_on_failure,
};

/// An athlete's window behind its own network, with a round in front of them, and their trainer on another network.
struct Fixture {
    proxy: Proxy,
    desktop: Desktop,
    window: Window,
    trainer: Device,
    session: String,
    round: String,
    _server: Server,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let proxy = Proxy::in_front_of(server.url()).await?;
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

    /// The athlete completes the round without a network.
    async fn train_offline(&self) -> Result<(), Failure> {
        self.proxy.set(NetworkCondition::Down);
        let window = &self.window;
        window.find("link-state[data-state='offline']").await?;
        window.click("begin-round").await?;
        window.click("tick").await?;
        // The buttons move when it is done.
        window.wait_until_gone("tick").await?;
        window.click("to-feedback").await?;
        window.click("effort-7").await?;
        window.click("pain-no").await?;
        window.fill("note", "ohne Netz").await?;
        window.click("complete-round").await?;
        window.view("between").await?;
        window.wait_for_text("link-state", "3 Änderungen warten").await
    }

    async fn round_on_server(&self) -> Result<Value, Failure> {
        let session = self.trainer.get(&format!("/v1/sessions/{}", self.session)).await?;
        let rounds = session["rounds"].as_array().cloned().unwrap_or_default();
        Ok(rounds.into_iter().find(|round| round["id"] == self.round.as_str()).unwrap_or_default())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b20_a_round_trained_offline_is_sent_once_after_a_restart_of_the_application() -> Result<(), Failure> {
    let mut fixture = Fixture::new().await?;
    screenshot_on_failure(&fixture.window, "offline", fixture.train_offline()).await;
    assert_eq!(fixture.round_on_server().await?["status"], "released", "nobody else knows");
    fixture.window.close().await?;
    // Reopened while the network is still gone: everything is as it was.
    fixture.window = Window::open(&fixture.desktop, "athlete", fixture.proxy.url().as_str(), Place::LEFT).await?;
    screenshot_on_failure(&fixture.window, "offline-again", async {
        fixture.window.view("between").await?;
        fixture.window.wait_for_text("link-state", "3 Änderungen warten").await?;
        assert!(fixture.window.violations().await?.is_empty());
        fixture.proxy.set(NetworkCondition::Normal);
        fixture.window.find("link-state[data-state='live']").await?;
        Ok(())
    })
    .await;
    let arrived = async {
        loop {
            let round = fixture.round_on_server().await?;
            if round["status"] == "completed" {
                return Ok::<_, Failure>(round);
            }
        }
    };
    let round = tokio::time::timeout(IN_TIME, arrived).await.expect("it arrives")?;
    assert_eq!(round["version"], 5, "released, begun, ticked, completed: each once");
    assert_eq!(round["exercises"][0]["feedback"]["note"], "ohne Netz");
    fixture.window.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_offline_act_that_is_refused_is_shown_with_its_reason_and_content() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    screenshot_on_failure(&fixture.window, "too-late", async {
        fixture.train_offline().await?;
        // As far as the trainer knows, nobody has begun.
        fixture.trainer.post(&format!("/v1/rounds/{}/recall", fixture.round)).await?;
        fixture.proxy.set(NetworkCondition::Normal);
        let completed = "refused-act[data-what='complete_round']";
        fixture.window.find(completed).await?;
        fixture.window.wait_for_text(completed, "Das gibt es nicht mehr. Die Ansicht zeigt den neuen Stand.").await?;
        fixture.window.click("refused-content").await?;
        fixture.window.wait_for_text(completed, "ohne Netz").await?;
        assert!(fixture.window.violations().await?.is_empty());
        let picture = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("refused.png");
        fixture.window.save_screenshot(&picture).await?;
        assert_eq!(fixture.window.console_problems()?, Vec::<String>::new());
        Ok(())
    })
    .await;
    fixture.window.close().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn feedback_given_offline_before_a_cancellation_is_kept_and_reported() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    screenshot_on_failure(&fixture.window, "late", async {
        fixture.train_offline().await?;
        let cancel = format!("/v1/sessions/{}/cancel", fixture.session);
        fixture.trainer.post_with(&cancel, json!({"reason": "Feueralarm"})).await?;
        // That view closes by itself after a while.
        let cancelled = "view[data-view='cancelled']";
        fixture.window.record_texts(cancelled).await?;
        fixture.proxy.set(NetworkCondition::Normal);
        fixture.window.wait_for_recorded_text(cancelled, "Feueralarm").await?;
        fixture.window.wait_for_text("notice", "trotzdem gespeichert").await?;
        fixture.window.wait_until_gone("refused-act").await?;
        let picture = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("late.png");
        fixture.window.save_screenshot(&picture).await?;
        assert_eq!(fixture.round_on_server().await?["exercises"][0]["feedback"]["note"], "ohne Netz");
        assert_eq!(fixture.window.console_problems()?, Vec::<String>::new());
        Ok(())
    })
    .await;
    fixture.window.close().await
}

#[tokio::test]
async fn a_window_reconnects_after_its_process_was_stopped_for_a_minute() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let window = &fixture.window;
    window
        .freeze_for(Duration::from_mins(1), async {
            fixture.trainer.post(&format!("/v1/rounds/{}/recall", fixture.round)).await
        })
        .await?;
    screenshot_on_failure(window, "frozen", async {
        window.view("between").await?;
        window.find("link-state[data-state='live']").await.map(drop)
    })
    .await;
    Ok(())
}
