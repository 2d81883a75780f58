//! The day around a session: a private note, a template, a second athlete on the board, what was done before, what the
//! athlete weighs, in both windows, and what they bring along from another tracker.

use crate::device::Device;
use crate::failure::Failure;
use crate::imports;
use crate::stage::Stage;
use crate::story;
use crate::window::Window;

const NOTE: &str = "Linke Schulter: heute nichts über Kopf";
const TEMPLATE: &str = "Beine, leicht";

/// What the athlete weighs.
const WEIGHT: &str = "71,4";

/// Plays it on a stage where a round of one exercise is in front of the athlete. `picture` is called with the name of a step
/// and its window, once its result is on screen.
pub async fn play(
    stage: &Stage,
    mut picture: impl AsyncFnMut(&str, &Window) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Stage { trainer, athlete, .. } = stage;
    write_note(trainer).await?;
    picture("15-trainer-writes-a-note", trainer).await?;
    keep_template(trainer).await?;
    picture("16-trainer-keeps-a-template", trainer).await?;
    trainer.click("close-templates").await?;
    trainer.click("save-draft").await?;

    // The other athlete has no window here.
    let _other = second_athlete_starts(stage).await?;
    trainer.click("session-row[data-status='waiting']").await?;
    trainer.click("join-session").await?;
    trainer.click("open-board").await?;
    trainer.find("tile:nth-of-type(2)").await?;
    picture("17-trainer-on-the-board", trainer).await?;
    story::complete_round(athlete, 6).await?;
    trainer.click("close-board").await?;

    athlete.click("open-history").await?;
    athlete.click("past-session").await?;
    athlete.find("session-detail").await?;
    picture("18-athlete-reads-what-they-did", athlete).await?;
    enter_weight(athlete).await?;
    picture("19-athlete-enters-their-weight", athlete).await?;
    athlete.click("open-train").await?;

    trainer.click("open-athletes").await?;
    trainer.fill("search-athletes", "Mara").await?;
    trainer.click("athlete").await?;
    trainer.find("athlete-page").await?;
    trainer.find("past-session").await?;
    picture("20-trainer-opens-an-athlete", trainer).await?;
    trainer.click("tab-weight").await?;
    trainer.wait_for_text("latest-weight", WEIGHT).await?;
    picture("21-trainer-sees-what-the-athlete-weighs", trainer).await?;

    trainer.click("import").await?;
    imports::choose(trainer, &imports::strong(12, 8)).await?;
    trainer.find("import-choice").await?;
    picture("22-trainer-looks-at-what-the-athlete-brings-along", trainer).await?;
    trainer.click("commit-import").await?;
    trainer.find("import-done").await?;
    picture("23-trainer-has-imported-it", trainer).await?;
    trainer.click("finish-import").await
}

async fn write_note(trainer: &Window) -> Result<(), Failure> {
    trainer.click("open-note").await?;
    trainer.fill("note-text", NOTE).await?;
    trainer.click("save-note").await?;
    trainer.wait_for_text("note-shown", NOTE).await
}

async fn enter_weight(athlete: &Window) -> Result<(), Failure> {
    athlete.click("open-weight").await?;
    athlete.fill("weight-value", WEIGHT).await?;
    athlete.click("save-weight").await?;
    athlete.wait_for_text("weight", WEIGHT).await
}

async fn keep_template(trainer: &Window) -> Result<(), Failure> {
    story::plan_round(trainer, "Kniebeuge", "60x10").await?;
    trainer.click("open-templates").await?;
    trainer.fill("template-name", TEMPLATE).await?;
    trainer.click("save-round-template").await?;
    trainer.wait_for_text("templates", TEMPLATE).await
}

async fn second_athlete_starts(stage: &Stage) -> Result<Device, Failure> {
    let mut athletes =
        stage.server.accounts().iter().filter(|account| account.roles.iter().any(|role| role == "athlete"));
    let account = athletes.nth(1).expect("the demo's trainer has two athletes");
    let device = Device::sign_in(&stage.server, account).await?;
    device.post("/v1/sessions").await?;
    Ok(device)
}
