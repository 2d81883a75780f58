//! What can be done to an open window, which is known by its label.

use ringside_core::Profile;
use ringside_core::bridge::Message;
use tauri::{AppHandle, Manager};
use tauri_plugin_window_state::{AppHandleExt, StateFlags};

use crate::events;
use crate::web_process::{self, Page};
use crate::window_bindings::{CloseDecision, WindowBindings};

/// The saved window state. For a full-screen window, only its state before that is saved.
pub(crate) const SAVED_STATE: StateFlags = StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);

/// Managed by Tauri if the window state is saved at all.
pub(crate) struct SavesState;

/// What a window was opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WindowKind {
    /// The profile without a name.
    DefaultProfile,
    /// One profile by name.
    NamedProfile,
    /// The machine is a kiosk.
    Kiosk,
}

/// The label of the window of `profile`.
pub(crate) fn label(profile: &Profile) -> String {
    format!("profile-{profile}")
}

/// Shows the window called `label`, in front of others, with its page.
pub(crate) fn bring_to_front(app: &AppHandle, label: &str) {
    web_process::retry_if_lost(app, label);
    let Some(window) = app.get_webview_window(label) else { return };
    let shown = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(%error, "the window could not be brought to the front");
    }
}

/// Closes the window called `label`. If the person is in a training session, or needs the studio's PIN, the window asks
/// first. A window that has lost its page can't ask, and closes; on a kiosk as well, where nobody could do anything else.
pub(crate) fn ask_to_close(app: &AppHandle, label: &str) {
    if app.state::<Page>().is_lost() {
        return close(app, label);
    }
    let (app, label) = (app.clone(), label.to_owned());
    tauri::async_runtime::spawn(async move {
        match app.state::<WindowBindings>().close_decision(&label).await {
            CloseDecision::Close => close(&app, &label),
            CloseDecision::Refuse => bring_to_front(&app, &label),
            CloseDecision::Ask => {
                bring_to_front(&app, &label);
                events::emit(&app, &label, &Message::Closing);
            }
        }
    });
}

/// Closes the window called `label`.
pub(crate) fn close(app: &AppHandle, label: &str) {
    let (handle, label) = (app.clone(), label.to_owned());
    // On the main thread, to avoid a deadlock: the window-state plugin queries windows while holding a lock that its
    // own event listener also takes, and a query from another thread is answered only after that listener has returned.
    let scheduled = app.run_on_main_thread(move || {
        // Unless a window is closed with its frame's button, nothing has recorded whether it was maximised.
        if handle.try_state::<SavesState>().is_some()
            && let Err(error) = handle.save_window_state(SAVED_STATE)
        {
            tracing::warn!(%error, "the window's size and position could not be saved");
        }
        let closed = handle.get_webview_window(&label).map_or(Ok(()), |window| window.destroy());
        if let Err(error) = closed {
            tracing::error!(%error, "the window could not be closed");
        }
    });
    if let Err(error) = scheduled {
        tracing::error!(%error, "the window could not be closed, because the event loop has ended");
    }
}
