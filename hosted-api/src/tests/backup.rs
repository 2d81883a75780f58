//! Copies of a database that is in use, and what clients are told once one is restored.

use serde_json::json;
use training::wire::FeedPage;

use crate::backup::{BackupError, back_up, begin_epochs};
use crate::store::{DatabaseUrl, Store};
use crate::testing::{Client, World, on_both_databases};

/// Appends two events each to the feeds of the athlete and their trainer.
async fn append_two_events(athlete: &Client) {
    let id = athlete.post("/v1/sessions").send().await.created()["id"].as_str().expect("an id").to_owned();
    athlete.post(&format!("/v1/sessions/{id}/cancel")).send().await.ok();
}

on_both_databases! {
    async fn every_cursor_from_before_a_restore_is_reset(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let before = athlete.cursor().await;
        let mut open = athlete.stream(Some(&before)).await;
        open.expect("hello").await;
        let feeds = begin_epochs(world.database()).await.expect("it is there");
        assert_eq!(feeds, world.people());

        let reply = athlete.get(&format!("/v1/feed?after={before}")).send().await;
        assert_eq!((reply.status.as_u16(), reply.code().as_str()), (410, "cursor-expired"));
        let mut stream = athlete.stream(Some(&before)).await;
        stream.expect("reset").await;
        // A server that is running all the same tells an open stream with the next event.
        trainer.released(&session).await;
        open.expect("reset").await;
    }

    async fn after_a_restore_the_feed_continues_from_a_snapshot(world: World) {
        let (session, athlete, trainer) = world.session().await;
        let before = athlete.get("/v1/snapshot").send().await.ok();
        begin_epochs(world.database()).await.expect("it is there");
        let after = athlete.get("/v1/snapshot").send().await.ok();
        assert_ne!(before["cursor"], after["cursor"]);
        assert_eq!(before["sessions"], after["sessions"], "nothing else has changed");
        let cursor = after["cursor"].as_str().expect("a cursor");
        let mut stream = athlete.stream(Some(cursor)).await;
        assert_eq!(stream.expect("hello").await.data["resumed"], json!(true));
        trainer.released(&session).await;
        let event = stream.expect("round-released").await;
        let page: FeedPage = athlete.get(&format!("/v1/feed?after={cursor}")).send().await.read();
        assert_eq!((page.events.len(), page.cursor.to_string()), (1, event.id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_made_while_people_write_is_one_moment_of_the_database() {
    World::on_sqlite(async |world: World| {
        let (athlete, trainer) = (world.sign_in("mara").await, world.sign_in("jonas").await);
        let place = tempfile::tempdir().expect("a directory");
        let file = place.path().join("backup.db");
        // Left behind by one that was killed.
        std::fs::write(place.path().join("backup.db.partial"), "half a file").expect("it is written");
        append_two_events(&athlete).await;
        let writing = async {
            // At least one after the backup, whenever that is done.
            while !file.exists() {
                append_two_events(&athlete).await;
            }
            append_two_events(&athlete).await;
        };
        let (backed_up, ()) = tokio::join!(back_up(world.database(), &file), writing);
        let size = backed_up.expect("it is made");
        assert_eq!(std::fs::metadata(&file).expect("it is there").len(), size);
        let files = std::fs::read_dir(place.path()).expect("a directory").count();
        assert_eq!(files, 1, "nothing else is left");

        let copy = Store::connect(&DatabaseUrl::sqlite(&file).expect("an absolute path")).await.expect("it opens");
        let (theirs, ours) = (trainer.id.parse().expect("an id"), athlete.id.parse().expect("an id"));
        let mut tx = copy.read().await.expect("it begins");
        let (trainers, athletes) =
            (tx.feed_head(theirs).await.expect("it is there"), tx.feed_head(ours).await.expect("it is there"));
        assert_eq!(trainers.head, athletes.head, "both have what one command wrote, or neither");
        let live = world.app.store.read().await.expect("it begins").feed_head(ours).await.expect("it is there");
        assert!((2..live.head).contains(&athletes.head), "{} of {}", athletes.head, live.head);
        drop(tx);
        copy.close().await;
    })
    .await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_private_and_replaces_nothing() {
    use std::os::unix::fs::PermissionsExt;

    World::on_sqlite(async |world: World| {
        let place = tempfile::tempdir().expect("a directory");
        let file = place.path().join("backup.db");
        back_up(world.database(), &file).await.expect("it is made");
        let metadata = std::fs::metadata(&file).expect("it is there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        let again = back_up(world.database(), &file).await;
        assert!(matches!(&again, Err(BackupError::Exists(path)) if *path == file), "{again:?}");
        let nowhere = place.path().join("missing/backup.db");
        let refused = back_up(world.database(), &nowhere).await;
        assert!(matches!(refused, Err(BackupError::File { .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn only_a_database_that_exists_and_is_a_file_is_backed_up() {
    let place = tempfile::tempdir().expect("a directory");
    let file = place.path().join("backup.db");
    let missing = DatabaseUrl::sqlite(&place.path().join("missing.db")).expect("an absolute path");
    let refused = back_up(&missing, &file).await.expect_err("there is nothing");
    assert!(refused.to_string().starts_with("there is no database at "), "{refused}");
    let postgres = "postgres://ringside:s3cret@127.0.0.1:1/ringside".parse().expect("a database");
    let refused = back_up(&postgres, &file).await.expect_err("it is none of ours").to_string();
    assert!(refused.contains("pg_dump") && !refused.contains("s3cret"), "{refused}");
    assert_eq!(std::fs::read_dir(place.path()).expect("a directory").count(), 0, "nothing is made");
}

#[tokio::test]
async fn a_damaged_database_is_not_taken_for_a_backup() {
    World::on_sqlite(async |world: World| {
        let place = tempfile::tempdir().expect("a directory");
        let (damaged, file) = (place.path().join("damaged.db"), place.path().join("backup.db"));
        back_up(world.database(), &damaged).await.expect("it is made");
        let mut bytes = std::fs::read(&damaged).expect("it is there");
        // Everything but the header and the list of tables.
        let (_, pages) = bytes.split_at_mut(40 * 4096);
        pages.fill(0xA5);
        std::fs::write(&damaged, bytes).expect("it is written");
        let damaged = DatabaseUrl::sqlite(&damaged).expect("an absolute path");
        back_up(&damaged, &file).await.expect_err("it can't be read");
        assert!(!file.exists() && !place.path().join("backup.db.partial").exists());
    })
    .await;
}
