//! Restarts of the application and of the server: all data is kept, and broken connections recover by themselves.

use system_tests::{Failure, Place, Stage, Window, screenshot_on_failure, story};

#[tokio::test]
async fn after_a_restart_the_open_session_is_on_screen_before_the_network_answers() -> Result<(), Failure> {
    let Stage { trainer, athlete, desktop, mut server } = Stage::set().await?;
    screenshot_on_failure(&athlete, "before-restart", async {
        story::start_session(&trainer, &athlete).await?;
        story::join(&trainer, &athlete).await?;
        story::release_round(&trainer, "Bankdr", "80x8@8", 1).await?;
        story::sees_round(&athlete, 1).await
    })
    .await;
    athlete.close().await?;
    server.stop()?;

    let athlete = Window::open(&desktop, "athlete", server.url(), Place::RIGHT).await?;
    screenshot_on_failure(&athlete, "after-restart", async {
        story::sees_round(&athlete, 1).await?;
        athlete.find("link-state[data-state='offline']").await?;
        server.start_again()?;
        athlete.find("link-state[data-state='live']").await?;
        story::complete_round(&athlete, 6).await
    })
    .await;
    screenshot_on_failure(&trainer, "after-restart-trainer", async {
        trainer.find("round-card[data-number='1'][data-status='completed']").await.map(drop)
    })
    .await;
    Ok(())
}

#[tokio::test]
async fn both_windows_reconnect_after_a_restart_of_the_server() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("server-restart", async |Stage { trainer, athlete, server, .. }| {
            story::start_session(trainer, athlete).await?;
            story::join(trainer, athlete).await?;
            server.stop()?;
            for window in [&*trainer, &*athlete] {
                window.find("link-state[data-state='offline']").await?;
            }
            server.start_again()?;
            for window in [&*trainer, &*athlete] {
                window.find("link-state[data-state='live']").await?;
            }
            story::release_round(trainer, "Bankdr", "80x8@8", 1).await?;
            story::sees_round(athlete, 1).await
        })
        .await;
    Ok(())
}
