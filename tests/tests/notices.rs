//! System notifications while the window is not focused, and what a click on them opens.

use std::time::{Duration, Instant};

use ringside_core::bridge::SessionCalls;
use system_tests::{Desktop, Failure, IN_TIME, Person, Stage, pictured, story};

/// Waits until a notice is on screen.
async fn until_said(desktop: &Desktop) -> Result<(), Failure> {
    let mut look = tokio::time::interval(Duration::from_millis(100));
    let deadline = Instant::now() + IN_TIME;
    while desktop.notices(&["count", "displayed"])?.trim() == "0" {
        assert!(Instant::now() < deadline, "no notice is shown");
        look.tick().await;
    }
    Ok(())
}

/// Dismisses every notice; returns their texts.
fn said(desktop: &Desktop) -> Result<String, Failure> {
    desktop.notices(&["close-all"])?;
    desktop.notices(&["history"])
}

#[tokio::test]
async fn who_looks_elsewhere_is_told_by_the_system_and_a_click_brings_their_window_to_the_front() -> Result<(), Failure>
{
    let Stage { trainer, athlete, mut desktop, server: _server } = Stage::set().await?;
    desktop.show_notices()?;
    pictured(&trainer, "notices", async {
        athlete.focus(&desktop).await?;
        story::start_session(&trainer, &athlete).await?;
        until_said(&desktop).await?;
        desktop.notices(&["action", "0"])?;
        trainer.until::<bool>("to be in front", "return document.hasFocus()", Vec::new()).await?;
        let waits = said(&desktop)?;
        assert!(waits.contains("wartet"), "{waits}");
        story::join(&trainer, &athlete).await?;
        story::release_round(&trainer, "Bankdr", "80x8@8", 1).await?;
        until_said(&desktop).await?;
        desktop.notices(&["action", "0"])?;
        athlete.until::<bool>("to be in front", "return document.hasFocus()", Vec::new()).await?;
        let round = said(&desktop)?;
        assert!(round.contains("Runde 1"), "{round}");
        Ok(())
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn a_click_leads_a_trainer_to_whoever_the_notice_is_about() -> Result<(), Failure> {
    let Stage { trainer, athlete, mut desktop, server } = Stage::set().await?;
    desktop.show_notices()?;
    let mut athletes = server.accounts().iter().filter(|account| account.roles.iter().any(|role| role == "athlete"));
    let other = Person::signed_in(server.url(), athletes.nth(1).expect("another athlete")).await;
    pictured(&trainer, "notice-leads", async {
        // This one gets no notice.
        trainer.focus(&desktop).await?;
        story::start_session(&trainer, &athlete).await?;
        trainer.find("session-row[aria-current='true']").await?;
        athlete.focus(&desktop).await?;
        trainer.until::<bool>("to be behind", "return !document.hasFocus()", Vec::new()).await?;
        let session = other.agent.start_session().await.expect("none is open");
        until_said(&desktop).await?;
        assert!(!trainer.shows(&format!("session-row[data-session='{}'][aria-current='true']", session.id)).await?);
        desktop.notices(&["action", "0"])?;
        trainer.find(&format!("session-row[data-session='{}'][aria-current='true']", session.id)).await.map(drop)
    })
    .await;
    Ok(())
}
