//! Uploads: begun, continued after any break, refused when something is wrong, and nobody else's.

use std::io::Write;
use std::net::TcpStream;

use futures_util::future::join_all;
use rand::Rng;
use serde_json::{Value, json};
use training::PersonLimits;

use super::files::{SQUAT, append, begin, bytes, exercise, set, upload};
use crate::http::BodyTiming;
use crate::testing::{Client, World, on_both_databases};
use crate::updates::hash;

/// The offset that `HEAD` says.
async fn offset(client: &Client, id: &str) -> usize {
    let reply = client.call("HEAD", &format!("/v1/uploads/{id}")).send().await;
    assert_eq!((reply.status.as_u16(), reply.text.as_str()), (200, ""));
    reply.header("upload-offset").parse().expect("a number")
}

fn id(begun: &Value) -> String {
    begun["id"].as_str().expect("an id").to_owned()
}

/// Sends only the first of these bytes, and disconnects.
fn send_and_disconnect(client: &Client, base: &str, id: &str, offset: usize, rest: &[u8], sent: usize) {
    let mut socket = TcpStream::connect(base.trim_start_matches("http://")).expect("it listens");
    let head = format!(
        "PATCH /v1/uploads/{id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nUpload-Offset: {offset}\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: {}\r\n\r\n",
        client.access,
        rest.len()
    );
    socket.write_all(head.as_bytes()).expect("it is taken");
    socket.write_all(&rest[..sent]).expect("it is taken");
}

on_both_databases! {
    async fn an_upload_in_parts_is_whole(world: World) {
        let trainer = world.sign_in("jonas").await;
        let begun = begin(&trainer, SQUAT, "video/mp4").await.created();
        assert_eq!((&begun["offset"], begun.get("complete")), (&json!(0), None));
        let id = id(&begun);
        for (from, to) in [(0, 1_000), (1_000, 1_001), (1_001, SQUAT.len())] {
            assert_eq!(offset(&trainer, &id).await, from);
            let added = append(&trainer, &id, from, &SQUAT[from..to]).await;
            assert_eq!((added.status.as_u16(), added.header("upload-offset")), (204, to.to_string().as_str()));
        }
        let read = trainer.get(&format!("/v1/uploads/{id}")).send().await.ok();
        let size = SQUAT.len();
        assert_eq!(read, json!({ "id": id, "size_bytes": size, "offset": size, "complete": true }));
        assert_eq!(append(&trainer, &id, size, b"").await.status, 204, "sent again");
    }

    async fn an_upload_interrupted_twenty_times_at_random_bytes_ends_whole(world: World) {
        let trainer = world.sign_in("jonas").await;
        let file: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let id = id(&begin(&trainer, &file, "video/mp4").await.created());
        let mut breaks = 0;
        while breaks < 20 {
            let at = offset(&trainer, &id).await;
            let rest = &file[at..];
            let sent = rand::rng().random_range(0..(rest.len() / 8).max(1));
            send_and_disconnect(&trainer, &world.base, &id, at, rest, sent);
            breaks += 1;
        }
        // A broken request may still be writing what came of it; then the offset is another in the meantime.
        loop {
            let at = offset(&trainer, &id).await;
            let added = append(&trainer, &id, at, &file[at..]).await;
            if added.status == 204 {
                break;
            }
            assert_eq!(added.code(), "wrong-offset");
        }
        assert_eq!(offset(&trainer, &id).await, file.len());
        let again = begin(&trainer, &file, "video/mp4").await.created();
        assert_eq!(again["complete"], true, "its hash is right");
    }

    async fn bytes_of_a_studio_are_stored_once_and_open_nothing_to_another(world: World) {
        let (jonas, ines) = (world.sign_in("jonas").await, world.sign_in("ines").await);
        upload(&jonas, SQUAT, "video/mp4").await;
        let known = begin(&ines, SQUAT, "video/mp4").await.created();
        assert_eq!((&known["complete"], known.get("offset")), (&json!(true), None));
        set(&ines, &exercise(&ines).await, &id(&known), None).await.ok();
        let elsewhere = world.sign_in_elsewhere("jonas").await;
        let unknown = begin(&elsewhere, SQUAT, "video/mp4").await.created();
        assert_eq!((unknown.get("complete"), &unknown["offset"]), (None, &json!(0)), "a hash opens nothing");
        let refused = set(&elsewhere, &exercise(&elsewhere).await, &id(&unknown), None).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "upload-incomplete"));
    }

    async fn two_uploads_of_the_same_bytes_at_once_are_both_whole(world: World) {
        let (jonas, ines) = (world.sign_in("jonas").await, world.sign_in("ines").await);
        let (one, two) = (begin(&jonas, SQUAT, "video/mp4").await, begin(&ines, SQUAT, "video/mp4").await);
        let (one, two) = (id(&one.created()), id(&two.created()));
        let (first, second) = tokio::join!(append(&jonas, &one, 0, SQUAT), append(&ines, &two, 0, SQUAT));
        assert_eq!((first.status.as_u16(), second.status.as_u16()), (204, 204));
        let filmed = set(&ines, &exercise(&ines).await, &two, None).await.ok();
        let path = format!("/v1/videos/{}", filmed["video"]["id"].as_str().expect("an id"));
        assert_eq!(bytes(&jonas, &path).await, SQUAT);
    }

    async fn one_of_many_requests_at_one_offset_adds_its_bytes(world: World) {
        let trainer = world.sign_in("jonas").await;
        let file = vec![7; 600_000];
        let id = id(&begin(&trainer, &file, "video/mp4").await.created());
        let replies = join_all((0..6).map(|_| append(&trainer, &id, 0, &file[..300_000]))).await;
        let added = replies.iter().filter(|reply| reply.status == 204).count();
        assert_eq!(added, 1, "{replies:?}");
        for refused in replies.iter().filter(|reply| reply.status != 204) {
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "wrong-offset"));
        }
        assert_eq!(append(&trainer, &id, 300_000, &file[300_000..]).await.status, 204);
    }

    async fn a_piece_that_is_refused_while_it_is_being_sent_is_answered(world: World) {
        let trainer = world.sign_in("jonas").await;
        let file = vec![7; 3 * 1024 * 1024];
        let id = id(&begin(&trainer, &file, "video/mp4").await.created());
        for _ in 0..5 {
            let refused = append(&trainer, &id, 1, &file[..1024 * 1024]).await;
            assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "wrong-offset"));
        }
    }

    async fn what_is_wrong_with_an_upload_is_refused(world: World) {
        let trainer = world.sign_in("jonas").await;
        let begin_as = |size: u64, sha256: &str, media_type: &str| {
            let body = json!({ "size_bytes": size, "sha256": sha256, "media_type": media_type });
            trainer.post("/v1/uploads").json(&body).send()
        };
        let some = hash(b"some");
        for (reply, status, code) in [
            (begin_as(51_000_000, &some, "video/mp4").await, 413, "upload-too-large"),
            (begin_as(40_961, &some, "image/jpeg").await, 413, "upload-too-large"),
            (begin_as(0, &some, "video/mp4").await, 422, "invalid"),
            (begin_as(1, &some.to_uppercase(), "video/mp4").await, 422, "invalid"),
            (begin_as(1, &some, "text/html").await, 422, "invalid"),
        ] {
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code));
        }
        let id = id(&begin(&trainer, SQUAT, "video/mp4").await.created());
        let path = format!("/v1/uploads/{id}");
        let bytes = || trainer.call("PATCH", &path).header("content-type", "application/offset+octet-stream");
        for (reply, status, code) in [
            (append(&trainer, &id, 1, b"x").await, 409, "wrong-offset"),
            (append(&trainer, &id, 0, &[SQUAT, b"more"].concat()).await, 413, "upload-too-large"),
            (bytes().bytes("x").send().await, 400, "invalid-parameter"),
            (bytes().header("upload-offset", "-1").bytes("x").send().await, 400, "invalid-parameter"),
            (trainer.call("PATCH", &path).header("upload-offset", "0").bytes("x").send().await, 415, "unsupported-media-type"),
        ] {
            assert_eq!((reply.status.as_u16(), reply.code().as_str()), (status, code));
            assert_eq!(offset(&trainer, &id).await, 0, "nothing has changed");
        }
        let wrong = append(&trainer, &id, 1, b"x").await;
        assert_eq!(wrong.header("upload-offset"), "0", "the refusal says the right one");
        let stream = futures_util::stream::iter([Ok::<_, std::io::Error>([SQUAT, b"more"].concat())]);
        let unannounced = bytes().header("upload-offset", "0").bytes(reqwest::Body::wrap_stream(stream)).send().await;
        assert_eq!((unannounced.status.as_u16(), unannounced.code().as_str()), (413, "upload-too-large"));
    }

    async fn bytes_with_another_hash_are_discarded(world: World) {
        let trainer = world.sign_in("jonas").await;
        let id = id(&begin(&trainer, SQUAT, "video/mp4").await.created());
        let mut changed = SQUAT.to_vec();
        changed[4_000] ^= 1;
        let refused = append(&trainer, &id, 0, &changed).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (422, "wrong-hash"));
        assert_eq!(trainer.get(&format!("/v1/uploads/{id}")).send().await.code(), "not-found");
        assert!(begin(&trainer, SQUAT, "video/mp4").await.created().get("complete").is_none());
    }

    async fn an_upload_is_its_owners_alone(world: World) {
        let trainer = world.sign_in("jonas").await;
        let id = id(&begin(&trainer, SQUAT, "video/mp4").await.created());
        for other in [world.sign_in("ines").await, world.sign_in("admin").await, world.sign_in_elsewhere("jonas").await] {
            assert_eq!(other.get(&format!("/v1/uploads/{id}")).send().await.code(), "not-found");
            assert_eq!(append(&other, &id, 0, SQUAT).await.code(), "not-found");
        }
        assert_eq!(begin(&world.sign_in("mara").await, SQUAT, "video/mp4").await.code(), "role-forbidden");
        assert_eq!(offset(&trainer, &id).await, 0);
    }

    async fn an_upload_is_ended_by_its_owner_and_leaves_nothing(world: World) {
        let trainer = world.sign_in("jonas").await;
        let begun = id(&begin(&trainer, SQUAT, "video/mp4").await.created());
        append(&trainer, &begun, 0, &SQUAT[..3_000]).await;
        let (path, file) = (format!("/v1/uploads/{begun}"), world.artefacts().join("uploads").join(&begun));
        assert!(file.exists());
        for other in [world.sign_in("ines").await, world.sign_in("admin").await, world.sign_in_elsewhere("jonas").await] {
            assert_eq!(other.call("DELETE", &path).send().await.code(), "not-found");
        }
        assert_eq!(world.sign_in("mara").await.call("DELETE", &path).send().await.code(), "role-forbidden");
        assert_eq!(offset(&trainer, &begun).await, 3_000, "nobody else has ended it");

        let end = || trainer.call("DELETE", &path).key("end").send();
        assert_eq!(end().await.status, 204);
        assert!(!file.exists());
        assert_eq!(end().await.status, 204, "the same request again");
        assert_eq!(trainer.call("DELETE", &path).send().await.code(), "not-found");
        assert_eq!(trainer.get(&path).send().await.code(), "not-found");
        assert_eq!(append(&trainer, &begun, 3_000, &SQUAT[3_000..]).await.code(), "not-found");
        // A video that was made of one stays.
        let filmed = super::files::with_video(&trainer).await;
        let complete = id(&begin(&trainer, SQUAT, "video/mp4").await.created());
        assert_eq!(trainer.call("DELETE", &format!("/v1/uploads/{complete}")).send().await.status, 204);
        let video = format!("/v1/videos/{}", filmed["video"]["id"].as_str().expect("an id"));
        assert_eq!(bytes(&trainer, &video).await, SQUAT);
        // The bytes of a complete one that nothing else has are gone.
        let studio = trainer.get("/v1/me").send().await.ok()["studio"]["id"].as_str().expect("an id").to_owned();
        let finished = world.artefacts().join("videos").join(studio).join(hash(b"nobody else's"));
        let complete = super::files::upload(&trainer, b"nobody else's", "video/mp4").await;
        assert!(finished.exists());
        assert_eq!(trainer.call("DELETE", &format!("/v1/uploads/{complete}")).send().await.status, 204);
        assert!(!finished.exists());
    }

    async fn an_upload_that_is_ended_while_bytes_come_is_not_there_afterwards(world: World) {
        let trainer = world.sign_in("jonas").await;
        let file = vec![7; 600_000];
        for _ in 0..5 {
            let id = id(&begin(&trainer, &file, "video/mp4").await.created());
            let end = trainer.call("DELETE", &format!("/v1/uploads/{id}"));
            let (ended, added) = tokio::join!(end.send(), append(&trainer, &id, 0, &file[..300_000]));
            assert_eq!(ended.status, 204);
            assert!(matches!(added.status.as_u16(), 204 | 404 | 409), "{added:?}");
            assert_eq!(trainer.get(&format!("/v1/uploads/{id}")).send().await.code(), "not-found");
        }
    }

    async fn a_place_among_a_person_s_uploads_is_free_again_once_one_is_ended(world: World) {
        let trainer = world.sign_in("jonas").await;
        let mut last = String::new();
        for number in 0..PersonLimits::UPLOADS {
            last = id(&begin(&trainer, format!("{number}").as_bytes(), "video/mp4").await.created());
        }
        assert_eq!(begin(&trainer, b"one more", "video/mp4").await.code(), "too-many-uploads");
        assert_eq!(trainer.call("DELETE", &format!("/v1/uploads/{last}")).send().await.status, 204);
        begin(&trainer, b"one more", "video/mp4").await.created();
    }

    async fn a_person_has_so_many_uploads_at_once(world: World) {
        let trainer = world.sign_in("jonas").await;
        for number in 0..PersonLimits::UPLOADS {
            begin(&trainer, format!("{number}").as_bytes(), "video/mp4").await.created();
        }
        let refused = begin(&trainer, b"one more", "video/mp4").await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (409, "too-many-uploads"));
        begin(&world.sign_in("ines").await, b"one more", "video/mp4").await.created();
    }

    async fn an_upload_begun_twice_under_one_key_is_one(world: World) {
        let trainer = world.sign_in("jonas").await;
        let body = json!({ "size_bytes": 4, "sha256": hash(b"some"), "media_type": "video/webm" });
        let begin = || trainer.post("/v1/uploads").key("upload").json(&body).send();
        assert_eq!(begin().await.created(), begin().await.created());
    }

    async fn an_offset_is_never_more_than_is_on_the_disk(world: World) {
        let trainer = world.sign_in("jonas").await;
        let id = id(&begin(&trainer, SQUAT, "video/mp4").await.created());
        append(&trainer, &id, 0, &SQUAT[..3_000]).await;
        let file = std::fs::OpenOptions::new().write(true).open(world.artefacts().join("uploads").join(&id));
        file.expect("it is there").set_len(1_000).expect("it is cut");
        assert_eq!(offset(&trainer, &id).await, 1_000);
        assert_eq!(append(&trainer, &id, 1_000, &SQUAT[1_000..]).await.status, 204);
        assert_eq!(begin(&trainer, SQUAT, "video/mp4").await.created()["complete"], true, "it ends whole");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_said_and_changes_nothing() {
    World::on_sqlite(|world| async move {
        let trainer = world.sign_in("jonas").await;
        let id = id(&begin(&trainer, SQUAT, "video/mp4").await.created());
        let directory = world.artefacts().join("uploads");
        std::fs::create_dir_all(&directory).expect("writable");
        std::os::unix::fs::symlink("/dev/full", directory.join(&id)).expect("writable");
        let refused = append(&trainer, &id, 0, SQUAT).await;
        assert_eq!((refused.status.as_u16(), refused.code().as_str()), (507, "storage-full"));
        assert_eq!(offset(&trainer, &id).await, 0);
        std::fs::remove_file(directory.join(&id)).expect("there is room again");
        assert_eq!(append(&trainer, &id, 0, SQUAT).await.status, 204);
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_private() {
    use std::os::unix::fs::PermissionsExt;

    World::on_sqlite(|world| async move {
        let trainer = world.sign_in("jonas").await;
        let begun = id(&begin(&trainer, &[SQUAT, b"more"].concat(), "video/mp4").await.created());
        append(&trainer, &begun, 0, b"part").await;
        upload(&trainer, SQUAT, "video/mp4").await;
        let mut open = vec![world.artefacts().join("uploads"), world.artefacts().join("videos")];
        let mut files = 0;
        while let Some(path) = open.pop() {
            let metadata = std::fs::metadata(&path).expect("it is there");
            let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(metadata.permissions().mode() & 0o777, expected, "{}", path.display());
            if metadata.is_dir() {
                open.extend(std::fs::read_dir(&path).expect("readable").map(|entry| entry.expect("an entry").path()));
            } else {
                files += 1;
            }
        }
        assert_eq!(files, 2);
    })
    .await;
}

#[tokio::test]
async fn bytes_that_stop_coming_are_kept_and_given_up() {
    let timing = BodyTiming { signed_in: std::time::Duration::from_millis(200), ..BodyTiming::default() };
    World::waiting_for_bodies(timing, |world| async move {
        use futures_util::StreamExt;

        let trainer = world.sign_in("jonas").await;
        let id = id(&begin(&trainer, SQUAT, "video/mp4").await.created());
        let part = futures_util::stream::iter([Ok::<_, std::io::Error>(SQUAT[..1_000].to_vec())]);
        let stalled = reqwest::Body::wrap_stream(part.chain(futures_util::stream::pending()));
        let call = trainer.call("PATCH", &format!("/v1/uploads/{id}")).header("upload-offset", "0");
        let late = call.header("content-type", "application/offset+octet-stream").bytes(stalled).send().await;
        assert_eq!((late.status.as_u16(), late.code().as_str()), (408, "timeout"));
        assert_eq!(offset(&trainer, &id).await, 1_000);
    })
    .await;
}
