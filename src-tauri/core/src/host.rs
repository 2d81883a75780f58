//! What the desktop around a window does for it: declared here, done by the shell.

use serde::Deserialize;
use training::SessionId;
use ts_rs::TS;

/// The desktop around one window.
pub trait Host: Send + Sync {
    /// Tells the person something although they look elsewhere. A click on it brings the window to the front, and tells it
    /// so.
    fn notify(&self, notice: Notice);

    /// Puts these words into the system's tray.
    fn show_in_tray(&self, words: TrayWords);

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

    /// Whether the window was opened without a profile's name, so that it may become a studio's screen.
    fn may_become_studio(&self) -> bool;

    /// Fills the screen with the window, or no longer.
    fn fill_screen(&self, on: bool);

    /// Starts the application anew.
    fn restart(&self);

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
