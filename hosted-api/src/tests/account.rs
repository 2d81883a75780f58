//! The caller's own account: name, language, password.

use serde_json::{Value, json};

use crate::testing::on_both_databases;

on_both_databases! {
    async fn absent_fields_are_left_unchanged(world: World) {
        let athlete = world.sign_in("mara").await;
        let before = athlete.get("/v1/me").send().await.ok();
        let change = |body: Value| athlete.call("PATCH", "/v1/me").json(&body).send();
        assert_eq!(change(json!({})).await.ok(), before);
        let named = change(json!({ "name": "  Mara Lüders " })).await.ok();
        assert_eq!((&named["name"], &named["locale"]), (&json!("Mara Lüders"), &before["locale"]));
        let spoken = change(json!({ "locale": "pt" })).await.ok();
        assert_eq!((&spoken["name"], &spoken["locale"]), (&json!("Mara Lüders"), &json!("pt")));
        assert_eq!(athlete.get("/v1/me").send().await.ok(), spoken);
        assert_eq!(athlete.get("/v1/snapshot").send().await.ok()["me"], spoken);
    }

    async fn b58_a_person_chooses_the_unit_of_their_weights(world: World) {
        let athlete = world.sign_in("mara").await;
        let before = athlete.get("/v1/me").send().await.ok();
        assert_eq!(before["weight_unit"], "kg");
        let mut stream = athlete.stream(Some(&athlete.cursor().await)).await;
        stream.expect("hello").await;
        let change = |body: Value| athlete.call("PATCH", "/v1/me").json(&body).send();
        let pounds = change(json!({ "weight_unit": "lb" })).await.ok();
        let mut expected = before.clone();
        expected["weight_unit"] = json!("lb");
        expected["version"] = json!(before["version"].as_u64().expect("a version") + 1);
        assert_eq!(pounds, expected, "one more version, and nothing else is another");
        assert_eq!(stream.expect("account-changed").await.data["account"], expected);
        assert_eq!(change(json!({ "weight_unit": "lb" })).await.ok(), expected, "the same is no change");
        let both = change(json!({ "weight_unit": "kg", "name": "Mara L." })).await.ok();
        assert_eq!((&both["weight_unit"], &both["name"]), (&json!("kg"), &json!("Mara L.")));
        assert_eq!(both["version"].as_u64(), expected["version"].as_u64().map(|version| version + 1));
        assert_eq!(change(json!({ "weight_unit": "stone" })).await.findings(), [("/weight_unit".to_owned(), "invalid".to_owned())]);
        // An admin's change of something else leaves it.
        change(json!({ "weight_unit": "lb" })).await.ok();
        let (admin, path) = (world.sign_in("admin").await, format!("/v1/users/{}", athlete.id));
        let version = admin.get(&path).send().await.ok()["version"].clone();
        admin.call("PATCH", &path).if_match(&version).json(&json!({ "locale": "pt" })).send().await.ok();
        assert_eq!(athlete.get("/v1/me").send().await.ok()["weight_unit"], "lb");
    }

    async fn invalid_names_and_languages_are_refused(world: World) {
        let athlete = world.sign_in("mara").await;
        let long = "x".repeat(101);
        for (name, code) in [("", "required"), ("  ", "required"), (long.as_str(), "too-long"), ("a\u{7}b", "invalid"), ("\u{200B}", "required")] {
            let reply = athlete.call("PATCH", "/v1/me").json(&json!({ "name": name })).send().await;
            assert_eq!(reply.findings(), [("/name".to_owned(), code.to_owned())], "{name:?}");
        }
        let turned = athlete.call("PATCH", "/v1/me").json(&json!({ "name": "\u{202E}Mara\u{200B}" })).send().await.ok();
        assert_eq!(turned["name"], "Mara");
        let reply = athlete.call("PATCH", "/v1/me").json(&json!({ "locale": "tlh" })).send().await;
        assert_eq!(reply.findings(), [("/locale".to_owned(), "invalid".to_owned())]);
        let reply = athlete.call("PATCH", "/v1/me").json(&json!({ "roles": ["admin"] })).send().await;
        assert_eq!(reply.findings(), [("/roles".to_owned(), "unknown-field".to_owned())]);
    }

    async fn a_password_change_is_idempotent(world: World) {
        let athlete = world.sign_in("mara").await;
        let change = json!({ "current_password": world.password(), "new_password": "a new password" });
        for _ in 0..2 {
            assert_eq!(athlete.post("/v1/me/password").json(&change).send().await.status, 204);
        }
        let other = json!({ "current_password": world.password(), "new_password": "another password" });
        let refused = athlete.post("/v1/me/password").json(&other).send().await;
        assert_eq!(refused.findings(), [("/current_password".to_owned(), "wrong-password".to_owned())]);
    }

    async fn common_new_passwords_are_refused(world: World) {
        let athlete = world.sign_in("mara").await;
        let change = |new: &str| {
            let change = json!({ "current_password": world.password(), "new_password": new });
            athlete.post("/v1/me/password").json(&change).send()
        };
        let email = world.email("mara");
        for (new, code) in [
            ("password", "too-common"),
            ("Password1", "too-common"),
            (email.as_str(), "contains-name"),
            ("lindner-2026", "contains-name"),
        ] {
            assert_eq!(change(new).await.findings(), [("/new_password".to_owned(), code.to_owned())], "{new}");
        }
        assert_eq!(change("neither of these").await.status, 204);
    }

    async fn an_athlete_without_an_active_trainer_cannot_start_a_session(world: World) {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        world.app.store.set_roles(&trainer.id, "[\"athlete\"]").await;
        assert_eq!(athlete.post("/v1/sessions").send().await.code(), "no-trainer");
        world.app.store.set_roles(&trainer.id, "[\"trainer\"]").await;
        world.app.store.set_active(&trainer.id, false).await;
        assert_eq!(athlete.post("/v1/sessions").send().await.code(), "no-trainer");
        assert_eq!(athlete.get("/v1/me").send().await.ok()["trainer"], json!(null));
    }
}
