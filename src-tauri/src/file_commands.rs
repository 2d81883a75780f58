//! The commands that carry bytes: a file that a window hands over, and a video it plays.
//!
//! A call is JSON, in which a video would be three times as large. So bytes go raw, both ways.

use ringside_core::bridge::{Failure, LocalCode, StagedFileId, VideoId, VideoPart};
use tauri::ipc::{InvokeBody, Request, Response};
use tauri::{State, WebviewWindow};

use crate::web_process::Page;
use crate::window_bindings::WindowBindings;

/// The headers of `put_file`: which file, and where the piece begins.
const FILE: &str = "ringside-file";
const OFFSET: &str = "ringside-offset";

/// Writes a piece of a file that the window hands over; returns the offset after it.
///
/// # Errors
/// The [`Failure`] to show.
#[tauri::command]
pub(crate) async fn put_file(
    window: WebviewWindow,
    bindings: State<'_, WindowBindings>,
    page: State<'_, Page>,
    request: Request<'_>,
) -> Result<u64, Failure> {
    page.note_call();
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let file = header(FILE).and_then(|id| id.parse().ok()).map(StagedFileId);
    let (Some(file), Some(offset)) = (file, header(OFFSET).and_then(|offset| offset.parse().ok())) else {
        return Err(malformed("a piece of a file comes with its headers"));
    };
    let bytes = match request.body() {
        InvokeBody::Raw(bytes) => bytes.clone(),
        // Where a web view can't pass bytes on, they come as numbers.
        InvokeBody::Json(numbers) => serde_json::from_value(numbers.clone()).map_err(malformed)?,
    };
    bindings.front(window.label()).await?.put_file(file, offset, bytes).await
}

/// Reads a video or its poster.
///
/// # Errors
/// The [`Failure`] to show.
#[tauri::command]
pub(crate) async fn read_video(
    window: WebviewWindow,
    bindings: State<'_, WindowBindings>,
    page: State<'_, Page>,
    id: VideoId,
    part: VideoPart,
) -> Result<Response, Failure> {
    page.note_call();
    Ok(Response::new(bindings.front(window.label()).await?.read_video(id, part).await?))
}

fn malformed(error: impl std::fmt::Display) -> Failure {
    Failure::local(LocalCode::Internal).because(error)
}
