//! Managing people: who is found, what is refused, and what those concerned are told.

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::testing::{Client, Reply, TestStream, on_both_databases};

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The path of the person with this mailbox.
async fn path_of(admin: &Client, mailbox: &str) -> String {
    let found = admin.get(&format!("/v1/users?q={mailbox}@")).send().await.ok();
    format!("/v1/users/{}", text(&found["users"][0]["id"]))
}

/// Changes a person as they are now.
async fn change(admin: &Client, path: &str, body: Value) -> Reply {
    let version = admin.get(path).send().await.ok()["version"].clone();
    admin.call("PATCH", path).if_match(&version).json(&body).send().await
}

async fn names(admin: &Client, query: &str) -> Vec<String> {
    let page = admin.get(&format!("/v1/users{query}")).send().await.ok();
    let users = page["users"].as_array().expect("a list");
    users.iter().map(|user| text(&user["name"])).collect()
}

async fn stream(client: &Client) -> TestStream {
    let mut stream = client.stream(Some(&client.cursor().await)).await;
    stream.expect("hello").await;
    stream
}

/// The event and, after it, the reset that ends the stream.
async fn expect_event_then_reset(stream: &mut TestStream, event: &str) -> Value {
    let data = stream.expect(event).await.data;
    stream.expect("reset").await;
    assert!(stream.next().await.is_none(), "a stream ends after a reset");
    data
}

on_both_databases! {
    async fn b35_an_admin_adds_reads_and_changes_a_person(world: World) {
        let admin = world.sign_in("admin").await;
        let trainer = world.sign_in("jonas").await;
        let body = json!({
            "name": " Özlem Şahin ", "email": "Oezlem@Studio-One.example", "roles": ["athlete"], "locale": "pt",
            "trainer_id": trainer.id
        });
        let reply = admin.post("/v1/users").json(&body).send().await;
        assert_eq!(reply.header("etag"), "\"1\"");
        let made = reply.created()["user"].clone();
        assert_eq!((&made["name"], &made["email"]), (&json!("Özlem Şahin"), &json!("oezlem@studio-one.example")));
        assert_eq!((&made["status"], &made["version"], &made["locale"]), (&json!("invited"), &json!(1), &json!("pt")));
        assert_eq!(made["trainer"], json!({ "id": trainer.id, "name": "Jonas Berger" }));
        assert_eq!(made["last_seen_at"], Value::Null);

        let path = format!("/v1/users/{}", text(&made["id"]));
        let read = admin.get(&path).send().await;
        assert_eq!((read.header("etag"), read.ok()), ("\"1\"", made.clone()));
        let changed = change(&admin, &path, json!({ "name": "Özlem", "roles": ["athlete", "trainer"], "trainer_id": null }));
        let changed = changed.await.ok();
        assert_eq!((&changed["name"], &changed["trainer"]), (&json!("Özlem"), &Value::Null));
        assert_eq!((&changed["roles"], &changed["version"]), (&json!(["athlete", "trainer"]), &json!(2)));
        assert_eq!(change(&admin, &path, json!({})).await.ok(), changed, "nothing is no change");
        let own = change(&admin, &path, json!({ "trainer_id": made["id"] })).await;
        assert_eq!(own.findings(), [("/trainer_id".to_owned(), "unknown-reference".to_owned())]);
    }

    async fn an_edit_of_a_person_names_the_version_it_is_based_on(world: World) {
        let admin = world.sign_in("admin").await;
        let path = path_of(&admin, "mara").await;
        let edit = || admin.call("PATCH", &path).json(&json!({ "name": "Mara L." }));
        assert_eq!(edit().send().await.code(), "version-missing");
        assert_eq!(edit().if_match(&json!(7)).send().await.code(), "version-mismatch");
        edit().if_match(&json!(1)).send().await.ok();
        let unknown = format!("/v1/users/{}", uuid::Uuid::now_v7());
        assert_eq!(admin.call("PATCH", &unknown).json(&json!({})).send().await.code(), "not-found", "goes before both");
        // Signing in is no change.
        world.sign_in("mara").await;
        let read = admin.get(&path).send().await.ok();
        assert_eq!(read["version"], 2);
        assert!(read["last_seen_at"].is_string());
    }

    async fn b49_people_are_found_by_any_part_of_name_or_address_and_listed_in_order(world: World) {
        let admin = world.sign_in("admin").await;
        for (name, email) in [
            ("Özlem Ateş", "a.b%c@x.example"),
            ("Ozan Ünal", "ozan@x.example"),
            ("Zoë Straße", "zoe@x.example"),
            ("Ägidius Ott", "otto_@y.example"),
        ] {
            let body = json!({ "name": name, "email": email, "roles": ["athlete"] });
            admin.post("/v1/users").json(&body).send().await.created();
        }
        for (query, expected) in [
            ("?q=OZ", vec!["Ozan Ünal", "Özlem Ateş"]),
            ("?q=%C3%B6z", vec!["Ozan Ünal", "Özlem Ateş"]),
            ("?q=strasse", vec!["Zoë Straße"]),
            ("?q=unal", vec!["Ozan Ünal"]),
            ("?q=y.example", vec!["Ägidius Ott"]),
            ("?q=%25", vec!["Özlem Ateş"]),
            ("?q=_", vec!["Ägidius Ott"]),
            ("?q=nobody", vec![]),
            ("?q=unal%0Aozan", vec![]),
            ("?q=%00oza", vec!["Ozan Ünal"]),
            ("?role=admin", vec!["Karin Vogt"]),
            ("?role=trainer&status=active", vec!["Inês Carvalho", "Jonas Berger"]),
            ("?status=deactivated", vec![]),
            ("?status=invited", vec!["Ägidius Ott", "Ozan Ünal", "Özlem Ateş", "Zoë Straße"]),
        ] {
            assert_eq!(names(&admin, query).await, expected, "{query}");
        }
        let all = names(&admin, "?limit=100").await;
        assert_eq!(all.len(), 11);
        assert_eq!((all[0].as_str(), all[10].as_str()), ("Ägidius Ott", "Zoë Straße"));
        let (mut paged, mut query) = (Vec::new(), "?limit=3".to_owned());
        loop {
            let page = admin.get(&format!("/v1/users{query}")).send().await.ok();
            paged.extend(page["users"].as_array().expect("a list").iter().map(|user| text(&user["name"])));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=3&after={next}");
        }
        assert_eq!(paged, all);
        for query in ["?limit=0", "?limit=101", "?after=x", "?role=king", "?status=gone", "?name=x"] {
            assert_eq!(admin.get(&format!("/v1/users{query}")).send().await.code(), "invalid-parameter", "{query}");
        }
    }

    async fn a_list_of_people_with_the_longest_names_is_paged(world: World) {
        let admin = world.sign_in("admin").await;
        // The second one stands for eighteen letters each.
        let names = ["🧑\u{200D}🧑🏽".repeat(99) + "a", "\u{FDFA}".repeat(99) + "a", "\u{FDFA}".repeat(99) + "b"];
        for (number, name) in names.iter().enumerate() {
            let body = json!({ "name": name, "email": format!("p{number}@long.example"), "roles": ["athlete"] });
            admin.post("/v1/users").json(&body).send().await.created();
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = admin.get(&format!("/v1/users?q=long.example&limit=1{after}")).send().await.ok();
            seen.push(text(&page["users"][0]["name"]));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        seen.sort();
        let mut expected = names.to_vec();
        expected.sort();
        assert_eq!(seen, expected, "each on one page");
    }

    async fn people_stored_by_an_earlier_version_are_found_after_the_next_start(world: World) {
        let admin = world.sign_in("admin").await;
        let before = names(&admin, "").await;
        world.app.store.forget_what_people_are_found_by().await;
        assert_eq!(admin.get("/v1/me").send().await.ok()["studio"]["time_zone"], "UTC");
        world.app.store.migrate_again().await;
        assert_eq!(names(&admin, "").await, before);
        assert_eq!(names(&admin, "?q=KRAMER").await, ["Leonie Krämer"]);
        let time_zone = admin.get("/v1/me").send().await.ok()["studio"]["time_zone"].clone();
        assert_eq!(time_zone, json!(crate::clock::time_zone()));
    }

    async fn an_address_belongs_to_one_person_on_the_server(world: World) {
        let (admin, elsewhere) = (world.sign_in("admin").await, world.sign_in_elsewhere("admin").await);
        let body = json!({ "name": "Ada", "email": "ada@studio.example", "roles": ["athlete"] });
        let (one, two) =
            tokio::join!(admin.post("/v1/users").json(&body).send(), elsewhere.post("/v1/users").json(&body).send());
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
        let refused = if one.status == 409 { one } else { two };
        assert_eq!(refused.code(), "email-taken");
        let mara = path_of(&admin, "mara").await;
        assert_eq!(change(&admin, &mara, json!({ "email": "ADA@studio.example" })).await.code(), "email-taken");
    }

    async fn b50_a_new_athlete_is_in_the_trainer_s_list_at_once(world: World) {
        let (admin, trainer) = (world.sign_in("admin").await, world.sign_in("jonas").await);
        let mut stream = stream(&trainer).await;
        let body = json!({ "name": "Ada", "email": "ada@studio-one.example", "roles": ["athlete"], "trainer_id": trainer.id });
        let made = admin.post("/v1/users").json(&body).send().await.created()["user"].clone();
        let told = expect_event_then_reset(&mut stream, "athlete-changed").await;
        assert_eq!(told["athlete"], json!({ "id": made["id"], "name": "Ada", "records": [], "version": 1 }));
        let snapshot = trainer.get("/v1/snapshot").send().await.ok();
        assert_eq!(snapshot["athletes"][0], told["athlete"]);
    }

    async fn b50_another_trainer_and_the_waiting_session_goes_with_the_athlete(world: World) {
        let admin = world.sign_in("admin").await;
        let (athlete, before, after) =
            tokio::join!(world.sign_in("mara"), world.sign_in("jonas"), world.sign_in("ines"));
        let session = athlete.post("/v1/sessions").send().await.created();
        let cursor = before.cursor().await;
        let mut streams = (stream(&athlete).await, stream(&before).await, stream(&after).await);
        let path = path_of(&admin, "mara").await;
        change(&admin, &path, json!({ "trainer_id": after.id })).await.ok();

        let told = expect_event_then_reset(&mut streams.0, "account-changed").await;
        assert_eq!(told["account"]["trainer"]["name"], "Inês Carvalho");
        assert_eq!(told["account"], athlete.get("/v1/me").send().await.ok());
        let removed = expect_event_then_reset(&mut streams.1, "athlete-removed").await;
        assert_eq!(removed["athlete"], json!({ "id": athlete.id }));
        let added = expect_event_then_reset(&mut streams.2, "athlete-changed").await;
        assert_eq!(added["athlete"]["id"], json!(athlete.id));

        // By poll it is the same: what happened, and then no way on but a snapshot.
        let page = before.get(&format!("/v1/feed?after={cursor}")).send().await.ok();
        assert_eq!((&page["events"][0]["type"], page["events"].as_array().map(Vec::len)), (&json!("athlete-removed"), Some(1)));
        assert_eq!(page["more"], true);
        let next = format!("/v1/feed?after={}", text(&page["cursor"]));
        assert_eq!(before.get(&next).send().await.code(), "cursor-expired");

        let of = async |client: &Client| client.get("/v1/snapshot").send().await.ok()["sessions"].clone();
        assert_eq!(of(&before).await, json!([]));
        assert_eq!(of(&after).await[0]["id"], session["id"]);
        let join = format!("/v1/sessions/{}/join", text(&session["id"]));
        assert_eq!(before.post(&join).send().await.code(), "not-found");
        after.post(&join).send().await.ok();
        // A stream from the snapshot's cursor goes on.
        let mut again = stream(&after).await;
        athlete.post(&format!("/v1/sessions/{}/cancel", text(&session["id"]))).send().await.ok();
        again.expect("session-cancelled").await;
    }

    async fn an_active_session_stays_with_who_leads_it(world: World) {
        let admin = world.sign_in("admin").await;
        let (session, _, trainer) = world.session().await;
        let ines = world.sign_in("ines").await;
        let path = path_of(&admin, "mara").await;
        change(&admin, &path, json!({ "trainer_id": ines.id })).await.ok();
        trainer.released(&session).await;
        assert_eq!(ines.get(&format!("/v1/sessions/{session}")).send().await.code(), "not-found");
    }

    async fn sessions_of_a_deactivated_trainer_are_cancelled(world: World) {
        let admin = world.sign_in("admin").await;
        let (session, athlete, _) = world.session().await;
        let ines = world.sign_in("ines").await;
        for mailbox in ["mara", "tobias", "leonie"] {
            let path = path_of(&admin, mailbox).await;
            change(&admin, &path, json!({ "trainer_id": ines.id })).await.ok();
        }
        let mut told = stream(&athlete).await;
        let path = path_of(&admin, "jonas").await;
        change(&admin, &path, json!({ "active": false })).await.ok();
        let ended = told.expect("session-cancelled").await.data;
        assert_eq!((&ended["session_id"], &ended["session"]["cancelled_by"]), (&json!(session), &Value::Null));
        assert_eq!(athlete.get("/v1/me").send().await.ok()["trainer"]["name"], "Inês Carvalho");
    }

    async fn b35_sessions_of_a_trainer_who_loses_the_role_are_cancelled(world: World) {
        let admin = world.sign_in("admin").await;
        let (session, athlete, trainer) = world.session().await;
        let ines = world.sign_in("ines").await;
        for mailbox in ["mara", "tobias", "leonie"] {
            let path = path_of(&admin, mailbox).await;
            change(&admin, &path, json!({ "trainer_id": ines.id })).await.ok();
        }
        let (mut own, mut led) = (stream(&trainer).await, stream(&athlete).await);
        let path = path_of(&admin, "jonas").await;
        change(&admin, &path, json!({ "roles": ["admin"] })).await.ok();
        own.expect("account-changed").await;
        let ended = expect_event_then_reset(&mut own, "session-cancelled").await;
        assert_eq!((&ended["session_id"], &ended["session"]["cancelled_by"]), (&json!(session), &Value::Null));
        assert_eq!(led.expect("session-cancelled").await.data["session_id"], json!(session));
        athlete.post("/v1/sessions").send().await.created();
    }

    async fn b35_sessions_of_an_athlete_who_loses_the_role_are_cancelled(world: World) {
        let admin = world.sign_in("admin").await;
        let (session, athlete, trainer) = world.session().await;
        let (mut own, mut led) = (stream(&athlete).await, stream(&trainer).await);
        let path = path_of(&admin, "mara").await;
        change(&admin, &path, json!({ "roles": ["trainer"] })).await.ok();
        own.expect("account-changed").await;
        expect_event_then_reset(&mut own, "session-cancelled").await;
        led.expect("athlete-removed").await;
        let ended = expect_event_then_reset(&mut led, "session-cancelled").await;
        assert_eq!((&ended["session_id"], &ended["session"]["cancelled_by"]), (&json!(session), &Value::Null));
        assert_eq!(trainer.get("/v1/sessions?status=open").send().await.ok()["sessions"], json!([]));
    }

    async fn another_name_or_role_leaves_an_open_session_as_it_is(world: World) {
        let admin = world.sign_in("admin").await;
        let (session, _, trainer) = world.session().await;
        for mailbox in ["mara", "jonas"] {
            let path = path_of(&admin, mailbox).await;
            let roles = admin.get(&path).send().await.ok()["roles"].clone();
            let more = json!([roles[0], "admin"]);
            change(&admin, &path, json!({ "name": "Somebody Else", "roles": more })).await.ok();
        }
        trainer.released(&session).await;
    }

    async fn a_waiting_session_is_cancelled_when_its_athlete_loses_their_trainer(world: World) {
        let (admin, athlete) = (world.sign_in("admin").await, world.sign_in("mara").await);
        athlete.post("/v1/sessions").send().await.created();
        let mut stream = stream(&athlete).await;
        let path = path_of(&admin, "mara").await;
        change(&admin, &path, json!({ "trainer_id": null })).await.ok();
        stream.expect("account-changed").await;
        let ended = expect_event_then_reset(&mut stream, "session-cancelled").await;
        assert_eq!(ended["session"]["cancelled_by"], Value::Null);
        assert_eq!(athlete.post("/v1/sessions").send().await.code(), "no-trainer");
    }

    async fn b50_who_is_deactivated_is_signed_out_and_their_session_cancelled(world: World) {
        let admin = world.sign_in("admin").await;
        let (session, athlete, trainer) = world.session().await;
        let (mut own, mut led) = (stream(&athlete).await, stream(&trainer).await);
        let path = path_of(&admin, "mara").await;
        let gone = change(&admin, &path, json!({ "active": false })).await.ok();
        assert_eq!(gone["status"], "deactivated");
        let bye = loop {
            let message = own.next().await.expect("the stream says goodbye");
            if message.event == "bye" {
                break message;
            }
        };
        assert_eq!(bye.data["reason"], "signed-out");
        assert_eq!(athlete.get("/v1/me").send().await.code(), "token-invalid");
        let refresh = json!({ "refresh_token": athlete.refresh });
        assert_eq!(world.post("/v1/auth/refresh").json(&refresh).send().await.code(), "token-invalid");
        led.expect("athlete-removed").await;
        let ended = expect_event_then_reset(&mut led, "session-cancelled").await;
        assert_eq!((&ended["session"]["status"], &ended["session"]["cancelled_by"]), (&json!("cancelled"), &Value::Null));
        let read = trainer.get(&format!("/v1/sessions/{session}")).send().await.ok();
        assert_eq!(read["status"], "cancelled");

        let login = json!({ "email": world.email("mara"), "password": world.password(), "device_name": "x" });
        assert_eq!(world.post("/v1/auth/login").json(&login).send().await.code(), "wrong-credentials");
        assert_eq!(admin.post(&format!("{path}/invitation")).send().await.code(), "deactivated");
        let mut led = stream(&trainer).await;
        assert_eq!(change(&admin, &path, json!({ "active": true })).await.ok()["status"], "active");
        expect_event_then_reset(&mut led, "athlete-changed").await;
        world.sign_in("mara").await;
    }

    async fn a_trainer_with_athletes_is_neither_deactivated_nor_demoted(world: World) {
        let admin = world.sign_in("admin").await;
        let (path, ines) = (path_of(&admin, "jonas").await, world.sign_in("ines").await);
        for body in [json!({ "active": false }), json!({ "roles": ["athlete"] })] {
            assert_eq!(change(&admin, &path, body).await.code(), "has-athletes");
        }
        for mailbox in ["mara", "tobias", "leonie"] {
            let athlete = path_of(&admin, mailbox).await;
            change(&admin, &athlete, json!({ "trainer_id": ines.id })).await.ok();
        }
        change(&admin, &path, json!({ "active": false })).await.ok();
        let mara = path_of(&admin, "mara").await;
        let to_nobody = change(&admin, &mara, json!({ "trainer_id": path.rsplit('/').next() })).await;
        assert_eq!(to_nobody.findings(), [("/trainer_id".to_owned(), "unknown-reference".to_owned())]);
    }

    async fn the_last_admin_stays_when_two_remove_each_other_at_once(world: World) {
        let one = world.sign_in("admin").await;
        let own = path_of(&one, "admin").await;
        for body in [json!({ "active": false }), json!({ "roles": ["trainer"] })] {
            assert_eq!(change(&one, &own, body).await.code(), "last-admin");
        }
        for turn in 0..4 {
            let other = path_of(&one, "tobias").await;
            change(&one, &other, json!({ "roles": ["athlete", "admin"] })).await.ok();
            let two = world.sign_in("tobias").await;
            let demote = |version: &Value, by: &Client, path: &str, roles: Value| {
                by.call("PATCH", path).if_match(version).json(&json!({ "roles": roles })).send()
            };
            let (mine, theirs) = tokio::join!(one.get(&own).send(), one.get(&other).send());
            let (first, second) = tokio::join!(
                demote(&theirs.ok()["version"], &one, &other, json!(["athlete"])),
                demote(&mine.ok()["version"], &two, &own, json!(["trainer"])),
            );
            let mut statuses = [first.status.as_u16(), second.status.as_u16()];
            statuses.sort_unstable();
            assert!(statuses == [200, 409] || statuses == [200, 403], "{turn}: {first:?}\n{second:?}");
            if second.status == 200 {
                change(&two, &own, json!({ "roles": ["admin"] })).await.ok();
                change(&one, &other, json!({ "roles": ["athlete"] })).await.ok();
            }
        }
    }

    async fn another_role_resets_the_feed_and_changes_the_snapshot(world: World) {
        let (admin, athlete) = (world.sign_in("admin").await, world.sign_in("mara").await);
        let mut stream = stream(&athlete).await;
        let path = path_of(&admin, "mara").await;
        change(&admin, &path, json!({ "roles": ["athlete", "trainer"] })).await.ok();
        let told = expect_event_then_reset(&mut stream, "account-changed").await;
        assert_eq!(told["account"]["roles"], json!(["athlete", "trainer"]));
        let snapshot = athlete.get("/v1/snapshot").send().await.ok();
        assert_eq!(snapshot["me"], told["account"]);
        assert!(!snapshot["exercises"].as_array().expect("a list").is_empty());
    }

    async fn a_new_name_is_announced_to_everybody_who_shows_it(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let (mut own, mut led) = (stream(&athlete).await, stream(&trainer).await);
        let renamed = athlete.call("PATCH", "/v1/me").json(&json!({ "name": "Mara Lüders" })).send().await.ok();
        assert_eq!(renamed["version"], 2);
        assert_eq!(own.expect("account-changed").await.data["account"], renamed);
        let listed = led.expect("athlete-changed").await.data["athlete"].clone();
        assert_eq!((&listed["name"], &listed["version"]), (&json!("Mara Lüders"), &json!(2)));

        trainer.call("PATCH", "/v1/me").json(&json!({ "name": "Jo Berger" })).send().await.ok();
        led.expect("account-changed").await;
        let told = own.expect("account-changed").await.data["account"].clone();
        assert_eq!((&told["trainer"]["name"], &told["version"]), (&json!("Jo Berger"), &json!(3)));
        athlete.call("PATCH", "/v1/me").json(&json!({ "locale": "en" })).send().await.ok();
        own.expect("account-changed").await;
        let untouched = trainer.cursor().await;
        athlete.call("PATCH", "/v1/me").json(&json!({ "locale": "en" })).send().await.ok();
        assert_eq!(trainer.cursor().await, untouched, "what changes nothing is not told");
    }

    async fn a_session_is_not_started_by_somebody_who_is_just_deactivated(world: World) {
        let admin = world.sign_in("admin").await;
        let path = path_of(&admin, "mara").await;
        for _ in 0..4 {
            let athlete = world.sign_in("mara").await;
            let version = admin.get(&path).send().await.ok()["version"].clone();
            let leave = admin.call("PATCH", &path).if_match(&version).json(&json!({ "active": false }));
            let (started, _) = tokio::join!(athlete.post("/v1/sessions").send(), leave.send());
            assert!(matches!(started.status.as_u16(), 201 | 401), "{started:?}");
            change(&admin, &path, json!({ "active": true })).await.ok();
            let back = world.sign_in("mara").await;
            let open = back.get("/v1/sessions?status=open").send().await.ok();
            assert_eq!(open["sessions"], json!([]), "whichever came first");
        }
    }

    // How fast is what `cargo xtask bench studio` says.
    async fn b49_a_person_among_ten_thousand_is_found(world: World) {
        world.add_athletes(10_000).await;
        let admin = world.sign_in("admin").await;
        assert_eq!(names(&admin, "?q=person%209999").await, ["Person 9999"]);
        assert!(names(&admin, "?q=nobody%20at%20all").await.is_empty());
        assert_eq!(names(&admin, "?q=crowd.example&limit=100").await.len(), 100);
        let admins = names(&admin, "?role=admin").await;
        assert!(!admins.is_empty() && admins.iter().all(|name| !name.starts_with("Person ")), "{admins:?}");
        assert!(names(&admin, "?status=deactivated").await.iter().all(|name| !name.starts_with("Person ")));
    }

    async fn many_people_at_once_are_all_added(world: World) {
        let admin = world.sign_in("admin").await;
        let add = |number: usize| {
            let body = json!({ "name": format!("P {number}"), "email": format!("p{number}@x.example"), "roles": ["athlete"] });
            let admin = admin.clone();
            async move { admin.post("/v1/users").json(&body).send().await }
        };
        for reply in join_all((0..40).map(add)).await {
            reply.created();
        }
        assert_eq!(names(&admin, "?q=x.example&limit=100").await.len(), 40);
    }
}
