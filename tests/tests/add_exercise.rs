//! A trainer adds an exercise to the library while planning, in a real window.

use fantoccini::key::Key;
use system_tests::{Failure, Stage, Window, story};

/// Types into the search for exercises and takes what is marked.
async fn plan_by_typing(trainer: &Window, text: &str, option: &str) -> Result<(), Failure> {
    trainer.click("exercise-search").await?;
    trainer.type_text(text).await?;
    trainer.find(option).await?;
    trainer.press(&[Key::Enter]).await
}

#[tokio::test]
async fn b53_a_trainer_adds_an_exercise_while_planning_and_releases_it() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    let scenario = async |Stage { trainer, athlete, .. }: &mut Stage| {
        story::start_session(trainer, athlete).await?;
        story::join(trainer, athlete).await?;
        trainer.click("new-round").await?;
        plan_by_typing(trainer, "Hüftkreisen 12@6", "create-exercise[aria-selected='true']").await?;
        trainer.wait_for_text("plan-item", "Hüftkreisen").await?;
        // Known by its name in English only.
        plan_by_typing(trainer, "bench press (barbell) 80x8", "exercise-option[aria-selected='true']").await?;
        trainer.wait_for_text("plan-item + [data-testid='plan-item']", "Bankdrücken").await?;
        trainer.click("save-and-release").await?;
        story::sees_round(athlete, 1).await?;
        athlete.wait_for_text("view", "Hüftkreisen").await
    };
    stage.play("add-exercise", scenario).await;
    Ok(())
}
