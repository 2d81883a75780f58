//! The desktop around the window, and the machine.

use serde::Deserialize;
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};
use crate::bridge::{Invitation, Machine};
use crate::host::{MenuWords, Notice, TrayWords, Versions};

calls! {
    /// A call about it, as it arrives.
    enum HostCall;
    /// Answers the calls about it.
    trait HostCalls;
    /// Hands a call about it to the method that answers it.
    fn dispatch_host;

    /// Tells the person something although they look elsewhere.
    notify / Notify { notice: Notice } -> ();
    /// Puts these words into the system's tray.
    show_in_tray / ShowInTray { words: TrayWords } -> ();
    /// Puts these words into the system's menu bar, where the system has one.
    show_in_menu / ShowInMenu { words: Box<MenuWords> } -> ();
    /// The invitation the person opened, once. It is none when nobody did, and has no session when it can't be read.
    invitation / Invitation {} -> Option<Invitation>;
    /// Closes this window, although a session may go on.
    close_window / CloseWindow {} -> ();
    /// Closes this window as its frame does: in the middle of a training `closing` comes first.
    ask_to_close / AskToClose {} -> ();
    /// Says that this window does ask its person whether they mean to close it: wanting it closed once more is not yet an
    /// answer. A window that does not say so can't ask, and is closed by the second time.
    is_asking / IsAsking {} -> ();
    /// Fills the screen with this window, or no longer.
    toggle_full_screen / ToggleFullScreen {} -> ();
    /// What this installation consists of.
    versions / Versions {} -> Versions;
    /// What support wants to know: versions, state, last errors; nothing about a person.
    diagnostics / Diagnostics {} -> String;
    /// Keeps the screen from going dark, or no longer.
    keep_awake / KeepAwake { on: bool } -> ();
    /// What this machine does with the application.
    machine / Machine {} -> Machine;
    /// Has the system start the application when the person logs in, or no longer.
    start_with_system / StartWithSystem { on: bool } -> Machine;
    /// Turns this machine into a kiosk and restarts the application. `pin`, four to eight digits, is the studio's PIN.
    become_kiosk / BecomeKiosk { pin: String } -> ();
}
