//! What only a real window lays out, at the sizes and the scale of small screens. What has the keyboard is in sight:
//! no stop of the Tab key lies outside the window, cut off, or behind something else. The number that matters is in
//! sight and as large as its screen allows. No answer moves a question.

use serde_json::{Value, json};
use system_tests::{Desktop, Device, Failure, Place, Server, Stage, Window, screenshot_on_failure, story};

/// The planner with one more exercise each time, its search typed in: the suggestions are in sight as well.
async fn plans(trainer: &Window) -> Result<(), Failure> {
    trainer.click("new-round").await?;
    for (count, name) in ["Bankdr", "Kniebeuge", "Klimmz", "Ruder"].into_iter().enumerate() {
        trainer.fill("exercise-search", name).await?;
        trainer.find("exercise-option").await?;
        trainer.assert_focus_in_sight(&format!("the search over {count} exercises")).await?;
        trainer.click("exercise-option").await?;
        trainer.assert_stops_in_sight(&format!("planning {} exercises", count + 1)).await?;
    }
    trainer.click("shorthand").await?;
    trainer.fill("hint", &"Schulterblätter zusammen, Füße fest am Boden, langsam ablassen. ".repeat(6)).await?;
    trainer.fill("rest-after", "60").await?;
    trainer.assert_stops_in_sight("a plan with a long hint").await?;
    trainer.click("save-and-release").await
}

/// Every stage of a session, in both windows.
async fn trains(Stage { trainer, athlete, .. }: &Stage) -> Result<(), Failure> {
    athlete.assert_stops_in_sight("the start").await?;
    story::start_session(trainer, athlete).await?;
    athlete.assert_stops_in_sight("waiting").await?;
    trainer.assert_stops_in_sight("somebody waits").await?;
    story::join(trainer, athlete).await?;
    athlete.assert_stops_in_sight("between two rounds").await?;
    plans(trainer).await?;
    story::sees_round(athlete, 1).await?;
    trainer.assert_stops_in_sight("a round out").await?;
    athlete.assert_stops_in_sight("a round out").await?;
    athlete.click("begin-round").await?;
    athlete.find("tick").await?;
    athlete.assert_stops_in_sight("training").await?;
    athlete.click("to-feedback").await?;
    athlete.view("feedback").await?;
    athlete.assert_stops_in_sight("feedback").await?;
    answers_move_nothing(athlete).await?;
    athlete.assert_stops_in_sight("feedback with pain").await?;
    athlete.click("note").await?;
    athlete.assert_focus_in_sight("the note").await?;
    trainer.click("session-menu").await?;
    trainer.click("cancel-session").await?;
    trainer.find("cancel-reason").await?;
    trainer.assert_stops_in_sight("asked before a session is ended").await?;
    trainer.click("confirm-cancel").await?;
    trainer.wait_until_gone("session-row[data-status='active']").await
}

/// The questions stay where they are while they are asked again and answered.
async fn answers_move_nothing(athlete: &Window) -> Result<(), Failure> {
    let script = "const find = (id) => document.querySelector(`[data-testid='${id}']`).getBoundingClientRect();
        const first = find('effort-0');
        return ['effort-0', 'effort-10', 'pain-no', 'pain-yes', 'note'].map(find)
            .flatMap(({ x, y, width, height }) => [x - first.x, y - first.y, width, height].map(Math.round))";
    let before: Vec<i32> = athlete.run_script(script, Vec::new()).await?;
    for answer in ["next-exercise", "effort-8", "pain-yes", "region-left_knee", "pain-no", "effort-0", "pain-yes"] {
        athlete.click(answer).await?;
        athlete.at_rest().await?;
        let after: Vec<i32> = athlete.run_script(script, Vec::new()).await?;
        assert_eq!(after, before, "{answer} moved a question");
    }
    Ok(())
}

/// The places of both windows, with a past session and a weight to show.
async fn visits_places(Stage { trainer, athlete, server, .. }: &Stage) -> Result<(), Failure> {
    let device = Device::sign_in(server, server.first("athlete")?).await?;
    let me = device.get("/v1/me").await?["id"].as_str().unwrap_or_default().to_owned();
    let exercise = device.snapshot().await?["sessions"][0]["rounds"][0]["exercises"][0]["exercise_id"].clone();
    let exercises = json!([{"exercise_id": exercise, "actual": {"weight_kg": 80, "reps": 5}}]);
    let session = json!({"started_at": "2026-01-05T17:00:00Z", "ended_at": "2026-01-05T18:00:00Z",
                         "rounds": [{"exercises": exercises}]});
    device.post_with(&format!("/v1/athletes/{me}/sessions"), session).await?;
    device.post_with(&format!("/v1/athletes/{me}/weights"), json!({"weight_kg": 81.5})).await?;
    trainer.click("open-athletes").await?;
    trainer.find("athlete").await?;
    trainer.assert_stops_in_sight("the athletes").await?;
    trainer.click(&format!("athlete[data-athlete='{me}']")).await?;
    trainer.find("athlete-page").await?;
    for tab in ["tab-sessions", "tab-progress", "tab-weight", "tab-journal"] {
        trainer.click(tab).await?;
        trainer.assert_stops_in_sight(&format!("an athlete's page, {tab}")).await?;
    }
    athlete.click("open-history").await?;
    for tab in ["tab-sessions", "tab-progress"] {
        athlete.click(tab).await?;
        athlete.assert_stops_in_sight(&format!("the history, {tab}")).await?;
    }
    athlete.click("open-weight").await?;
    athlete.assert_stops_in_sight("the weight").await?;
    trainer.click("open-today").await?;
    athlete.click("open-train").await
}

/// What opens on top: settings in both windows, the library and its editor.
async fn opens_what_is_on_top(Stage { trainer, athlete, .. }: &Stage) -> Result<(), Failure> {
    for window in [trainer, athlete] {
        window.click("open-settings").await?;
        window.view("settings").await?;
        window.assert_stops_in_sight("the settings").await?;
        window.click("open-licences").await?;
        window.find("delivered").await?;
        assert_nothing_scrolls_sideways(window).await?;
        window.click("close-licences").await?;
        window.click("close-settings").await?;
    }
    trainer.click("open-library").await?;
    trainer.view("library").await?;
    trainer.click("new-exercise").await?;
    trainer.find("exercise-name").await?;
    trainer.assert_stops_in_sight("the library's editor").await
}

async fn assert_nothing_scrolls_sideways(window: &Window) -> Result<(), Failure> {
    let script = "const scrolls = (it) => ['auto', 'scroll'].includes(getComputedStyle(it).overflowX);
        return [...document.querySelectorAll('*')]
            .filter((it) => it.scrollWidth > it.clientWidth + 1 && scrolls(it)).map((it) => it.outerHTML.slice(0, 200))";
    assert_eq!(window.run_script::<Vec<String>>(script, Vec::new()).await?, Vec::<String>::new());
    Ok(())
}

async fn every_view(name: &str, size: (u16, u16), scale: &str) -> Result<(), Failure> {
    let server = Server::start()?;
    let mut desktop = Desktop::start()?;
    desktop.set("GDK_DPI_SCALE", scale);
    for role in ["trainer", "athlete"] {
        desktop.sign_in(role, server.url(), server.first(role)?)?;
    }
    let trainer = Window::open(&desktop, "trainer", server.url(), Place { at: (0, 0), size }).await?;
    let athlete = Window::open(&desktop, "athlete", server.url(), Place { at: (1280, 0), size }).await?;
    for window in [&trainer, &athlete] {
        window.find("link-state[data-state='live']").await?;
    }
    let stage = Stage { trainer, athlete, desktop, server };
    stage
        .play(name, async |stage| {
            trains(stage).await?;
            visits_places(stage).await?;
            opens_what_is_on_top(stage).await?;
            assert_eq!(stage.console_problems()?, Vec::<String>::new());
            Ok(())
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn on_a_small_screen_the_focused_element_is_visible() -> Result<(), Failure> {
    every_view("focus-1024x600", (1024, 600), "1").await
}

#[tokio::test]
async fn on_a_laptop_the_focused_element_is_visible() -> Result<(), Failure> {
    every_view("focus-1280x720", (1280, 720), "1").await
}

#[tokio::test]
async fn on_a_scaled_screen_the_focused_element_is_visible() -> Result<(), Failure> {
    every_view("focus-scaled", (1280, 800), "1.5").await
}

#[tokio::test]
async fn on_a_small_screen_the_sign_in_view_is_visible() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let place = Place { at: (0, 0), size: (1024, 600) };
    let window = Window::open(&desktop, "nobody", server.url(), place).await?;
    screenshot_on_failure(&window, "focus-sign-in", async {
        window.view("sign-in").await?;
        window.click("open-server-choice").await?;
        window.find("server-url").await?;
        window.assert_stops_in_sight("signing in, another server").await
    })
    .await;
    window.close().await
}

/// A round of so many exercises, each with a long hint.
async fn plan(trainer: &Device, exercises: usize) -> Result<Value, Failure> {
    let library = trainer.snapshot().await?["exercises"].as_array().cloned().unwrap_or_default();
    let items: Vec<Value> = (0..exercises)
        .map(|place| {
            let id = &library[place % library.len()]["id"];
            let hint = "Schulterblätter zusammen, Füße fest am Boden. ".repeat(8);
            json!({"exercise_id": id, "planned": {"weight_kg": 102.5, "reps": 12}, "trainer_notes": hint})
        })
        .collect();
    Ok(json!({"is_final": false, "exercises": items, "release": true}))
}

/// On a 24-inch screen of 299 mm, 17 mm for the number that matters, and a quarter of it for the smallest word.
async fn reads_from_afar(name: &str, size: (u16, u16), scale: &str) -> Result<(), Failure> {
    let server = Server::start()?;
    let mut desktop = Desktop::start_on_screen(size)?;
    desktop.set("GDK_DPI_SCALE", scale);
    desktop.sign_in("athlete", server.url(), server.first("athlete")?)?;
    let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
    let athlete = Window::open(&desktop, "athlete", server.url(), Place { at: (0, 0), size }).await?;
    screenshot_on_failure(&athlete, name, async {
        athlete.click("start-session").await?;
        athlete.view("waiting").await?;
        let session = trainer.open_session().await?;
        let id = session["id"].as_str().unwrap_or_default();
        trainer.post(&format!("/v1/sessions/{id}/join")).await?;
        let round = plan(&trainer, 12).await?;
        trainer.post_with(&format!("/v1/sessions/{id}/rounds"), round).await?;
        athlete.view("round").await?;
        athlete.click("begin-round").await?;
        athlete.find("tick").await?;
        athlete.at_rest().await?;
        let script = "const number = document.querySelector(\"[data-testid='planned']\");
            const view = document.querySelector(\"[data-testid='view']\");
            const box = number.getBoundingClientRect();
            const over = document.elementFromPoint((box.left + box.right) / 2, box.bottom - 4);
            const words = [...view.querySelectorAll('*')]
                .filter((it) => [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
                .filter((it) => !it.closest('.visually-hidden'));
            const size = (it) => parseFloat(getComputedStyle(it).fontSize);
            return [
                number.contains(over) && box.top >= 0 && box.bottom <= innerHeight,
                // A figure is 0.73 as high as its type.
                (size(number) * 0.73 * 299) / innerHeight,
                Math.min(...words.map((it) => (size(it) * 299) / innerHeight)),
            ]";
        let (is_in_sight, number_mm, smallest_mm): (bool, f64, f64) = athlete.run_script(script, Vec::new()).await?;
        assert!(is_in_sight, "the number is out of sight");
        assert!(number_mm >= 17.0, "the number is {number_mm} mm high");
        assert!(smallest_mm >= 17.0 / 4.0, "the smallest word is {smallest_mm} mm high");
        Ok(())
    })
    .await;
    athlete.close().await
}

#[tokio::test]
async fn on_a_small_screen_twelve_exercises_leave_the_planned_value_visible() -> Result<(), Failure> {
    reads_from_afar("afar-1024x600", (1024, 600), "1").await
}

#[tokio::test]
async fn on_a_scaled_screen_twelve_exercises_leave_the_planned_value_visible() -> Result<(), Failure> {
    reads_from_afar("afar-scaled", (1280, 800), "1.5").await
}

#[tokio::test]
async fn on_a_large_screen_everything_grows_with_it() -> Result<(), Failure> {
    reads_from_afar("afar-large", (2560, 1080), "1").await
}

#[tokio::test]
async fn on_the_largest_screen_everything_grows_with_it() -> Result<(), Failure> {
    reads_from_afar("afar-largest", (3840, 2160), "1").await
}
