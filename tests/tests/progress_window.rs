//! What the numbers say, in real windows: charts by keyboard, in three languages, light and dark; a best the moment it
//! happens; the export of a person and their erasure.

use fantoccini::key::Key;
use serde_json::{Value, json};
use system_tests::{Device, Failure, Place, Stage, Window, screenshot_on_failure, story};

/// The exercise of the sessions, as the demo's trainer finds it.
const EXERCISE: &str = "Bankdr";
/// How many sessions there are before.
const SESSIONS: u32 = 6;

/// Enters sessions with a heavier set each time, one with pain, and a weight, and returns the athlete's id.
async fn train_before(stage: &Stage) -> Result<String, Failure> {
    let trainer = Device::sign_in(&stage.server, stage.server.first("trainer")?).await?;
    let athlete = Device::sign_in(&stage.server, stage.server.first("athlete")?).await?;
    let id = text(&athlete.get("/v1/me").await?["id"]).to_owned();
    let library = trainer.get("/v1/exercises").await?;
    let bench =
        library["exercises"].as_array().into_iter().flatten().find(|it| text(&it["name"]).starts_with(EXERCISE));
    let bench = bench.expect("the demo's library has it")["id"].clone();
    for number in 0..SESSIONS {
        let pain = number == 2;
        let feedback =
            json!({"effort": 7, "pain": pain, "pain_regions": if pain { vec!["left_knee"] } else { vec![] }});
        let set = json!({"exercise_id": bench, "planned": {"effort": 6}, "feedback": feedback,
                         "actual": {"weight_kg": 60 + 2 * number, "reps": 5}});
        let day = format!("2026-01-{:02}", 5 + 7 * (number % 4) + number / 4);
        let session = json!({"started_at": format!("{day}T17:00:00Z"), "ended_at": format!("{day}T18:00:00Z"),
                             "rounds": [{"exercises": [set]}]});
        trainer.post_with(&format!("/v1/athletes/{id}/sessions"), session).await?;
    }
    athlete.post_with(&format!("/v1/athletes/{id}/weights"), json!({"weight_kg": 81.5})).await?;
    Ok(id)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The trainer opens the charts of their athlete without a mouse, with all that there is.
async fn open_charts(stage: &Stage, athlete: &str) -> Result<(), Failure> {
    let trainer = &stage.trainer;
    trainer.focus(&stage.desktop).await?;
    trainer.press_space_on("open-athletes").await?;
    trainer.find("athlete").await?;
    trainer.press_space_on(&format!("athlete[data-athlete='{athlete}']")).await?;
    trainer.find("athlete-page").await?;
    trainer.tab_to("tab-sessions").await?;
    trainer.press(&[Key::Right]).await?;
    trainer.find("progress-period").await?;
    trainer.tab_to("progress-period").await?;
    trainer.press(&[Key::End]).await?;
    trainer.find("chart-e1rm").await.map(drop)
}

async fn expect_no_barriers(window: &Window) -> Result<(), Failure> {
    window.at_rest().await?;
    let violations = window.violations().await?;
    assert!(violations.is_empty(), "{}: {violations:#?}", window.name());
    Ok(())
}

/// Has the window speak this language and wear this theme, as its settings do.
async fn set(window: &Window, language: &str, theme: &str) -> Result<(), Failure> {
    window.click("open-settings").await?;
    window.view("settings").await?;
    window.click(&format!("language-{language}")).await?;
    window.click(&format!("theme-{theme}")).await?;
    window.click("close-settings").await?;
    let script = "return document.documentElement.lang === arguments[0]";
    window.until::<bool>(&format!("the language {language}"), script, vec![json!(language)]).await.map(drop)
}

#[tokio::test]
async fn b19_a_trainer_reads_the_charts_of_an_athlete_by_keyboard() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("charts-by-keyboard", async |stage| {
            let athlete = train_before(stage).await?;
            open_charts(stage, &athlete).await?;
            let trainer = &stage.trainer;
            let readout = "chart-e1rm [data-testid='chart-readout']";
            trainer.press_space_on("chart-e1rm [data-testid='chart-table']").await?;
            trainer.find("chart-e1rm tbody tr:nth-of-type(6)").await?;
            trainer.press_space_on("chart-e1rm [data-testid='chart-table']").await?;
            trainer.tab_to("chart-e1rm [data-testid='chart-cursor']").await?;
            trainer.press(&[Key::Home]).await?;
            let first = trainer.text(readout).await?;
            trainer.press(&[Key::End]).await?;
            let last = trainer.text(readout).await?;
            assert_ne!(first, last, "the cursor goes from the first point to the last");
            trainer.assert_stops_in_sight("the charts").await
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn b19_charts_are_accessible_in_three_languages_light_and_dark() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("charts-accessible", async |stage| {
            let athlete = train_before(stage).await?;
            for (language, theme) in [("de", "light"), ("en", "dark"), ("pt", "light")] {
                set(&stage.trainer, language, theme).await?;
                open_charts(stage, &athlete).await?;
                expect_no_barriers(&stage.trainer).await?;
                stage.trainer.click("open-today").await?;
                set(&stage.athlete, language, theme).await?;
                stage.athlete.click("open-history").await?;
                stage.athlete.click("tab-progress").await?;
                stage.athlete.find("chart-e1rm").await?;
                expect_no_barriers(&stage.athlete).await?;
                stage.athlete.click("open-train").await?;
            }
            Ok(())
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn b69_a_completed_round_moves_an_open_chart_and_says_the_best_in_both_windows() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("best-moves-a-chart", async |stage| {
            let id = train_before(stage).await?;
            let Stage { trainer, athlete, .. } = &*stage;
            story::start_session(trainer, athlete).await?;
            story::join(trainer, athlete).await?;
            story::release_round(trainer, EXERCISE, "100x5", 1).await?;
            story::sees_round(athlete, 1).await?;
            open_charts(stage, &id).await?;
            let caption = "chart-e1rm [data-testid='chart-caption']";
            let before = trainer.text(caption).await?;
            story::complete_round(athlete, 8).await?;
            athlete.find("new-bests").await?;
            let moved =
                "const it = document.querySelector(\"[data-testid='chart-e1rm'] [data-testid='chart-caption']\");
                return it !== null && it.textContent.trim() !== arguments[0]";
            trainer.until::<bool>("the chart moved", moved, vec![json!(before)]).await?;
            trainer.click("open-today").await?;
            trainer.find("round-card[data-number='1'] [data-testid='new-best']").await.map(drop)
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn b37_a_person_saves_everything_and_is_forgotten_when_an_admin_erases_them() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("export-and-erase", async |stage| {
            train_before(stage).await?;
            let athlete = &stage.athlete;
            athlete.click("open-settings").await?;
            athlete.view("settings").await?;
            athlete.click("export-person").await?;
            let saved = athlete.text("export-saved").await?;
            let path = saved.split(['\u{2068}', '\u{2069}']).nth(1).expect("the path is isolated");
            let zip = std::fs::read(path).expect("it is where the window says");
            assert!(zip.starts_with(b"PK"), "{path} is no archive");

            stage.desktop.sign_in("admin", stage.server.url(), stage.server.first("admin")?)?;
            let admin = Window::open(&stage.desktop, "admin", stage.server.url(), Place::LEFT).await?;
            screenshot_on_failure(&admin, "erase", erase(&admin, &stage.server.first("athlete")?.name)).await;
            admin.close().await?;
            athlete.view("sign-in").await
        })
        .await;
    Ok(())
}

/// The admin opens a person and erases them, which their name confirms.
async fn erase(admin: &Window, name: &str) -> Result<(), Failure> {
    admin.view("studio").await?;
    admin.fill("search-people", name).await?;
    let is_alone = "return document.querySelectorAll('[data-testid=person-row]').length === 1";
    admin.until::<bool>(&format!("{name} alone in the table"), is_alone, Vec::new()).await?;
    admin.click("person-row").await?;
    admin.click("erase-person").await?;
    admin.fill("erase-name", name).await?;
    expect_no_barriers(admin).await?;
    admin.click("confirm-erase").await?;
    admin.wait_until_gone("erase-section").await?;
    admin.wait_until_gone("person-row").await
}
