//! The audit log: what gets into it, who reads it.

use serde_json::{Value, json};

use crate::clock;
use crate::maintenance::cutoffs;
use crate::retention::Retention;
use crate::store::Cutoffs;
use crate::testing::{Client, ReleaseBuilder, on_both_databases};
use crate::updates::{Change, Channel, Percent, Publication, change as release_change};

/// Acts, by whom and on what, newest first.
async fn log(admin: &Client, query: &str) -> Vec<(String, Value, String)> {
    let page = admin.get(&format!("/v1/audit{query}")).send().await.ok();
    let entries = page["entries"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    entries.iter().map(|entry| (text(&entry["act"]), entry["by"]["name"].clone(), text(&entry["on"]["name"]))).collect()
}

on_both_databases! {
    async fn the_log_goes_back_as_far_as_the_server_says(world: World) {
        let admin = world.sign_in("admin").await;
        world.invited("Ada", "ada@x.example").await;
        let entries = log(&admin, "").await.len();
        let retention = Retention { audit: Retention::days(30), ..Retention::default() };
        // The admin stays signed in.
        let after = |days| Cutoffs {
            audit: cutoffs(clock::after(clock::now(), Retention::days(days)), retention).audit,
            ..cutoffs(clock::now(), retention)
        };
        world.app.store.compact(after(29)).await.expect("it compacts");
        assert_eq!(log(&admin, "").await.len(), entries);
        world.app.store.compact(after(31)).await.expect("it compacts");
        assert_eq!(log(&admin, "").await, []);
    }

    async fn b52_who_changed_what_is_kept(world: World) {
        let (admin, trainer) = (world.sign_in("admin").await, world.sign_in("jonas").await);
        let (id, code) = world.invited("Ada", "ada@x.example").await;
        let path = format!("/v1/users/{id}");
        let change = async |version: u64, body: Value| {
            admin.call("PATCH", &path).if_match(&json!(version)).json(&body).send().await.ok()
        };
        change(1, json!({ "name": "Ada L.", "trainer_id": trainer.id, "roles": ["athlete", "admin"] })).await;
        change(2, json!({ "active": false })).await;
        change(3, json!({ "active": true })).await;
        let refused = admin.call("PATCH", &path).if_match(&json!(1)).json(&json!({ "name": "X" })).send().await;
        assert_eq!(refused.code(), "version-mismatch");
        let code = {
            let again = admin.post(&format!("{path}/invitation")).send().await.created();
            assert_ne!(again["code"], json!(code));
            again["code"].as_str().expect("a code").to_owned()
        };
        let claim = json!({ "code": code, "password": "correct horse", "device_name": "x" });
        world.post("/v1/invitations/claim").json(&claim).send().await.ok();
        admin.post(&format!("{path}/invitation")).send().await.created();
        assert_eq!(admin.call("DELETE", &format!("{path}/invitation")).send().await.status, 204);
        let password = json!({ "current_password": world.password(), "new_password": "a new password" });
        assert_eq!(trainer.post("/v1/me/password").json(&password).send().await.status, 204);
        let exercise = json!({ "name": "Superman", "category": "back", "fields": ["reps"] });
        let made = trainer.post("/v1/exercises").json(&exercise).send().await.created();
        let exercise = format!("/v1/exercises/{}", made["id"].as_str().expect("an id"));
        trainer.call("DELETE", &exercise).if_match(&json!(1)).send().await;
        let builder = ReleaseBuilder::new();
        let publication = builder.deb(Channel::Stable, "9.0.0");
        let with_notes = Publication { notes: [("de".to_owned(), "Neu".to_owned())].into(), ..publication.clone() };
        // Each twice: what changes nothing is no entry.
        for publication in [&publication, &publication, &with_notes, &with_notes] {
            world.publish(publication).await.expect("it is published");
        }
        let version = "9.0.0".parse().expect("a version");
        for act in [Change::Rollout(Percent::new(10).expect("a percentage")), Change::Halt, Change::Resume] {
            for _ in 0..2 {
                release_change(&world.app.store, Channel::Stable, &version, act).await.expect("it is changed");
            }
        }

        let by = |name: &str| json!(name);
        let karin = by("Karin Vogt");
        let expected = [
            ("release-resumed", Value::Null, "9.0.0"),
            ("release-halted", Value::Null, "9.0.0"),
            ("release-rollout-changed", Value::Null, "9.0.0"),
            ("release-published", Value::Null, "9.0.0"),
            ("release-published", Value::Null, "9.0.0"),
            ("exercise-deleted", by("Jonas Berger"), "Superman"),
            ("exercise-saved", by("Jonas Berger"), "Superman"),
            ("password-changed", by("Jonas Berger"), "Jonas Berger"),
            ("invitation-withdrawn", karin.clone(), "Ada L."),
            ("password-reset", karin.clone(), "Ada L."),
            ("invitation-claimed", by("Ada L."), "Ada L."),
            ("user-invited", karin.clone(), "Ada L."),
            ("user-reactivated", karin.clone(), "Ada L."),
            ("user-deactivated", karin.clone(), "Ada L."),
            ("trainer-changed", karin.clone(), "Ada L."),
            ("roles-changed", karin.clone(), "Ada L."),
            ("user-changed", karin.clone(), "Ada L."),
            ("user-invited", karin, "Ada"),
            ("studio-created", Value::Null, "Studio One"),
        ];
        let expected = expected.map(|(act, by, on)| (act.to_owned(), by, on.to_owned()));
        assert_eq!(log(&admin, "").await, expected);
        let elsewhere = world.sign_in_elsewhere("admin").await;
        let (of_versions, own) = (&expected[..5], ("studio-created".to_owned(), Value::Null, "Studio Two".to_owned()));
        assert_eq!(log(&elsewhere, "").await, [of_versions, &[own]].concat(), "versions concern every studio");
        assert_eq!(trainer.get("/v1/audit").send().await.code(), "role-forbidden");
    }

    async fn the_audit_log_is_paged(world: World) {
        let admin = world.sign_in("admin").await;
        for number in 0..5 {
            world.invited(&format!("P{number}"), &format!("p{number}@x.example")).await;
        }
        let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
        loop {
            let page = admin.get(&format!("/v1/audit{query}")).send().await.ok();
            seen.extend(page["entries"].as_array().expect("a list").iter().map(|entry| entry["on"]["name"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=2&after={next}");
        }
        assert_eq!(seen, ["P4", "P3", "P2", "P1", "P0", "Studio One"]);
        for query in ["?limit=0", "?limit=101", "?after=x"] {
            assert_eq!(admin.get(&format!("/v1/audit{query}")).send().await.code(), "invalid-parameter", "{query}");
        }
    }
}
