//! Files that nobody names any more are removed after a week, and no others.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::files::{SQUAT, append, begin, bytes, exercise, media, path, set, upload, with_video};
use crate::blobs::{Blobs, remove_unnamed};
use crate::clock;
use crate::retention::Retention;
use crate::testing::{World, on_both_databases};

/// Runs maintenance as it runs every day, for so many days from now on.
async fn days_pass(world: &World, from: u64, to: u64) {
    let blobs = Blobs::in_directory(world.artefacts());
    for day in from..=to {
        let now = clock::after(clock::now(), Duration::from_hours(24 * day));
        remove_unnamed(&world.app.store, &blobs, now, Retention::default().files).await.expect("it runs");
    }
}

/// All files of videos and uploads.
fn files(world: &World) -> Vec<PathBuf> {
    let (mut open, mut files) = (vec![world.artefacts().join("videos"), world.artefacts().join("uploads")], Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).expect("readable").map(|entry| entry.expect("an entry").path()));
        } else if path.exists() {
            files.push(path);
        }
    }
    files
}

on_both_databases! {
    async fn a_replaced_video_is_removed_after_a_week(world: World) {
        let trainer = world.sign_in("jonas").await;
        let filmed = with_video(&trainer).await;
        days_pass(&world, 0, 30).await;
        assert_eq!(files(&world).len(), 2, "an exercise names them");
        let removed = trainer.call("DELETE", &path(&filmed)).if_match(&filmed["version"]).send().await;
        removed.ok();
        days_pass(&world, 31, 37).await;
        let address = format!("/v1/videos/{}", filmed["video"]["id"].as_str().expect("an id"));
        assert_eq!(bytes(&trainer, &address).await, SQUAT, "for a week");
        days_pass(&world, 38, 39).await;
        assert!(files(&world).is_empty());
        assert_eq!(trainer.get(&address).send().await.code(), "not-found");
        assert!(begin(&trainer, SQUAT, "video/mp4").await.created().get("complete").is_none());
    }

    async fn a_video_that_a_round_has_is_kept(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let filmed = with_video(&trainer).await;
        let plan = json!({ "exercises": [{ "exercise_id": filmed["id"] }], "release": true });
        trainer.post(&format!("/v1/sessions/{session}/rounds")).json(&plan).send().await.created();
        trainer.call("DELETE", &path(&filmed)).if_match(&filmed["version"]).send().await.ok();
        days_pass(&world, 0, 30).await;
        let address = format!("/v1/videos/{}", filmed["video"]["id"].as_str().expect("an id"));
        assert_eq!(bytes(&athlete, &address).await, SQUAT);
    }

    async fn bytes_that_another_exercise_has_are_kept(world: World) {
        let trainer = world.sign_in("jonas").await;
        let filmed = with_video(&trainer).await;
        let other = trainer.get("/v1/exercises").send().await.ok()["exercises"][1].clone();
        let again = upload(&trainer, SQUAT, "video/mp4").await;
        let other = set(&trainer, &other, &again, None).await.ok();
        trainer.call("DELETE", &path(&filmed)).if_match(&filmed["version"]).send().await.ok();
        days_pass(&world, 0, 30).await;
        let address = format!("/v1/videos/{}", other["video"]["id"].as_str().expect("an id"));
        assert_eq!(bytes(&trainer, &address).await, SQUAT);
        assert_eq!(files(&world).len(), 1, "the poster is gone");
    }

    async fn uploads_that_nobody_used_are_removed_after_a_week(world: World) {
        let trainer = world.sign_in("jonas").await;
        let begun = begin(&trainer, SQUAT, "video/mp4").await.created()["id"].as_str().expect("an id").to_owned();
        append(&trainer, &begun, 0, &SQUAT[..100]).await;
        let whole = upload(&trainer, media!("squat.mov"), "video/quicktime").await;
        days_pass(&world, 0, 6).await;
        assert_eq!(files(&world).len(), 2);
        days_pass(&world, 7, 9).await;
        assert!(files(&world).is_empty());
        for id in [begun, whole] {
            assert_eq!(trainer.get(&format!("/v1/uploads/{id}")).send().await.code(), "not-found");
        }
    }

    async fn what_a_crash_left_behind_is_removed_after_a_week(world: World) {
        let trainer = world.sign_in("jonas").await;
        let filmed = with_video(&trainer).await;
        let named = files(&world);
        let beside = named[0].parent().expect("a directory");
        std::fs::write(beside.join("0".repeat(64)), b"no row").expect("writable");
        std::fs::write(beside.join("0.1.staged"), b"half").expect("writable");
        std::fs::write(world.artefacts().join("uploads/none"), b"no row").expect("writable");
        days_pass(&world, 0, 6).await;
        assert_eq!(files(&world).len(), named.len() + 3);
        days_pass(&world, 8, 8).await;
        assert_eq!(files(&world).len(), named.len());
        assert_eq!(exercise(&trainer).await, filmed);
    }
}
