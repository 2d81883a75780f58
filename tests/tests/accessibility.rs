//! axe (WCAG 2.2 AA) on every view of both windows, in light and dark.

use system_tests::{Failure, Stage, Window, story};

/// Fails when what is on screen breaks a rule.
async fn assert_accessible(window: &Window, what: &str) -> Result<(), Failure> {
    let violations = window.violations().await?;
    assert!(violations.is_empty(), "the {}'s window, {what}: {violations:#?}", window.name());
    Ok(())
}

/// Checks both windows after `what`.
async fn assert_both(stage: &Stage, what: &str) -> Result<(), Failure> {
    assert_accessible(&stage.trainer, what).await?;
    assert_accessible(&stage.athlete, what).await
}

/// Chooses a theme in both windows; also checks the settings.
async fn choose_theme(stage: &Stage, theme: &str) -> Result<(), Failure> {
    for window in [&stage.trainer, &stage.athlete] {
        window.click("open-settings").await?;
        window.view("settings").await?;
        window.click(&format!("theme-{theme}")).await?;
        assert_accessible(window, &format!("the settings in {theme}")).await?;
        window.click("close-settings").await?;
        window.wait_until_gone("view[data-view='settings']").await?;
    }
    Ok(())
}

async fn every_view(theme: &str) -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play(&format!("accessible-{theme}"), async |stage| {
            choose_theme(stage, theme).await?;
            let Stage { trainer, athlete, .. } = &*stage;
            assert_both(stage, "no session").await?;
            story::start_session(trainer, athlete).await?;
            trainer.click("session-row[data-status='waiting']").await?;
            assert_both(stage, "waiting").await?;
            story::join(trainer, athlete).await?;
            assert_both(stage, "joined").await?;
            story::plan_round(trainer, "Bankdr", "80x8@8").await?;
            trainer.fill("rest-after", "60").await?;
            assert_accessible(trainer, "planning").await?;
            trainer.click("save-and-release").await?;
            story::sees_round(athlete, 1).await?;
            assert_both(stage, "a released round").await?;
            athlete.click("begin-round").await?;
            athlete.find("tick").await?;
            assert_accessible(athlete, "training").await?;
            athlete.click("tick").await?;
            // The buttons move when it is done.
            athlete.wait_until_gone("tick").await?;
            athlete.click("to-feedback").await?;
            athlete.view("feedback").await?;
            assert_accessible(athlete, "feedback, nothing said").await?;
            athlete.click("complete-round").await?;
            assert_accessible(athlete, "feedback, what is missing").await?;
            athlete.click("effort-9").await?;
            athlete.click("pain-yes").await?;
            athlete.click("region-left_knee").await?;
            assert_accessible(athlete, "feedback, pain").await?;
            athlete.click("complete-round").await?;
            athlete.view("rest").await?;
            assert_both(stage, "rest, and pain reported").await?;
            story::plan_round(trainer, "Bankdr", "60x10").await?;
            trainer.click("final-round").await?;
            trainer.click("save-and-release").await?;
            story::sees_round(athlete, 2).await?;
            story::complete_round(athlete, 5).await?;
            athlete.view("completed").await?;
            assert_both(stage, "completed").await?;
            assert_eq!(stage.console_problems()?, Vec::<String>::new());
            Ok(())
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn every_view_is_accessible_in_the_dark_theme() -> Result<(), Failure> {
    every_view("dark").await
}

#[tokio::test]
async fn every_view_is_accessible_in_the_light_theme() -> Result<(), Failure> {
    every_view("light").await
}
