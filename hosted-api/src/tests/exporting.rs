//! The export of a person's data: complete, readable by programs and by spreadsheets, and without what is not theirs.

use std::io::{Cursor, Read};

use serde_json::{Value, json};
use training::export::{Export, read};
use zip::ZipArchive;

use crate::testing::{Client, World, on_both_databases};

/// Whoever opens a spreadsheet with this must not open a page.
const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"Prize\")";
const NOTE: &str = "she dislikes burpees";
const JOURNAL: &str = "moves to Lisbon in spring";

/// The files of an export.
struct Files(ZipArchive<Cursor<Vec<u8>>>);

impl Files {
    async fn of(person: &str, by: &Client) -> Self {
        let response = by.get(&format!("/v1/users/{person}/export")).raw().await;
        assert_eq!(response.status(), 200);
        let bytes = response.bytes().await.expect("all of it");
        Self(ZipArchive::new(Cursor::new(bytes.to_vec())).expect("a whole ZIP"))
    }

    fn text(&mut self, name: &str) -> String {
        let mut text = String::new();
        self.0.by_name(name).expect("it is in it").read_to_string(&mut text).expect("text");
        text
    }

    fn export(&mut self) -> Export {
        read(&self.text("ringside.json")).expect("an export")
    }

    /// The rows of a table, each by its columns.
    fn rows(&mut self, name: &str) -> Vec<std::collections::HashMap<String, String>> {
        let text = self.text(name);
        let text = text.strip_prefix('\u{FEFF}').expect("a mark, for spreadsheets");
        csv::Reader::from_reader(text.as_bytes()).deserialize().map(|row| row.expect("a row")).collect()
    }
}

/// A session of `mara` with a round that is done, one that is planned, a note and an entry of the journal.
async fn train(world: &World) -> (String, Client, Client) {
    let (session, athlete, trainer) = world.session().await;
    let round = trainer.released(&session).await;
    let path = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
    athlete.post(&format!("{path}/start")).send().await.ok();
    let mut reports = Client::reports(&round);
    reports["exercises"][0]["note"] = json!(FORMULA);
    reports["exercises"][0]["actual"] = json!({ "reps": 6, "weight_kg": -20.412 });
    let completed = athlete.post(&format!("{path}/complete")).json(&reports).send().await.ok();
    let item = completed["exercises"][0]["id"].as_str().expect("an id");
    let correcting = athlete.call("PATCH", &format!("{path}/exercises/{item}/actual")).if_match(&completed["version"]);
    correcting
        .json(&json!({ "actual": { "reps": 7, "weight_kg": -20.412 }, "reason": "miscounted" }))
        .send()
        .await
        .ok();
    trainer.draft(&session).await;
    let note = trainer.call("PUT", &format!("/v1/sessions/{session}/note")).if_match(&json!(0));
    note.json(&json!({ "text": NOTE })).send().await.ok();
    let journal = trainer.post(&format!("/v1/athletes/{}/journal", athlete.id));
    journal.json(&json!({ "text": JOURNAL })).send().await.created();
    let weights = athlete.post(&format!("/v1/athletes/{}/weights", athlete.id));
    weights.json(&json!({ "weight_kg": 81.647, "note": FORMULA })).send().await.created();
    (session, athlete, trainer)
}

on_both_databases! {
    async fn b37_a_person_takes_everything_of_theirs_with_them(world: World) {
        let (session, athlete, _) = train(&world).await;
        let mut files = Files::of(&athlete.id, &athlete).await;
        let names: Vec<String> = files.0.file_names().map(|name| name.expect("text").into_owned()).collect();
        assert_eq!(names, ["README.txt", "ringside.json", "sets.csv", "weights.csv"]);
        let export = files.export();
        let there = athlete.get(&format!("/v1/sessions/{session}")).send().await.ok();
        assert_eq!(serde_json::to_value(&export.sessions).expect("JSON"), json!([there]), "the session, whole");
        assert_eq!(export.sessions[0].rounds.len(), 1, "without the draft, which they never saw");
        let weights = athlete.get(&format!("/v1/athletes/{}/weights", athlete.id)).send().await.ok();
        assert_eq!(serde_json::to_value(&export.weights).expect("JSON"), weights["weights"]);
        let exercises = serde_json::to_value(&export.exercises).expect("JSON");
        assert_eq!(exercises[0]["id"], there["rounds"][0]["exercises"][0]["exercise_id"]);
        let me = athlete.get("/v1/me").send().await.ok();
        let person = serde_json::to_value(&export.person).expect("JSON");
        for field in ["id", "name", "email", "roles", "locale", "trainer"] {
            assert_eq!(person[field], me[field], "{field}");
        }
        let text = files.text("ringside.json");
        for others in [NOTE, JOURNAL, "password", &athlete.access, &athlete.refresh] {
            assert!(!text.contains(others), "{others}");
        }
    }

    async fn b37_a_table_has_no_formula_and_numbers_are_numbers(world: World) {
        let (session, athlete, _) = train(&world).await;
        let mut files = Files::of(&athlete.id, &athlete).await;
        let rows = files.rows("sets.csv");
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0]["session_id"].as_str(), rows[0]["reps"].as_str()), (session.as_str(), "7"), "as corrected");
        assert_eq!((rows[0]["weight_kg"].as_str(), rows[0]["weight_lb"].as_str()), ("-20.412", "-45"));
        assert_eq!(rows[0]["note"], format!("'{FORMULA}"));
        let weights = files.rows("weights.csv");
        assert_eq!((weights[0]["weight_kg"].as_str(), weights[0]["weight_lb"].as_str()), ("81.647", "180"));
        assert_eq!(weights[0]["note"], format!("'{FORMULA}"));
        let readme = files.text("README.txt");
        assert!(readme.starts_with("Daten von ") && readme.contains("sets.csv"), "{readme}");
    }

    async fn what_trainers_keep_about_somebody_is_only_in_an_admins_export(world: World) {
        let (session, athlete, _) = train(&world).await;
        let admin = world.sign_in("admin").await;
        let mut files = Files::of(&athlete.id, &admin).await;
        let export = files.export();
        assert_eq!((export.notes[0].session_id.to_string(), export.notes[0].text.as_str()), (session, NOTE));
        assert_eq!(export.journal_entries[0].text, JOURNAL);
        assert_eq!(export.sessions[0].rounds.len(), 2, "with the draft");
        assert!(files.text("README.txt").contains("Journal"));
    }

    async fn a_trainer_takes_their_own_templates_with_them(world: World) {
        let (trainer, other) = tokio::join!(world.sign_in("jonas"), world.sign_in("ines"));
        for (by, name) in [(&trainer, "Legs"), (&other, "Arms")] {
            let draft = json!({ "name": name, "shared": true, "rounds": [by.plan().await] });
            by.post("/v1/templates").json(&draft).send().await.created();
        }
        train(&world).await;
        let export = Files::of(&trainer.id, &trainer).await.export();
        assert_eq!(export.templates.iter().map(|template| template.name.as_str()).collect::<Vec<_>>(), ["Legs"]);
        assert_eq!(export.exercises.len(), 1, "the exercise that the template names");
        assert!(export.sessions.is_empty(), "what they led is their athletes'");
    }

    async fn five_pages_of_sessions_come_whole_and_in_order(world: World) {
        let athlete = world.sign_in("mara").await;
        let exercise = athlete.exercises(1).await.remove(0);
        for number in 0..90 {
            let minute = number % 60;
            let (from, to) = (format!("2026-01-05T1{}:{minute:02}:00Z", number / 60), "2026-01-06T10:00:00Z");
            let done = json!({ "exercise_id": exercise, "actual": { "reps": number } });
            let body = json!({ "started_at": from, "ended_at": to, "rounds": [{ "exercises": [done] }] });
            athlete.post(&format!("/v1/athletes/{}/sessions", athlete.id)).json(&body).send().await.created();
        }
        let mut files = Files::of(&athlete.id, &athlete).await;
        let export = files.export();
        assert_eq!(export.sessions.len(), 90);
        assert!(export.sessions.is_sorted_by_key(|session| session.started_at));
        let reps: Vec<String> = files.rows("sets.csv").into_iter().map(|mut row| row.remove("reps").expect("reps")).collect();
        assert_eq!(reps, (0..90).map(|number| number.to_string()).collect::<Vec<_>>());
    }

    async fn an_export_is_a_file_with_a_safe_name_and_audited(world: World) {
        let (athlete, admin) = tokio::join!(world.sign_in("mara"), world.sign_in("admin"));
        let name = "Zoë \"../\\\" \u{202E}O'Neill 力";
        athlete.call("PATCH", "/v1/me").json(&json!({ "name": name })).send().await.ok();
        let response = admin.get(&format!("/v1/users/{}/export", athlete.id)).raw().await;
        let header = |name: &str| response.headers()[name].to_str().expect("text").to_owned();
        assert_eq!(header("content-type"), "application/zip");
        let disposition = header("content-disposition");
        let file = disposition.strip_prefix("attachment; filename=\"ringside-zoe-o-neill-").expect("a plain name");
        assert!(file.ends_with(".zip\"") && file.len() == "2026-12-01.zip\"".len(), "{disposition}");
        assert_eq!(header("cache-control"), "no-store, no-transform");
        let log: Value = admin.get("/v1/audit").send().await.ok();
        assert_eq!((&log["entries"][0]["act"], &log["entries"][0]["by"]["id"]), (&json!("data-exported"), &json!(admin.id)));
        assert_eq!(log["entries"][0]["on"]["id"], athlete.id.as_str());
    }

    async fn whoever_reads_nothing_holds_up_nobody_else(world: World) {
        let (athlete, admin) = tokio::join!(world.sign_in("mara"), world.sign_in("admin"));
        let path = format!("/v1/users/{}/export", athlete.id);
        for _ in 0..2 * crate::app::EXPORTS {
            drop(admin.get(&path).raw().await);
        }
        Files::of(&athlete.id, &athlete).await.export();
    }
}
