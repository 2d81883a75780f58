//! The product's main scenario in eleven steps: a whole session of a trainer and an athlete, as in its manual test, and
//! an exercise that the trainer adds to the library.
//!
//! Each step is an act in one window, followed by what the other window shows by itself.

use crate::failure::Failure;
use crate::stage::Stage;
use crate::window::Window;

/// The steps by name, each a file name for its pictures.
pub const STEPS: [&str; 11] = [
    "01-athlete-starts-trainer-sees-it",
    "02-trainer-joins",
    "03-trainer-plans-and-releases-round-1",
    "04-athlete-sees-round-1",
    "05-athlete-completes-round-1",
    "06-trainer-sees-it-completed",
    "07-trainer-plans-and-releases-round-2",
    "08-athlete-sees-round-2",
    "09-trainer-cancels",
    "10-athlete-is-told-and-back-at-the-start",
    "11-trainer-adds-an-exercise",
];

/// The reason for a cancelled session, as the athlete sees it. That view closes by itself after a while.
const CANCELLED_REASON: &str = "view[data-view='cancelled'] [data-testid='cancelled-reason']";

/// Runs step `number`, from 1, and returns once its result is on screen in both windows.
pub async fn step(Stage { trainer, athlete, .. }: &Stage, number: usize) -> Result<(), Failure> {
    match number {
        1 => start_session(trainer, athlete).await?,
        2 => join(trainer, athlete).await?,
        3 => release_round(trainer, "Bankdr", "80x8@8", 1).await?,
        4 => {
            sees_round(athlete, 1).await?;
            athlete.wait_for_text("planned", "80").await?;
        }
        5 => complete_round(athlete, 7).await?,
        6 => {
            trainer.find("round-card[data-number='1'][data-status='completed']").await?;
            trainer.wait_for_text("feedback", "7").await?;
        }
        7 => release_round(trainer, "Bankdr", "82,5x6", 2).await?,
        8 => {
            sees_round(athlete, 2).await?;
            athlete.wait_for_text("planned", "82,5").await?;
        }
        9 => {
            trainer.click("session-menu").await?;
            trainer.click("cancel-session").await?;
            trainer.fill("cancel-reason", "Die Halle schließt").await?;
            athlete.record_texts(CANCELLED_REASON).await?;
            trainer.click("confirm-cancel").await?;
            trainer.wait_until_gone("session-row[data-status='active']").await?;
        }
        10 => {
            athlete.wait_for_recorded_text(CANCELLED_REASON, "Die Halle schließt").await?;
            // Unless it has closed by itself already.
            let leave = "document.querySelector('[data-testid=back-to-start]')?.click()";
            athlete.run_script::<()>(leave, Vec::new()).await?;
            athlete.view("start").await?;
        }
        _ => add_exercise(trainer, "Superman").await?,
    }
    Ok(())
}

/// The trainer adds an exercise to the studio's library.
pub async fn add_exercise(trainer: &Window, name: &str) -> Result<(), Failure> {
    trainer.click("open-library").await?;
    trainer.view("library").await?;
    trainer.click("new-exercise").await?;
    trainer.fill("exercise-name", name).await?;
    trainer.click("exercise-field-reps").await?;
    trainer.click("save-exercise").await?;
    trainer.wait_for_text("view", name).await
}

/// The athlete starts a session; the trainer's window shows that they wait.
pub async fn start_session(trainer: &Window, athlete: &Window) -> Result<(), Failure> {
    athlete.view("start").await?;
    athlete.click("start-session").await?;
    athlete.view("waiting").await?;
    trainer.find("session-row[data-status='waiting']").await.map(drop)
}

/// The trainer opens the waiting session and joins it; the athlete's window says so.
pub async fn join(trainer: &Window, athlete: &Window) -> Result<(), Failure> {
    trainer.click("session-row[data-status='waiting']").await?;
    trainer.click("join-session").await?;
    trainer.find("session-row[data-status='active']").await?;
    athlete.view("between").await
}

/// The trainer plans a round of one exercise and releases it in one act.
pub async fn release_round(trainer: &Window, exercise: &str, plan: &str, number: u32) -> Result<(), Failure> {
    plan_round(trainer, exercise, plan).await?;
    trainer.click("save-and-release").await?;
    trainer.find(&format!("round-card[data-number='{number}'][data-status='released']")).await.map(drop)
}

/// The trainer plans a round of one exercise, found by typing, and leaves it unsaved.
pub async fn plan_round(trainer: &Window, exercise: &str, plan: &str) -> Result<(), Failure> {
    trainer.click("new-round").await?;
    trainer.fill("exercise-search", exercise).await?;
    trainer.click("exercise-option").await?;
    trainer.find("plan-item").await?;
    trainer.fill("shorthand", plan).await?;
    trainer.run_command(trainer.find("shorthand").await?.send_keys("\u{E007}")).await
}

/// The athlete's window shows round `number` by itself.
pub async fn sees_round(athlete: &Window, number: u32) -> Result<(), Failure> {
    athlete.view("round").await?;
    athlete.find(&format!("round-number[data-number='{number}']")).await.map(drop)
}

/// The athlete does the round of one exercise and says how it was: so hard, no pain.
pub async fn complete_round(athlete: &Window, effort: u8) -> Result<(), Failure> {
    athlete.click("begin-round").await?;
    athlete.click("tick").await?;
    athlete.wait_until_gone("tick").await?;
    athlete.click("to-feedback").await?;
    athlete.view("feedback").await?;
    athlete.click(&format!("effort-{effort}")).await?;
    athlete.click("pain-no").await?;
    athlete.click("complete-round").await?;
    athlete.wait_until_gone("view[data-view='feedback']").await
}
