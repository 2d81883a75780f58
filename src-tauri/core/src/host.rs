//! What the desktop around a window does for it: declared here, done by the shell.

use serde::{Deserialize, Serialize};
use training::SessionId;
use ts_rs::TS;

/// The desktop around one window.
pub trait Host: Send + Sync {
    /// Tells the person something although they look elsewhere. A click on it brings the window to the front, and tells it
    /// so.
    fn notify(&self, notice: Notice);

    /// Puts these words into the system's tray.
    fn show_in_tray(&self, words: TrayWords);

    /// Puts these words into the system's menu bar, where the system has one.
    fn show_in_menu(&self, words: MenuWords);

    /// The code of an invitation the person opened, once; empty when the link was no invitation.
    fn invitation(&self) -> Option<String>;

    /// Closes the window, without asking.
    fn close(&self);

    /// Keeps the screen from going dark, or no longer.
    fn keep_awake(&self, on: bool);

    /// Whether the system starts the application when the person logs in; none where it can't say.
    fn starts_with_system(&self) -> Option<bool>;

    /// Has the system start the application when the person logs in, or no longer.
    ///
    /// # Errors
    /// What the system said.
    fn start_with_system(&self, on: bool) -> Result<(), Box<dyn std::error::Error + Send + Sync>>;

    /// Whether the window was opened without a profile's name, so that it may become a kiosk.
    fn may_become_kiosk(&self) -> bool;

    /// Fills the screen with the window, or no longer.
    fn fill_screen(&self, on: bool);

    /// Starts the application anew.
    fn restart(&self);

    /// Closes the window; asks first, in the window, when its person is in the middle of their training.
    fn ask_to_close(&self);

    /// Notes that the window asks its person whether they mean to close it.
    fn is_asking(&self);

    /// Fills the screen with the window, or no longer.
    fn toggle_full_screen(&self);

    /// What this installation consists of.
    fn versions(&self) -> Versions;

    /// What support wants to know of this installation: versions, system, last errors; nothing about a person.
    fn diagnostics(&self) -> String;
}

/// Something the system says for a window, in the person's words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What happened.
    pub title: String,
    /// More about it.
    pub body: String,
    /// The session it is about, which a click leads to.
    pub session_id: Option<SessionId>,
}

/// What the system's tray shows, in the person's words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct TrayWords {
    /// How it stands.
    pub state: String,
    /// What brings the window to the front.
    pub open: String,
    /// What ends the application.
    pub quit: String,
}

/// What this installation consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Versions {
    /// Tauri's.
    pub tauri: String,
    /// The web view's, if it says so.
    pub web_view: Option<String>,
    /// The system and the processor.
    pub system: String,
}

/// What the system's menu bar shows, in the person's words.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct MenuWords {
    /// Names the application and its versions.
    pub about: String,
    /// Leads to what can be set.
    pub settings: String,
    /// What other applications offer.
    pub services: String,
    /// Hides the application.
    pub hide: String,
    /// Hides every other application.
    pub hide_others: String,
    /// Shows every application again.
    pub show_all: String,
    /// Ends the application.
    pub quit: String,
    /// The menu of what can be done with text.
    pub edit: String,
    /// Takes back.
    pub undo: String,
    /// Does again.
    pub redo: String,
    /// Cuts.
    pub cut: String,
    /// Copies.
    pub copy: String,
    /// Pastes.
    pub paste: String,
    /// Selects everything.
    pub select_all: String,
    /// The menu of how it is shown.
    pub view: String,
    /// Fills the screen with the window, or no longer.
    pub full_screen: String,
    /// The menu of windows.
    pub window: String,
    /// Puts the window into the Dock.
    pub minimise: String,
    /// Makes the window as large as makes sense.
    pub zoom: String,
    /// Closes the window.
    pub close: String,
    /// The menu of what helps.
    pub help: String,
    /// Names what the keyboard can do.
    pub shortcuts: String,
}
