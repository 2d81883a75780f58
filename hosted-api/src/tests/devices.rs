//! Sign-ins: everybody sees their own and can end one; an admin those of everybody in the studio.

use serde_json::{Value, json};

use crate::testing::on_both_databases;

on_both_databases! {
    async fn b51_everybody_sees_their_sign_ins_and_ends_one(world: World) {
        let (here, lost) = (world.sign_in("mara").await, world.sign_in("mara").await);
        let listed = here.get("/v1/me/devices").send().await.ok();
        let devices = listed["devices"].as_array().expect("a list");
        assert_eq!((devices.len(), &listed["next"]), (2, &Value::Null));
        assert_eq!(devices[0]["name"], "test");
        let is_current = |device: &Value| device["is_current"] == json!(true);
        assert_eq!((is_current(&devices[0]), is_current(&devices[1])), (false, true), "the other one came last");
        assert!(devices.iter().all(|device| device["created_at"].is_string() && device["last_seen_at"].is_string()));

        let mut stream = lost.stream(Some(&lost.cursor().await)).await;
        stream.expect("hello").await;
        // The one seen last was signed in last.
        let path = format!("/v1/me/devices/{}", devices[0]["id"].as_str().expect("an id"));
        let other = world.sign_in("tobias").await;
        assert_eq!(other.call("DELETE", &path).send().await.code(), "not-found");
        assert_eq!(here.call("DELETE", &path).send().await.status, 204);
        assert_eq!(stream.expect("bye").await.data["reason"], "signed-out");
        assert_eq!(lost.get("/v1/me").send().await.code(), "token-invalid");
        assert_eq!(here.device_ids().await.len(), 1);
        assert_eq!(here.call("DELETE", &path).send().await.code(), "not-found", "it has ended");
        assert_eq!(here.call("DELETE", "/v1/me/devices/x").send().await.code(), "not-found");
    }

    async fn b51_an_admin_ends_the_sign_ins_of_everybody_in_the_studio(world: World) {
        let (admin, elsewhere, athlete) =
            tokio::join!(world.sign_in("admin"), world.sign_in_elsewhere("admin"), world.sign_in("mara"));
        let path = format!("/v1/users/{}/devices", athlete.id);
        assert_eq!(elsewhere.get(&path).send().await.code(), "not-found");
        assert_eq!(athlete.get(&path).send().await.code(), "role-forbidden");
        let listed = admin.get(&path).send().await.ok();
        let own = athlete.get("/v1/me/devices").send().await.ok();
        assert_eq!(listed["devices"][0]["id"], own["devices"][0]["id"]);
        assert_eq!((&listed["devices"][0]["is_current"], &own["devices"][0]["is_current"]), (&json!(false), &json!(true)));
        let device = format!("{path}/{}", listed["devices"][0]["id"].as_str().expect("an id"));
        assert_eq!(elsewhere.call("DELETE", &device).send().await.code(), "not-found");
        assert_eq!(admin.call("DELETE", &device).send().await.status, 204);
        assert_eq!(athlete.get("/v1/me").send().await.code(), "token-invalid");
        assert_eq!(admin.get(&path).send().await.ok()["devices"], json!([]));
        let audit = admin.get("/v1/audit?limit=1").send().await.ok();
        assert_eq!(audit["entries"][0]["act"], "device-signed-out");
    }

    async fn a_refresh_updates_when_the_device_was_last_seen(world: World) {
        let athlete = world.sign_in("mara").await;
        let seen = async |client: &crate::testing::Client| {
            let listed = client.get("/v1/me/devices").send().await.ok();
            let seen = listed["devices"][0]["last_seen_at"].as_str().expect("an instant").to_owned();
            seen.parse::<jiff::Timestamp>().expect("an instant")
        };
        let before = seen(&athlete).await;
        let refreshed = world.post("/v1/auth/refresh").json(&json!({ "refresh_token": athlete.refresh })).send().await;
        let after = seen(&world.client(refreshed.read())).await;
        assert!(after > before, "{before} {after}");
    }
}
