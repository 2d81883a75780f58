//! Files to upload, and how they are.

use serde_json::{Value, json};

use crate::testing::{Client, Reply};
use crate::updates::hash;

/// A file of the directory `media`.
macro_rules! media {
    ($name:literal) => {
        include_bytes!(concat!("media/", $name))
    };
}

pub(super) use media;

/// Two seconds of 160 by 90 pixels with sound, its index first.
pub(super) const SQUAT: &[u8] = media!("squat.mp4");
pub(super) const POSTER: &[u8] = media!("poster.jpg");

/// Begins an upload of these bytes.
pub(super) async fn begin(client: &Client, bytes: &[u8], media_type: &str) -> Reply {
    let body = json!({ "size_bytes": bytes.len(), "sha256": hash(bytes), "media_type": media_type });
    client.post("/v1/uploads").json(&body).send().await
}

/// Sends bytes of an upload from an offset on.
pub(super) async fn append(client: &Client, id: &str, offset: usize, bytes: &[u8]) -> Reply {
    let call = client.call("PATCH", &format!("/v1/uploads/{id}")).header("upload-offset", &offset.to_string());
    call.header("content-type", "application/offset+octet-stream").bytes(bytes.to_vec()).send().await
}

/// Uploads a file; returns the upload's id.
pub(super) async fn upload(client: &Client, bytes: &[u8], media_type: &str) -> String {
    let begun = begin(client, bytes, media_type).await.created();
    let id = begun["id"].as_str().expect("an id").to_owned();
    if begun["complete"] != true {
        assert_eq!(append(client, &id, 0, bytes).await.status, 204);
    }
    id
}

/// The studio's first exercise.
pub(super) async fn exercise(client: &Client) -> Value {
    client.get("/v1/exercises").send().await.ok()["exercises"][0].clone()
}

/// Where an exercise's video is set.
pub(super) fn path(exercise: &Value) -> String {
    format!("/v1/exercises/{}/video", exercise["id"].as_str().expect("an id"))
}

/// Gives an exercise the video of an upload.
pub(super) async fn set(client: &Client, exercise: &Value, upload: &str, poster: Option<&str>) -> Reply {
    let body = json!({ "upload_id": upload, "poster_upload_id": poster });
    client.call("PUT", &path(exercise)).if_match(&exercise["version"]).json(&body).send().await
}

/// The studio's first exercise, with a video and a poster.
pub(super) async fn with_video(client: &Client) -> Value {
    let (video, poster) = (upload(client, SQUAT, "video/mp4").await, upload(client, POSTER, "image/jpeg").await);
    set(client, &exercise(client).await, &video, Some(&poster)).await.ok()
}

/// The bytes at a path.
pub(super) async fn bytes(client: &Client, path: &str) -> Vec<u8> {
    let response = client.get(path).raw().await;
    assert_eq!(response.status(), 200, "{path}");
    response.bytes().await.expect("all of them").to_vec()
}
