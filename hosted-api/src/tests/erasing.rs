//! Erasing a person: nothing of them is left anywhere, others keep what was theirs too, and their devices begin anew.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use training::people::EraseUser;

use super::files;
use crate::accounts::hash;
use crate::app::Timing;
use crate::commands::{CommandContext, ErasePerson, run};
use crate::http::Caller;
use crate::testing::{Client, Reply, World, on_both_databases};

/// Texts by which traces of a person are found.
pub(super) const NAME: &str = "Zoë Unverwechselbar";
const FOLDED_NAME: &str = "zoe unverwechselbar";
const FEEDBACK: &str = "the left hip clicks";
const REASON: &str = "the taxi was waiting";
const HINT: &str = "think of the scar";
const NOTE: &str = "she dislikes burpees";
const JOURNAL: &str = "moves to Lisbon in spring";
const ALONE: &str = "swam across the lake";

/// Bytes of files.
const ONLY_THEIRS: &[u8] = b"only theirs";
const OTHERS_TOO: &[u8] = b"others' too";

pub(super) async fn erase(by: &Client, person: &str, name: &str) -> Reply {
    by.post(&format!("/v1/users/{person}/erase")).json(&json!({ "confirm": name })).send().await
}

/// Calls somebody by a name that nobody else has.
pub(super) async fn rename(person: &Client) {
    person.call("PATCH", "/v1/me").json(&json!({ "name": NAME })).send().await.ok();
}

/// Assigns an athlete to another trainer, or to none.
async fn assign(admin: &Client, athlete: &str, trainer: Option<&str>) {
    let path = format!("/v1/users/{athlete}");
    let version = admin.get(&path).send().await.ok()["version"].clone();
    admin.call("PATCH", &path).if_match(&version).json(&json!({ "trainer_id": trainer })).send().await.ok();
}

/// A completed round, with everything somebody may write in it, and the session cancelled.
async fn train(session: &str, athlete: &Client, trainer: &Client) -> Value {
    let mut plan = trainer.plan().await;
    plan["release"] = json!(true);
    plan["exercises"][0]["trainer_notes"] = json!(HINT);
    let round =
        trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).key("0197-add").send().await.created();
    let path = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
    athlete.post(&format!("{path}/start")).send().await.ok();
    let mut reports = Client::reports(&round);
    reports["exercises"][0]["note"] = json!(FEEDBACK);
    reports["exercises"][0]["actual"] = json!({ "reps": 7 });
    let completed = athlete.post(&format!("{path}/complete")).json(&reports).key("0197-done").send().await.ok();
    athlete.post(&format!("/v1/sessions/{session}/cancel")).json(&json!({ "reason": REASON })).send().await.ok();
    let note = trainer.call("PUT", &format!("/v1/sessions/{session}/note")).if_match(&json!(0));
    note.json(&json!({ "text": NOTE })).key("0197-note").send().await.ok();
    let journal = trainer.post(&format!("/v1/athletes/{}/journal", athlete.id));
    journal.json(&json!({ "text": JOURNAL })).send().await.created();
    completed
}

/// A session that the athlete enters for themself.
async fn record_alone(athlete: &Client) -> String {
    let exercise = athlete.exercises(1).await.remove(0);
    let done =
        json!({ "exercise_id": exercise, "actual": { "time_s": 60 }, "feedback": { "effort": 5, "note": ALONE } });
    let body = json!({ "started_at": "2026-01-05T10:00:00Z", "ended_at": "2026-01-05T11:00:00Z",
                       "rounds": [{ "exercises": [done] }] });
    let path = format!("/v1/athletes/{}/sessions", athlete.id);
    let recorded = athlete.post(&path).json(&body).send().await.created();
    recorded["id"].as_str().expect("an id").to_owned()
}

/// Where these texts are in the database.
pub(super) async fn traces(world: &World, texts: &[&str]) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for text in texts {
        let places = world.app.store.places_of(world.database(), text).await;
        if !places.is_empty() {
            found.push(((*text).to_owned(), places));
        }
    }
    found
}

on_both_databases! {
    async fn b37_nothing_personal_of_an_athlete_is_left_anywhere(world: World) {
        let (session, athlete, trainer) = world.session().await;
        rename(&athlete).await;
        train(&session, &athlete, &trainer).await;
        let alone = record_alone(&athlete).await;
        let email = world.email("mara");
        let texts = [NAME, FOLDED_NAME, &email, FEEDBACK, REASON, HINT, NOTE, JOURNAL, ALONE];
        assert_eq!(traces(&world, &texts).await.len(), texts.len(), "it is all there before");

        let admin = world.sign_in("admin").await;
        assert_eq!(erase(&admin, &athlete.id, NAME).await.status, 204);
        assert_eq!(traces(&world, &texts).await, []);
        assert!(world.app.store.are_erasures_finished().await);

        // They are nobody any more.
        assert_eq!(athlete.get("/v1/me").send().await.code(), "token-invalid");
        let sign_in = json!({ "email": email, "password": world.password(), "device_name": "x" });
        assert_eq!(world.post("/v1/auth/login").json(&sign_in).send().await.code(), "wrong-credentials");
        let path = format!("/v1/users/{}", athlete.id);
        assert_eq!(admin.get(&path).send().await.code(), "not-found");
        assert_eq!(erase(&admin, &athlete.id, "Former athlete").await.code(), "not-found");
        let listed = admin.get("/v1/users").send().await.ok();
        assert!(listed["users"].as_array().expect("a list").iter().all(|user| user["id"] != athlete.id.as_str()));

        // The trainer keeps what they led; what was the athlete's alone is gone.
        let kept = trainer.get(&format!("/v1/sessions/{session}")).send().await.ok();
        assert_eq!(kept["athlete"], json!({ "id": athlete.id, "name": "Former athlete" }));
        let exercise = &kept["rounds"][0]["exercises"][0];
        assert_eq!((&exercise["actual"]["reps"], &exercise["feedback"]), (&json!(7), &Value::Null));
        assert_eq!(trainer.get(&format!("/v1/sessions/{alone}")).send().await.code(), "not-found");
        let snapshot = trainer.get("/v1/snapshot").send().await;
        assert!(!snapshot.text.contains(NAME) && snapshot.ok()["notes"] == json!([]));

        // Their address is free again.
        let again = json!({ "name": "Somebody Else", "email": email, "roles": ["athlete"] });
        admin.post("/v1/users").json(&again).send().await.created();
    }

    async fn b37_the_audit_log_has_how_much_was_erased_and_no_name(world: World) {
        let (session, athlete, trainer) = world.session().await;
        rename(&athlete).await;
        train(&session, &athlete, &trainer).await;
        record_alone(&athlete).await;
        let admin = world.sign_in("admin").await;
        erase(&admin, &athlete.id, NAME).await;
        let log = admin.get("/v1/audit").send().await;
        assert!(!log.text.contains(NAME));
        let log = log.ok();
        let entry = &log["entries"][0];
        assert_eq!((&entry["act"], &entry["on"]["name"]), (&json!("user-erased"), &json!("Former athlete")));
        assert_eq!(entry["by"]["id"], admin.id.as_str());
        let erased = &entry["erased"];
        let counts = ["sessions", "shared_sessions", "sets", "notes", "journal_entries", "devices"];
        assert_eq!(counts.map(|count| erased[count].as_u64()), [1, 1, 2, 1, 1, 1].map(Some), "{erased}");
        assert_eq!(erased["feeds"], 2, "the athlete's and the trainer's");
        let renamed = &log["entries"][1];
        assert_eq!((&renamed["act"], &renamed["by"]["name"]), (&json!("user-changed"), &json!("Former athlete")));
        assert!(log["entries"][1].get("erased").is_none());
    }

    async fn b37_an_open_session_is_cancelled_by_nobody(world: World) {
        let (session, athlete, trainer) = world.session().await;
        trainer.released(&session).await;
        let admin = world.sign_in("admin").await;
        let name = admin.get(&format!("/v1/users/{}", athlete.id)).send().await.ok()["name"].clone();
        let cursor = trainer.cursor().await;
        let mut stream = trainer.stream(Some(&cursor)).await;
        stream.expect("hello").await;
        let mut of_athlete = athlete.stream(None).await;
        of_athlete.expect("hello").await;
        assert_eq!(erase(&admin, &athlete.id, name.as_str().expect("a name")).await.status, 204);
        let ended = trainer.get(&format!("/v1/sessions/{session}")).send().await.ok();
        assert_eq!((&ended["status"], &ended["cancelled_by"]), (&json!("cancelled"), &Value::Null));

        // The trainer's devices start again from a snapshot, on a new epoch.
        stream.expect("reset").await;
        assert_eq!(trainer.get(&format!("/v1/feed?after={cursor}")).send().await.code(), "cursor-expired");
        let epoch = |cursor: &str| cursor.rsplit_once('.').expect("a cursor").0.to_owned();
        assert_ne!(epoch(&trainer.cursor().await), epoch(&cursor));
        assert_eq!(of_athlete.expect("bye").await.data["reason"], "signed-out");
        let other = world.sign_in("ines").await;
        let untouched = other.cursor().await;
        assert_eq!(other.get(&format!("/v1/feed?after={untouched}")).send().await.status, 200);
    }

    async fn a_device_on_another_server_begins_anew_too(world: World) {
        let (session, athlete, trainer) = world.session().await;
        rename(&athlete).await;
        train(&session, &athlete, &trainer).await;
        let keep_alive = Duration::from_millis(50);
        let (there, running) = world.second_server(Timing { keep_alive, ..Timing::default() }).await;
        let mut stream = trainer.through(&there).stream(Some(&trainer.cursor().await)).await;
        stream.expect("hello").await;
        erase(&world.sign_in("admin").await, &athlete.id, NAME).await;
        while stream.next_of_any_kind().await.expect("it says why it ends").is_none_or(|message| message.event != "reset") {}
        running.shutdown().await;
    }

    async fn an_answer_in_which_they_were_is_not_repeated(world: World) {
        let (session, athlete, trainer) = world.session().await;
        rename(&athlete).await;
        train(&session, &athlete, &trainer).await;
        let mut plan = trainer.plan().await;
        plan["release"] = json!(true);
        plan["exercises"][0]["trainer_notes"] = json!(HINT);
        let again = || trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).key("0197-add").send();
        assert_eq!(again().await.header("idempotency-replayed"), "true");
        let admin = world.sign_in("admin").await;
        let erasing = || {
            let call = admin.post(&format!("/v1/users/{}/erase", athlete.id)).json(&json!({ "confirm": NAME }));
            call.key("0197-erase").send()
        };
        assert_eq!(erasing().await.status, 204);
        let repeated = again().await;
        assert_eq!((repeated.code().as_str(), repeated.header("idempotency-replayed")), ("not-found", "true"));
        let repeated = erasing().await;
        assert_eq!((repeated.status.as_u16(), repeated.header("idempotency-replayed")), (204, "true"));
    }

    async fn a_correction_in_a_session_that_is_erased_meanwhile_finds_none(world: World) {
        let (athlete, trainer) = tokio::join!(world.sign_in("mara"), world.sign_in("jonas"));
        let admin = world.sign_in("admin").await;
        rename(&athlete).await;
        let session = record_alone(&athlete).await;
        let known = trainer.get(&format!("/v1/sessions/{session}")).send().await.ok();
        let round = &known["rounds"][0];
        let (id, item) = (round["id"].as_str().expect("an id"), round["exercises"][0]["id"].as_str().expect("an id"));
        let path = format!("/v1/rounds/{id}/exercises/{item}/actual");
        let correct = |seconds: u32| {
            let call = trainer.call("PATCH", &path).if_match(&round["version"]);
            call.json(&json!({ "actual": { "time_s": seconds } })).send()
        };
        let (erased, corrected) = tokio::join!(erase(&admin, &athlete.id, NAME), correct(61));
        assert_eq!(erased.status, 204);
        assert!(corrected.status == 200 || corrected.code() == "not-found", "{corrected:?}");
        assert_eq!(correct(62).await.code(), "not-found");
    }

    async fn b37_a_trainer_is_erased_once_nobody_is_assigned_to_them(world: World) {
        let (trainer, admin, athlete) = tokio::join!(world.sign_in("ines"), world.sign_in("admin"), world.sign_in("rui"));
        rename(&trainer).await;
        let started = athlete.post("/v1/sessions").send().await.created();
        let session = started["id"].as_str().expect("an id");
        trainer.post(&format!("/v1/sessions/{session}/join")).send().await.ok();
        let round = trainer.released(session).await;
        athlete.post(&format!("/v1/sessions/{session}/cancel")).send().await.ok();
        let other = world.sign_in("jonas").await;
        for (name, shared) in [("Shared legs", true), ("Private arms", false)] {
            let draft = json!({ "name": name, "shared": shared, "rounds": [trainer.plan().await] });
            trainer.post("/v1/templates").json(&draft).send().await.created();
        }
        let upload = files::begin(&trainer, b"more than this", "video/mp4").await.created();
        let upload = upload["id"].as_str().expect("an id");
        files::append(&trainer, upload, 0, b"more").await;
        let file = world.artefacts().join("uploads").join(upload);
        assert!(file.exists());
        // Of two videos that no exercise has, another trainer has the bytes of one too.
        let studio = trainer.get("/v1/me").send().await.ok()["studio"]["id"].as_str().expect("an id").to_owned();
        let finished = |bytes: &[u8]| world.artefacts().join("videos").join(&studio).join(crate::updates::hash(bytes));
        for bytes in [ONLY_THEIRS, OTHERS_TOO] {
            files::upload(&trainer, bytes, "video/mp4").await;
            assert!(finished(bytes).exists());
        }
        files::begin(&other, OTHERS_TOO, "video/mp4").await.created();

        assert_eq!(erase(&admin, &trainer.id, NAME).await.code(), "has-athletes");
        assign(&admin, &athlete.id, Some(&other.id)).await;
        assert_eq!(erase(&admin, &trainer.id, NAME).await.status, 204);
        let email = world.email("ines");
        assert_eq!(traces(&world, &[NAME, FOLDED_NAME, &email, "Private arms"]).await, []);
        assert!(!file.exists(), "what they uploaded is gone");
        assert!(!finished(ONLY_THEIRS).exists(), "also where it was complete");
        assert!(finished(OTHERS_TOO).exists(), "but not what somebody else has uploaded as well");

        let kept = athlete.get(&format!("/v1/sessions/{session}")).send().await.ok();
        assert_eq!(kept["trainer"], json!({ "id": trainer.id, "name": "Former trainer" }));
        assert_eq!(kept["rounds"][0]["id"], round["id"]);
        let templates = other.get("/v1/templates").send().await.ok();
        assert_eq!(templates["templates"][0]["name"], "Shared legs");
        assert_eq!(templates["templates"][0]["owner"]["id"], other.id.as_str(), "it has another owner");
    }

    async fn what_is_still_to_be_derived_from_a_session_is_also_when_its_trainer_is_erased(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let (admin, other) = tokio::join!(world.sign_in("admin"), world.sign_in("ines"));
        train(&session, &athlete, &trainer).await;
        assign(&admin, &athlete.id, Some(&other.id)).await;
        let stats = format!("/v1/athletes/{}/stats", athlete.id);
        let right = athlete.get(&stats).send().await.ok();
        assert_ne!(right["bests"], json!([]));
        // As a server of the version before leaves it.
        world.app.store.forget_sets().await;
        let users = admin.get("/v1/users?limit=100").send().await.ok()["users"].clone();
        for theirs in users.as_array().expect("a list").iter().filter(|user| user["trainer"]["id"] == *trainer.id) {
            assign(&admin, theirs["id"].as_str().expect("an id"), Some(&other.id)).await;
        }
        let name = trainer.get("/v1/me").send().await.ok()["name"].as_str().expect("a name").to_owned();
        assert_eq!(erase(&admin, &trainer.id, &name).await.status, 204);
        crate::commands::catch_up_all(&world.app).await.expect("it works");
        assert_eq!(athlete.get(&stats).send().await.ok()["bests"], right["bests"]);
    }

    async fn what_prevents_an_erasure(world: World) {
        let (admin, elsewhere) = tokio::join!(world.sign_in("admin"), world.sign_in_elsewhere("admin"));
        let athlete = world.sign_in("mara").await;
        rename(&athlete).await;
        for wrong in ["", "Mara", "ZOË UNVERWECHSELBAR"] {
            let refused = erase(&admin, &athlete.id, wrong).await;
            assert_eq!(refused.status, 422, "{wrong}: {refused:?}");
        }
        let refused = erase(&admin, &athlete.id, "Mara").await;
        assert_eq!(refused.findings(), [("/confirm".to_owned(), "not-repeated".to_owned())]);
        assert_eq!(erase(&elsewhere, &athlete.id, NAME).await.code(), "not-found");
        assert_eq!(erase(&athlete, &athlete.id, NAME).await.code(), "role-forbidden");
        let own = admin.get("/v1/me").send().await.ok()["name"].as_str().expect("a name").to_owned();
        assert_eq!(erase(&admin, &admin.id, &own).await.code(), "last-admin");
        assert_eq!(athlete.get("/v1/me").send().await.ok()["name"], NAME, "nothing has happened");
    }

    async fn of_two_erasures_at_once_one_finds_nobody(world: World) {
        let (athlete, admin) = tokio::join!(world.sign_in("mara"), world.sign_in("admin"));
        rename(&athlete).await;
        let (one, other) = tokio::join!(erase(&admin, &athlete.id, NAME), erase(&admin, &athlete.id, NAME));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 404]);
    }

    async fn an_erasure_that_a_crash_interrupts_is_finished_by_the_next_start(world: World) {
        let (session, athlete, trainer) = world.session().await;
        rename(&athlete).await;
        train(&session, &athlete, &trainer).await;
        let admin = world.sign_in("admin").await;
        // The transaction commits, and the server goes no further.
        let holder = world.app.store.token_holder(&hash(&admin.access)).await.expect("it is read").expect("signed in");
        let caller = Caller { account: holder.account, device: holder.device, expires_at: holder.expires_at };
        let command = ErasePerson(athlete.id.parse().expect("an id"), EraseUser { confirm: NAME.to_owned() });
        run(&Arc::clone(&world.app), CommandContext { caller, key: None }, command).await.expect("it is done");
        assert!(!world.app.store.are_erasures_finished().await);

        let (there, running) = world.second_server(Timing::default()).await;
        while !there.app.store.are_erasures_finished().await {
            tokio::task::yield_now().await;
        }
        running.shutdown().await;
        assert_eq!(traces(&world, &[NAME, FEEDBACK, NOTE, JOURNAL]).await, []);
    }

    async fn an_admin_erases_themself_if_there_is_another(world: World) {
        let (admin, athlete) = tokio::join!(world.sign_in("admin"), world.sign_in("mara"));
        rename(&admin).await;
        world.app.store.set_roles(&athlete.id, r#"["athlete","admin"]"#).await;
        assert_eq!(erase(&admin, &admin.id, NAME).await.status, 204);
        assert_eq!(admin.get("/v1/me").send().await.code(), "token-invalid");
        assert_eq!(traces(&world, &[NAME]).await, []);
        let log = athlete.get("/v1/audit").send().await.ok();
        assert_eq!(log["entries"][0]["by"]["name"], "Former admin");
    }
}
