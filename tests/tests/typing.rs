//! Behaviour 7: no event, of any kind, changes what somebody is typing.
//!
//! The events are caused on other devices: of the other person, and of the same one.

use serde_json::{Value, json};
use system_tests::{Device, Failure, Stage, Window, story};

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap_or_default()
}

/// A plan of one exercise.
async fn plan(device: &Device) -> Result<Value, Failure> {
    let exercise = device.snapshot().await?["exercises"][0]["id"].clone();
    Ok(json!({"exercises": [{"exercise_id": exercise, "planned": {"weight_kg": 60.0, "reps": 8}}]}))
}

/// A round's feedback, all well.
fn feedback(round: &Value) -> Value {
    let exercises = round["exercises"].as_array().cloned().unwrap_or_default();
    let reports = exercises.iter().map(|exercise| json!({"id": exercise["id"], "effort": 5, "pain": false}));
    json!({"exercises": reports.collect::<Vec<_>>()})
}

/// The state of an input: its text, and the caret position while it has the focus.
async fn input_state(window: &Window, name: &str) -> Result<(String, Option<usize>), Failure> {
    let script = "const it = document.querySelector(`[data-testid='${arguments[0]}']`);
        return [it?.value ?? '', document.activeElement === it ? it.selectionStart : null]";
    window.run_script(script, vec![json!(name)]).await
}

/// A trainer with a half-planned round, all of which must be kept.
struct Planning<'a>(&'a Window);

impl Planning<'_> {
    async fn start(&self) -> Result<(), Failure> {
        story::plan_round(self.0, "Bankdr", "80x8@8").await?;
        // The exercise opens.
        self.0.click("shorthand").await?;
        self.0.fill("hint", "Ellbogen e").await?;
        self.0.fill("rest-after", "9").await?;
        self.0.fill("exercise-search", "Knie").await?;
        self.assert_untouched("nothing").await
    }

    async fn assert_untouched(&self, event: &str) -> Result<(), Failure> {
        // Its hint and its values are in fields that are closed while something else is typed.
        for (name, text) in [("hint", "Ellbogen e"), ("planned-weight_kg", "80"), ("rest-after", "9")] {
            assert_eq!(input_state(self.0, name).await?.0, text, "{name} after {event}");
        }
        assert_eq!(input_state(self.0, "exercise-search").await?, ("Knie".to_owned(), Some(4)), "after {event}");
        Ok(())
    }

    /// Waits until the window shows an event's effect, and checks that the plan is unchanged.
    async fn after(&self, event: &str, shown: &str) -> Result<(), Failure> {
        self.0.find(shown).await?;
        self.assert_untouched(event).await
    }
}

#[tokio::test]
async fn b07_a_half_planned_round_survives_every_kind_of_event() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("half-planned", async |Stage { trainer: window, athlete: athlete_window, server, .. }| {
            story::start_session(window, athlete_window).await?;
            story::join(window, athlete_window).await?;
            let trainer = Device::sign_in(server, server.first("trainer")?).await?;
            let athlete = Device::sign_in(server, server.first("athlete")?).await?;
            let planning = Planning(window);
            planning.start().await?;

            // In the same session as the plan.
            let session = trainer.open_session().await?;
            let rounds = format!("/v1/sessions/{}/rounds", id(&session));
            let card = |status: &str| format!("round-card[data-number='1'][data-status='{status}']");
            let draft = trainer.post_with(&rounds, plan(&trainer).await?).await?;
            planning.after("round-saved", &card("draft")).await?;
            let round = format!("/v1/rounds/{}", id(&draft));
            trainer.post(&format!("{round}/release")).await?;
            planning.after("round-released", &card("released")).await?;
            let recalled = trainer.post(&format!("{round}/recall")).await?;
            planning.after("round-recalled", &card("draft")).await?;
            trainer.delete_round(&recalled).await?;
            window.wait_until_gone("round-card").await?;
            planning.assert_untouched("round-deleted").await?;

            let draft = trainer.post_with(&rounds, plan(&trainer).await?).await?;
            let round = format!("/v1/rounds/{}", id(&draft));
            let released = trainer.post(&format!("{round}/release")).await?;
            planning.after("round-released", &card("released")).await?;
            trainer.edit_round(&released, |plan| plan["is_final"] = json!(true)).await?;
            window.wait_for_text("round-card", "Letzte Runde").await?;
            planning.assert_untouched("round-updated").await?;
            athlete.post(&format!("{round}/start")).await?;
            planning.after("round-started", &card("active")).await?;
            let item = id(&released["exercises"][0]).to_owned();
            let actual = json!({"actual": {"weight_kg": 61.5, "reps": 8}});
            athlete.put(&format!("{round}/exercises/{item}/log"), actual).await?;
            window.wait_for_text("round-card", "61,5").await?;
            planning.assert_untouched("exercise-logged").await?;

            // In another athlete's session, which starts and ends meanwhile.
            let another = server.accounts().iter().filter(|it| it.roles.contains(&"athlete".to_owned())).nth(1);
            let another = Device::sign_in(server, another.expect("the demo studio has several athletes")).await?;
            let beside = another.post("/v1/sessions").await?;
            planning.after("session-started", "session-row[data-status='waiting']").await?;
            trainer.post(&format!("/v1/sessions/{}/join", id(&beside))).await?;
            window.wait_until_gone("session-row[data-status='waiting']").await?;
            planning.assert_untouched("session-joined").await?;
            another.post(&format!("/v1/sessions/{}/cancel", id(&beside))).await?;
            window.wait_until_gone("session-row[data-status='active'] + [data-testid='session-row']").await?;
            planning.assert_untouched("session-cancelled").await?;

            // The final round completes the session itself; the plan stays, though nobody can use it here any more.
            athlete.post_with(&format!("{round}/complete"), feedback(&released)).await?;
            window.wait_until_gone("session-row[data-status='active']").await?;
            window.find("session-ended").await?;
            window.wait_for_text("kept-plan", "Bankdrücken").await?;
            Ok(())
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn b07_half_typed_feedback_survives_every_kind_of_event() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    stage
        .play("half-typed", async |Stage { trainer: trainer_window, athlete: window, server, .. }| {
            story::start_session(trainer_window, window).await?;
            story::join(trainer_window, window).await?;
            let trainer = Device::sign_in(server, server.first("trainer")?).await?;
            let athlete = Device::sign_in(server, server.first("athlete")?).await?;
            let session = trainer.open_session().await?;
            let rounds = format!("/v1/sessions/{}/rounds", id(&session));
            let draft = trainer.post_with(&rounds, plan(&trainer).await?).await?;
            let round = format!("/v1/rounds/{}", id(&draft));
            trainer.post(&format!("{round}/release")).await?;

            story::sees_round(window, 1).await?;
            window.click("begin-round").await?;
            window.click("tick").await?;
            window.wait_until_gone("tick").await?;
            window.click("to-feedback").await?;
            window.click("effort-6").await?;
            window.click("pain-yes").await?;
            window.click("region-left_knee").await?;
            window.fill("note", "Das Knie zi").await?;
            let assert_untouched = async |event: &str| -> Result<(), Failure> {
                window.find("effort-6[aria-checked='true']").await?;
                window.find("remove-left_knee").await?;
                assert_eq!(input_state(window, "note").await?, ("Das Knie zi".to_owned(), Some(11)), "after {event}");
                Ok(())
            };
            assert_untouched("nothing").await?;

            // Invisible here, so each is followed by one that can be seen: a feed keeps its order.
            let mut current = trainer.open_session().await?["rounds"][0].clone();
            let item = id(&current["exercises"][0]).to_owned();
            let actual = json!({"actual": {"weight_kg": 61.5, "reps": 7}});
            athlete.put(&format!("{round}/exercises/{item}/log"), actual).await?;
            trainer.post_with(&rounds, plan(&trainer).await?).await?;
            current["version"] = trainer.open_session().await?["rounds"][0]["version"].clone();
            let another = current["exercises"][0]["exercise_id"].clone();
            let edited = trainer
                .edit_round(&current, |plan| {
                    if let Some(items) = plan["exercises"].as_array_mut() {
                        items.push(json!({"exercise_id": another, "planned": {"reps": 3}}));
                    }
                })
                .await?;
            window.find(&format!("exercise-step[data-item='{}']", id(&edited["exercises"][1]))).await?;
            assert_untouched("exercise-logged, round-saved and round-updated").await?;

            trainer.post(&format!("/v1/sessions/{}/cancel", id(&session))).await?;
            window.wait_until_gone("view[data-view='feedback']").await?;
            window.click("kept-entries summary").await?;
            window.wait_for_text("kept-entries", "Das Knie zi").await
        })
        .await;
    Ok(())
}
