//! System notifications while the window is not focused, and what a click on them opens.

use std::time::{Duration, Instant};

use ringside_core::bridge::SessionCalls;
use system_tests::{Desktop, Failure, IN_TIME, Person, Stage, screenshot_on_failure, story};

/// Waits until a notification is on screen.
async fn wait_for_notification(desktop: &Desktop) -> Result<(), Failure> {
    let mut interval = tokio::time::interval(Duration::from_millis(100));
    let deadline = Instant::now() + IN_TIME;
    while desktop.dunstctl(&["count", "displayed"])?.trim() == "0" {
        assert!(Instant::now() < deadline, "no notification is shown");
        interval.tick().await;
    }
    Ok(())
}

/// Dismisses every notification; returns the texts.
fn dismiss_all(desktop: &Desktop) -> Result<String, Failure> {
    desktop.dunstctl(&["close-all"])?;
    desktop.dunstctl(&["history"])
}

#[tokio::test]
async fn a_window_without_focus_shows_a_notification_and_a_click_on_it_brings_the_window_to_the_front()
-> Result<(), Failure> {
    let Stage { trainer, athlete, mut desktop, server: _server } = Stage::set().await?;
    desktop.start_notification_daemon()?;
    screenshot_on_failure(&trainer, "notices", async {
        athlete.focus(&desktop).await?;
        story::start_session(&trainer, &athlete).await?;
        wait_for_notification(&desktop).await?;
        desktop.dunstctl(&["action", "0"])?;
        trainer.until::<bool>("to be in front", "return document.hasFocus()", Vec::new()).await?;
        let waits = dismiss_all(&desktop)?;
        assert!(waits.contains("wartet"), "{waits}");
        story::join(&trainer, &athlete).await?;
        story::release_round(&trainer, "Bankdr", "80x8@8", 1).await?;
        wait_for_notification(&desktop).await?;
        desktop.dunstctl(&["action", "0"])?;
        athlete.until::<bool>("to be in front", "return document.hasFocus()", Vec::new()).await?;
        let round = dismiss_all(&desktop)?;
        assert!(round.contains("Runde 1"), "{round}");
        Ok(())
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_click_on_a_notification_opens_the_session_it_is_about() -> Result<(), Failure> {
    let Stage { trainer, athlete, mut desktop, server } = Stage::set().await?;
    desktop.start_notification_daemon()?;
    let mut athletes = server.accounts().iter().filter(|account| account.roles.iter().any(|role| role == "athlete"));
    let other = Person::signed_in(server.url(), athletes.nth(1).expect("another athlete")).await;
    screenshot_on_failure(&trainer, "notice-leads", async {
        // With the focus, there is no notification.
        trainer.focus(&desktop).await?;
        story::start_session(&trainer, &athlete).await?;
        trainer.find("session-row[aria-current='true']").await?;
        athlete.focus(&desktop).await?;
        trainer.until::<bool>("to be behind", "return !document.hasFocus()", Vec::new()).await?;
        let session = other.agent.start_session().await.expect("none is open");
        wait_for_notification(&desktop).await?;
        assert!(!trainer.shows(&format!("session-row[data-session='{}'][aria-current='true']", session.id)).await?);
        desktop.dunstctl(&["action", "0"])?;
        trainer.find(&format!("session-row[data-session='{}'][aria-current='true']", session.id)).await.map(drop)
    })
    .await;
    Ok(())
}
