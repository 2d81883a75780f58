//! Each person's whole way through a session without a mouse. The other person acts from another device.

use std::time::Duration;

use fantoccini::key::Key;
use serde_json::{Value, json};
use system_tests::{
    Desktop, Device, Failure, IN_TIME, Place, Server, Window, WindowChange, WindowManager, screenshot_on_failure,
};

/// Signs in from the first screen, by keyboard.
async fn sign_in(window: &Window, desktop: &Desktop, server: &Server, role: &str) -> Result<(), Failure> {
    let account = server.first(role)?;
    window.view("sign-in").await?;
    window.focus(desktop).await?;
    window.tab_to("email").await?;
    window.type_text(&account.email).await?;
    window.tab_to("password").await?;
    window.type_text(&account.password).await?;
    window.press(&[Key::Enter]).await
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap_or_default()
}

/// A session on the server, once it is as `wanted` there: a window shows an act before it is sent.
async fn session_on_server(
    device: &Device,
    session: &Value,
    wanted: impl Fn(&Value) -> bool,
) -> Result<Value, Failure> {
    let path = format!("/v1/sessions/{}", id(session));
    let mut interval = tokio::time::interval(Duration::from_millis(100));
    let looking = async {
        loop {
            interval.tick().await;
            let session = device.get(&path).await?;
            if wanted(&session) {
                return Ok(session);
            }
        }
    };
    tokio::time::timeout(IN_TIME, looking).await.expect("the server has what the window shows")
}

fn planned(weight_kg: f64, reps: u32, effort: u32) -> Value {
    json!({"weight_kg": weight_kg, "reps": reps, "distance_m": null, "time_s": null, "effort": effort})
}

/// A plan of the studio's first exercises.
async fn plan(device: &Device, exercises: usize, is_final: bool) -> Result<Value, Failure> {
    let snapshot = device.snapshot().await?;
    let library = snapshot["exercises"].as_array().cloned().unwrap_or_default();
    let items: Vec<Value> = library
        .iter()
        .take(exercises)
        .map(|exercise| json!({"exercise_id": exercise["id"], "planned": {"weight_kg": 60.0, "reps": 8}}))
        .collect();
    Ok(json!({"is_final": is_final, "exercises": items, "release": true}))
}

/// Answers the questions about the exercise on screen: so hard, and pain in the left knee or none.
async fn answer(athlete: &Window, effort: usize, pain: bool) -> Result<(), Failure> {
    // A group of choices is one stop; arrows move in it.
    athlete.press_space_on("effort-0").await?;
    athlete.press(&vec![Key::Right; effort]).await?;
    athlete.find(&format!("effort-{effort}[aria-checked='true']")).await?;
    athlete.press_space_on("pain-no").await?;
    if pain {
        athlete.press(&[Key::Right]).await?;
        athlete.find("pain-yes[aria-checked='true']").await?;
        athlete.press_space_on("region-left_knee").await?;
        athlete.find("remove-left_knee").await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_athlete_can_complete_a_session_by_keyboard_alone() -> Result<(), Failure> {
    let server = Server::start()?;
    let desktop = Desktop::start()?;
    let trainer = Device::sign_in(&server, server.first("trainer")?).await?;
    let athlete = Window::open(&desktop, "athlete", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&athlete, "keyboard-athlete", async {
        sign_in(&athlete, &desktop, &server, "athlete").await?;
        athlete.view("start").await?;
        athlete.press_space_on("start-session").await?;
        athlete.view("waiting").await?;

        let session = trainer.open_session().await?;
        trainer.post(&format!("/v1/sessions/{}/join", id(&session))).await?;
        athlete.view("between").await?;
        let rounds = format!("/v1/sessions/{}/rounds", id(&session));
        trainer.post_with(&rounds, plan(&trainer, 2, false).await?).await?;

        athlete.view("round").await?;
        athlete.press_space_on("begin-round").await?;
        athlete.tab_to("actual-reps").await?;
        athlete.press_with(Key::Control, 'a').await?;
        athlete.type_text("7").await?;
        athlete.press_space_on("tick").await?;
        // The window goes on to the second exercise by itself.
        let is_second = "return document.querySelectorAll('[data-testid=exercise-step]')[1].ariaCurrent === 'step'";
        athlete.until::<bool>("to show the second exercise", is_second, Vec::new()).await?;
        athlete.press_space_on("tick").await?;
        athlete.wait_until_gone("tick").await?;
        athlete.press_space_on("to-feedback").await?;
        athlete.view("feedback").await?;
        answer(&athlete, 9, true).await?;
        athlete.tab_to("note").await?;
        athlete.type_text("Links zieht es.").await?;
        athlete.press_space_on("next-exercise").await?;
        answer(&athlete, 0, false).await?;
        athlete.press_space_on("complete-round").await?;
        athlete.wait_until_gone("view[data-view='feedback']").await?;

        let is_completed = |session: &Value| session["rounds"][0]["status"] == "completed";
        let completed = session_on_server(&trainer, &session, is_completed).await?["rounds"][0].clone();
        assert_eq!(completed["exercises"][0]["actual"]["reps"], 7);
        let feedback = &completed["exercises"][0]["feedback"];
        assert_eq!(feedback["pain_regions"], json!(["left_knee"]));
        assert_eq!(feedback["note"], "Links zieht es.");
        assert_eq!(completed["exercises"][1]["feedback"]["effort"], 0);

        trainer.post_with(&rounds, plan(&trainer, 1, true).await?).await?;
        athlete.view("round").await?;
        athlete.press_space_on("begin-round").await?;
        athlete.press_space_on("tick").await?;
        athlete.wait_until_gone("tick").await?;
        athlete.press_space_on("to-feedback").await?;
        answer(&athlete, 5, false).await?;
        athlete.press_space_on("complete-round").await?;
        athlete.view("completed").await?;
        athlete.press_space_on("back-to-start").await?;
        athlete.view("start").await
    })
    .await;
    athlete.close().await
}

#[tokio::test]
async fn b24_a_trainer_can_lead_a_session_by_keyboard_alone() -> Result<(), Failure> {
    let server = Server::start()?;
    let desktop = Desktop::start()?;
    let athlete = Device::sign_in(&server, server.first("athlete")?).await?;
    let trainer = Window::open(&desktop, "trainer", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&trainer, "keyboard-trainer", async {
        sign_in(&trainer, &desktop, &server, "trainer").await?;
        trainer.view("trainer").await?;
        let session = athlete.post("/v1/sessions").await?;
        trainer.find("session-row[data-status='waiting']").await?;
        trainer.type_text("1").await?;
        trainer.find("join-session").await?;
        trainer.type_text("j").await?;
        trainer.find("session-row[data-status='active']").await?;

        // A round of two exercises: the first by name and shorthand, the second in one go; then their order changed.
        trainer.type_text("n").await?;
        trainer.find("exercise-search:focus").await?;
        trainer.type_text("Bankdr").await?;
        trainer.find("exercise-option").await?;
        trainer.press(&[Key::Enter]).await?;
        trainer.find("shorthand:focus").await?;
        trainer.type_text("80x8@8").await?;
        trainer.press(&[Key::Enter]).await?;
        trainer.find("exercise-search:focus").await?;
        trainer.type_text("Kniebeuge 100x5@9").await?;
        trainer.find("exercise-option").await?;
        trainer.press(&[Key::Enter]).await?;
        trainer.find("plan-item + [data-testid='plan-item']").await?;
        trainer.press_with(Key::Control, 's').await?;
        trainer.find("round-card[data-number='1'][data-status='draft']").await?;
        trainer.type_text("r").await?;
        trainer.find("round-card[data-number='1'][data-status='released']").await?;
        let is_released = |session: &Value| session["rounds"][0]["status"] == "released";
        let round = session_on_server(&athlete, &session, is_released).await?["rounds"][0].clone();
        assert_eq!(round["exercises"][0]["planned"], planned(80.0, 8, 8));
        assert_eq!(
            round["exercises"][1]["planned"],
            json!({"weight_kg": 100.0, "reps": 5, "distance_m": null, "time_s": null, "effort": 9})
        );

        // A released round can be recalled, reopened, changed and released again.
        trainer.press_space_on("recall-round").await?;
        trainer.find("round-card[data-number='1'][data-status='draft']").await?;
        trainer.press_space_on("edit-round").await?;
        trainer.find("exercise-search:focus").await?;
        let first = round["exercises"][0]["id"].as_str().unwrap_or_default();
        trainer.tab_to(&format!("plan-item[data-item='{first}'] [data-testid='shorthand']")).await?;
        trainer.type_text("85x6").await?;
        trainer.press_with(Key::Control, Key::Enter).await?;
        trainer.find("round-card[data-number='1'][data-status='released']").await?;
        let is_changed = |session: &Value| session["rounds"][0]["exercises"][0]["planned"]["weight_kg"] == 85.0;
        session_on_server(&athlete, &session, is_changed).await?;

        trainer.type_text("?").await?;
        trainer.find("shortcuts").await?;
        trainer.press(&[Key::Escape]).await?;
        trainer.wait_until_gone("shortcuts").await?;

        trainer.type_text("x").await?;
        trainer.find("cancel-reason").await?;
        trainer.tab_to("cancel-reason").await?;
        trainer.type_text("Schluss").await?;
        trainer.press_space_on("confirm-cancel").await?;
        trainer.wait_until_gone("session-row[data-status='active']").await?;
        session_on_server(&athlete, &session, |session| session["status"] == "cancelled").await.map(drop)
    })
    .await;
    trainer.close().await
}

#[tokio::test]
async fn f11_switches_to_full_screen_after_the_window_manager_ended_it() -> Result<(), Failure> {
    let (server, desktop) = (Server::start()?, Desktop::start()?);
    let manager = WindowManager::on(&desktop).await?;
    let window = Window::open(&desktop, "trainer", server.url(), Place::LEFT).await?;
    screenshot_on_failure(&window, "f11", async {
        window.view("sign-in").await?;
        let on_screen = manager.window().await?;
        window.press(&[Key::F11]).await?;
        on_screen.wait_for(WindowChange::FullScreen).await?;
        on_screen.leave_full_screen()?;
        on_screen.wait_for(WindowChange::Smaller).await?;
        window.press(&[Key::F11]).await?;
        on_screen.wait_for(WindowChange::FullScreen).await?;
        window.press(&[Key::F11]).await?;
        on_screen.wait_for(WindowChange::Smaller).await
    })
    .await;
    Ok(())
}
