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
