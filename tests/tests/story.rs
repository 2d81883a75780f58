//! The steps of the product's main scenario in two real windows.

use system_tests::{Failure, Stage, day_story, story, studio_story};

#[tokio::test]
async fn every_step_of_the_story_works_in_both_windows() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("story", async |stage| {
            for number in 1..=story::STEPS.len() {
                story::step(stage, number).await?;
            }
            studio_story::play(stage, async |_, window| {
                assert_eq!(window.console_problems()?, Vec::<String>::new());
                Ok(())
            })
            .await?;
            assert_eq!(stage.console_problems()?, Vec::<String>::new());
            Ok(())
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn the_day_around_a_session_works_in_both_windows() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("day-story", async |stage| {
            // The first session is in the past when the next one has a round out.
            for number in 1..=10 {
                story::step(stage, number).await?;
            }
            story::start_session(&stage.trainer, &stage.athlete).await?;
            story::join(&stage.trainer, &stage.athlete).await?;
            story::release_round(&stage.trainer, "Bankdr", "80x8", 1).await?;
            day_story::play(stage, async |_, _| Ok(())).await?;
            assert_eq!(stage.console_problems()?, Vec::<String>::new());
            Ok(())
        })
        .await;
    Ok(())
}
