//! The only event windows listen for: a message from the core.

use ringside_core::bridge::Message;
use tauri::{AppHandle, Emitter, EventTarget};

/// The event's name.
const MESSAGE: &str = "ringside";

/// Emits `message` to the window called `label` only.
pub(crate) fn emit(app: &AppHandle, label: &str, message: &Message) {
    if let Err(error) = app.emit_to(EventTarget::webview_window(label), MESSAGE, message) {
        tracing::error!(%error, "a message could not be sent to the window");
    }
}
