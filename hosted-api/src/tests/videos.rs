//! Videos of exercises: set, replaced, removed, shown, and kept in rounds.

use serde_json::{Value, json};

use super::files::{POSTER, SQUAT, bytes, exercise, media, path, set, upload, with_video};
use crate::testing::on_both_databases;
use crate::updates::hash;

fn address(video: &Value) -> String {
    format!("/v1/videos/{}", video["id"].as_str().expect("an id"))
}

on_both_databases! {
    async fn a_video_is_set_with_what_is_in_it_and_shown(world: World) {
        let (trainer, athlete) = (world.sign_in("jonas").await, world.sign_in("mara").await);
        let before = exercise(&trainer).await;
        let filmed = with_video(&trainer).await;
        let video = &filmed["video"];
        assert_eq!((&filmed["id"], filmed["version"].as_u64()), (&before["id"], before["version"].as_u64().map(|v| v + 1)));
        assert_eq!((&video["width"], &video["height"], &video["has_poster"]), (&json!(160), &json!(90), &json!(true)));
        assert_eq!((&video["media_type"], &video["size_bytes"]), (&json!("video/mp4"), &json!(SQUAT.len())));
        assert!((2.0..2.2).contains(&video["duration_s"].as_f64().expect("a number")), "{video}");
        assert_eq!(exercise(&trainer).await, filmed, "as it is listed");
        assert_eq!(bytes(&athlete, &address(video)).await, SQUAT);
        assert_eq!(bytes(&athlete, &format!("{}/poster", address(video))).await, POSTER);
    }

    async fn a_video_is_kept_privately_and_served_in_parts(world: World) {
        let trainer = world.sign_in("jonas").await;
        let video = address(&with_video(&trainer).await["video"]);
        let tag = format!("\"{}\"", hash(SQUAT));
        for (path, media_type) in [(video.clone(), "video/mp4"), (format!("{video}/poster"), "image/jpeg")] {
            let head = trainer.call("HEAD", &path).send().await;
            assert_eq!((head.status.as_u16(), head.header("content-type")), (200, media_type));
            assert_eq!(head.header("cache-control"), "private, max-age=31536000, immutable");
            assert_eq!(head.header("x-content-type-options"), "nosniff");
        }
        let part = |range: &str, if_range: &str| {
            trainer.get(&video).header("range", range).header("if-range", if_range).raw()
        };
        let some = part("bytes=4-7", &tag).await;
        assert_eq!((some.status().as_u16(), some.headers()["etag"].to_str().ok()), (206, Some(tag.as_str())));
        assert_eq!(some.headers()["content-type"], "video/mp4");
        assert_eq!(some.bytes().await.expect("all"), &SQUAT[4..8]);
        assert_eq!(part("bytes=4-7", "\"another\"").await.status(), 200, "another file");
        assert_eq!(part("bytes=1000000-", &tag).await.status(), 416);
        assert_eq!(trainer.get(&video).header("if-none-match", &tag).send().await.status, 304);
    }

    async fn a_video_is_for_people_of_its_studio(world: World) {
        let video = address(&with_video(&world.sign_in("jonas").await).await["video"]);
        for path in [video.clone(), format!("{video}/poster"), format!("/v1/videos/{}", uuid::Uuid::now_v7())] {
            let elsewhere = world.sign_in_elsewhere("admin").await;
            assert_eq!(elsewhere.get(&path).send().await.code(), "not-found");
        }
        assert_eq!(world.call("GET", &video).send().await.code(), "token-missing");
    }

    async fn a_video_without_a_poster_has_none(world: World) {
        let trainer = world.sign_in("jonas").await;
        let id = upload(&trainer, media!("squat-vp9.webm"), "video/webm").await;
        let filmed = set(&trainer, &exercise(&trainer).await, &id, None).await.ok();
        assert_eq!((&filmed["video"]["media_type"], &filmed["video"]["has_poster"]), (&json!("video/webm"), &json!(false)));
        assert_eq!(trainer.get(&format!("{}/poster", address(&filmed["video"]))).send().await.code(), "not-found");
    }

    async fn a_round_keeps_the_video_it_was_planned_with(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let filmed = with_video(&trainer).await;
        let plan = json!({ "exercises": [{ "exercise_id": filmed["id"] }], "release": true });
        let round = trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();
        assert_eq!(round["exercises"][0]["video"], filmed["video"]);
        let other = upload(&trainer, media!("squat.mov"), "video/quicktime").await;
        let replaced = set(&trainer, &filmed, &other, None).await.ok();
        assert_eq!(replaced["video"]["media_type"], "video/quicktime");
        let seen = athlete.get(&format!("/v1/sessions/{session}")).send().await.ok();
        assert_eq!(seen["rounds"][0]["exercises"][0]["video"], filmed["video"]);
        assert_eq!(bytes(&athlete, &address(&filmed["video"])).await, SQUAT, "the former one is served on");
    }

    async fn one_of_two_videos_set_at_once_is_the_exercises(world: World) {
        let trainer = world.sign_in("jonas").await;
        let (mov, webm) = (media!("squat.mov"), media!("squat-vp8.webm"));
        let (one, two) = (upload(&trainer, mov, "video/quicktime").await, upload(&trainer, webm, "video/webm").await);
        let before = exercise(&trainer).await;
        let (first, second) = tokio::join!(set(&trainer, &before, &one, None), set(&trainer, &before, &two, None));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
        let (done, other) = if first.status == 200 { (first.ok(), &two) } else { (second.ok(), &one) };
        assert_eq!(exercise(&trainer).await, done);
        set(&trainer, &done, other, None).await.ok();
    }

    async fn setting_a_video_again_under_its_key_is_answered_again(world: World) {
        let trainer = world.sign_in("jonas").await;
        let (id, before) = (upload(&trainer, SQUAT, "video/mp4").await, exercise(&trainer).await);
        let body = json!({ "upload_id": id });
        let again = || trainer.call("PUT", &path(&before)).if_match(&before["version"]).key("set").json(&body).send();
        let (first, second) = (again().await, again().await);
        assert_eq!(first.ok(), second.ok());
        assert_eq!(second.header("idempotency-replayed"), "true");
        let used = set(&trainer, &first.ok(), &id, None).await;
        assert_eq!(used.findings(), [("/upload_id".to_owned(), "unknown-reference".to_owned())], "an upload is used once");
    }

    async fn changed_videos_are_announced_and_recorded(world: World) {
        let (trainer, admin) = (world.sign_in("jonas").await, world.sign_in("admin").await);
        let athlete = world.sign_in("mara").await;
        let unseen = athlete.cursor().await;
        let mut stream = admin.stream(Some(&admin.cursor().await)).await;
        stream.expect("hello").await;
        let filmed = with_video(&trainer).await;
        assert_eq!(stream.expect("exercise-saved").await.data["exercise"], filmed);
        let remove = |version: &Value| trainer.call("DELETE", &path(&filmed)).if_match(version).send();
        assert_eq!(remove(&json!(1)).await.code(), "version-mismatch");
        let removed = remove(&filmed["version"]).await.ok();
        assert_eq!((&removed["video"], removed["version"].as_u64()), (&Value::Null, filmed["version"].as_u64().map(|v| v + 1)));
        assert_eq!(stream.expect("exercise-saved").await.data["exercise"], removed);
        assert_eq!(remove(&removed["version"]).await.ok(), removed, "there is none to remove");
        let entries = admin.get("/v1/audit").send().await.ok();
        let acts: Vec<&str> =
            entries["entries"].as_array().expect("a list").iter().filter_map(|entry| entry["act"].as_str()).collect();
        assert_eq!(acts[..2], ["video-changed", "video-changed"]);
        assert_eq!(athlete.cursor().await, unseen);
    }

    async fn another_studios_exercise_and_another_persons_upload_are_unknown(world: World) {
        let (trainer, other) = (world.sign_in("jonas").await, world.sign_in("ines").await);
        let elsewhere = world.sign_in_elsewhere("jonas").await;
        let (id, before) = (upload(&trainer, SQUAT, "video/mp4").await, exercise(&trainer).await);
        assert_eq!(set(&other, &before, &id, None).await.findings()[0].1, "unknown-reference");
        assert_eq!(set(&elsewhere, &before, &id, None).await.code(), "not-found");
        let theirs = upload(&elsewhere, SQUAT, "video/mp4").await;
        assert_eq!(set(&elsewhere, &before, &theirs, None).await.code(), "not-found");
        assert_eq!(set(&world.sign_in("mara").await, &before, &id, None).await.code(), "role-forbidden");
        let without = trainer.call("PUT", &path(&before)).json(&json!({ "upload_id": id })).send().await;
        assert_eq!((without.status.as_u16(), without.code().as_str()), (428, "version-missing"));
        assert_eq!(exercise(&trainer).await, before);
    }

    async fn a_recreated_exercise_has_its_video_again(world: World) {
        let trainer = world.sign_in("jonas").await;
        let draft = json!({ "name": "Superman", "category": "back", "fields": ["reps"] });
        let made = trainer.post("/v1/exercises").json(&draft).send().await.created();
        let id = upload(&trainer, SQUAT, "video/mp4").await;
        let filmed = set(&trainer, &made, &id, None).await.ok();
        let whole = format!("/v1/exercises/{}", made["id"].as_str().expect("an id"));
        let gone = trainer.call("DELETE", &whole).if_match(&filmed["version"]).send().await;
        assert_eq!(gone.status, 204);
        let back = trainer.call("PUT", &whole).if_match(&json!(0)).json(&draft).send().await.created();
        assert_eq!(back["video"], filmed["video"]);
    }
}
