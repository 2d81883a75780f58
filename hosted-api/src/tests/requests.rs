//! What all requests have in common: problems, bodies, parameters, ids.

use serde_json::json;

use crate::testing::on_both_databases;

on_both_databases! {
    async fn every_error_is_a_problem_document(world: World) {
        let athlete = world.sign_in("mara").await;
        let id = uuid::Uuid::now_v7();
        let json_type = ("content-type", "application/json");
        let large = format!("{{\"reason\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
        let cancel = format!("/v1/sessions/{id}/cancel");
        let post = |body: &str| athlete.post(&cancel).header(json_type.0, json_type.1).body(body);
        for (reply, status, code) in [
            (athlete.get("/nowhere").send().await, 404, "not-found"),
            (athlete.get("/v1/sessions/not-an-id").send().await, 404, "not-found"),
            (athlete.call("DELETE", "/v1/me").send().await, 405, "method-not-allowed"),
            (athlete.get("/v1/me?colour=blue").send().await, 400, "invalid-parameter"),
            (athlete.get("/v1/sessions?limit=0").send().await, 400, "invalid-parameter"),
            (athlete.get("/v1/sessions?status=maybe").send().await, 400, "invalid-parameter"),
            (athlete.get("/v1/feed?after=nonsense").send().await, 400, "invalid-parameter"),
            (athlete.get("/v1/feed").send().await, 400, "invalid-parameter"),
            (athlete.get("/v1/feed?after=e.0&wait=26").send().await, 400, "invalid-parameter"),
            (athlete.get("/v1/feed").header("accept", "text/html").send().await, 406, "not-acceptable"),
            (post("{").send().await, 400, "malformed-json"),
            (post(&large).send().await, 413, "payload-too-large"),
            (post("{\"reason\":7}").send().await, 422, "invalid"),
            (post("[]").send().await, 422, "invalid"),
            (athlete.post(&cancel).body("{}").send().await, 415, "unsupported-media-type"),
            (athlete.post("/v1/sessions").json(&json!({ "trainer": "me" })).send().await, 422, "invalid"),
            (world.call("GET", "/v1/me").bearer("nonsense").send().await, 401, "token-invalid"),
        ] {
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code));
            assert_eq!(reply.header("ringside-api-version"), "1");
            assert!(reply.body()["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{code}");
        }
        assert_eq!(athlete.call("DELETE", "/v1/me").send().await.header("allow"), "GET,HEAD,PATCH");
        assert_eq!(world.call("GET", "/v1/me").send().await.header("www-authenticate"), "Bearer");
    }

    async fn a_request_id_is_echoed(world: World) {
        let reply = world.call("GET", "/v1/me").header("x-request-id", "click-42").send().await;
        assert_eq!(reply.code(), "token-missing");
        assert_eq!(reply.header("x-request-id"), "click-42");
        let made = world.call("GET", "/healthz").header("x-request-id", "a b").send().await;
        assert!(made.header("x-request-id").parse::<uuid::Uuid>().is_ok());
    }

    async fn a_round_is_changed_only_on_its_current_version(world: World) {
        let (id, _, trainer) = world.session().await;
        let round = trainer.draft(&id).await;
        let path = format!("/v1/rounds/{}", round["id"].as_str().expect("an id"));
        let plan = trainer.plan().await;
        let unconditional = trainer.call("PUT", &path).json(&plan).send().await;
        assert_eq!((unconditional.status.as_u16(), unconditional.code().as_str()), (428, "version-missing"));
        let stale = trainer.call("DELETE", &path).if_match(&json!(99)).send().await;
        assert_eq!((stale.status.as_u16(), stale.code().as_str()), (412, "version-mismatch"));
        let edited = trainer.call("PUT", &path).if_match(&round["version"]).json(&plan).send().await;
        assert_eq!(edited.header("etag"), "\"2\"");
        assert_eq!(trainer.call("DELETE", &path).if_match(&json!(2)).send().await.status, 204);
    }

    async fn a_log_is_removed_only_by_an_explicit_null(world: World) {
        let (id, athlete, trainer) = world.session().await;
        let round = trainer.released(&id).await;
        let item = round["exercises"][0]["id"].as_str().expect("an id");
        let log = format!("/v1/rounds/{}/exercises/{item}/log", round["id"].as_str().expect("an id"));
        let tick = |body: serde_json::Value| athlete.call("PUT", &log).json(&body).send();
        assert_eq!(tick(json!({ "actual": { "reps": 5 } })).await.ok()["exercises"][0]["actual"]["reps"], 5);
        assert_eq!(tick(json!({})).await.findings(), [("/actual".to_owned(), "required".to_owned())]);
        assert_eq!(tick(json!({ "actual": null })).await.ok()["exercises"][0]["actual"], json!(null));
    }

    async fn requests_commands_and_events_are_counted(world: World) {
        let athlete = world.sign_in("mara").await;
        let mut stream = athlete.stream(None).await;
        stream.expect("hello").await;
        athlete.post("/v1/sessions").send().await.created();
        assert_eq!(athlete.post("/v1/sessions").send().await.code(), "session-open");
        let metrics = world.metrics().await;
        for line in [
            "ringside_requests_total{method=\"POST\",route=\"/v1/sessions\",status=\"201\"} 1",
            "ringside_requests_total{method=\"POST\",route=\"/v1/sessions\",status=\"409\"} 1",
            "ringside_commands_total{outcome=\"done\"} 1",
            "ringside_commands_total{outcome=\"refused\"} 1",
            "ringside_events_total 2",
            "ringside_streams 1",
            "ringside_request_seconds_bucket{method=\"POST\",route=\"/v1/sessions\",le=\"+Inf\"} 2",
        ] {
            assert!(metrics.contains(line), "{line} in {metrics}");
        }
        assert!(!metrics.contains(&athlete.id));
    }
}
