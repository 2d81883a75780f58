//! What the desktop around a window does for it: declared here, implemented by the shell.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use training::SessionId;
use ts_rs::TS;

use crate::bridge::OpenedLink;

/// The desktop around one window.
pub trait Host: Send + Sync {
    /// Shows a system notification. A click on it brings the window to the front and sends the window a message.
    fn notify(&self, notice: Notice);

    /// Sets the texts of the tray icon and its menu.
    fn show_in_tray(&self, words: TrayWords);

    /// Sets the texts of the system's menu bar, where there is one.
    fn show_in_menu(&self, words: MenuWords);

    /// The link that the person opened, once.
    fn opened_link(&self) -> Option<OpenedLink>;

    /// Closes the window, without asking.
    fn close(&self);

    /// Switches on or off whether the screen is kept awake.
    fn keep_awake(&self, on: bool);

    /// Whether the system starts the application when the person logs in. `None` where that is unknown.
    fn starts_with_system(&self) -> Option<bool>;

    /// Switches on or off whether the system starts the application when the person logs in.
    ///
    /// # Errors
    /// The system's error.
    fn start_with_system(&self, on: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// Whether the window was opened without a profile's name, so that it may become a kiosk.
    fn may_become_kiosk(&self) -> bool;

    /// Switches full screen on or off.
    fn fill_screen(&self, on: bool);

    /// Restarts the application.
    fn restart(&self);

    /// Closes the window. During a training session, the window asks the person first.
    fn ask_to_close(&self);

    /// Notes that the window is asking the person whether to close it.
    fn is_asking(&self);

    /// Toggles full screen.
    fn toggle_full_screen(&self);

    /// The versions of the parts of this installation.
    fn versions(&self) -> Versions;

    /// Where the person's downloads are. `None` if the system knows no place for them.
    fn download_dir(&self) -> Option<PathBuf>;

    /// Diagnostics for support: versions, system, last errors; no personal data.
    fn diagnostics(&self) -> String;
}

/// A system notification, in the person's language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What happened.
    pub title: String,
    /// The details.
    pub body: String,
    /// The session it is about, which a click leads to.
    pub session_id: Option<SessionId>,
}

/// The texts of the tray icon's menu, in the person's language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TrayWords {
    /// The connection state.
    pub state: String,
    /// Brings the window to the front.
    pub open: String,
    /// Ends the application.
    pub quit: String,
}

/// The versions of the parts of this installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Versions {
    /// Tauri's.
    pub tauri: String,
    /// The web view's, if it says so.
    pub web_view: Option<String>,
    /// The system and the processor.
    pub system: String,
}

/// The texts of the system's menu bar, in the person's language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MenuWords {
    /// Shows the application and its versions.
    pub about: String,
    /// Opens the settings.
    pub settings: String,
    /// The menu of services of other applications.
    pub services: String,
    /// Hides the application.
    pub hide: String,
    /// Hides every other application.
    pub hide_others: String,
    /// Shows every application again.
    pub show_all: String,
    /// Ends the application.
    pub quit: String,
    /// The menu of edit commands.
    pub edit: String,
    /// Undoes the last edit.
    pub undo: String,
    /// Redoes the last edit.
    pub redo: String,
    /// Cuts.
    pub cut: String,
    /// Copies.
    pub copy: String,
    /// Pastes.
    pub paste: String,
    /// Selects everything.
    pub select_all: String,
    /// The menu of view commands.
    pub view: String,
    /// Switches full screen on or off.
    pub full_screen: String,
    /// The menu of windows.
    pub window: String,
    /// Minimises the window into the Dock.
    pub minimise: String,
    /// Zooms the window.
    pub zoom: String,
    /// Closes the window.
    pub close: String,
    /// The help menu.
    pub help: String,
    /// Shows the keyboard shortcuts.
    pub shortcuts: String,
}
