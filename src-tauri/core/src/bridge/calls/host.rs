//! The desktop around the window, and the machine.

use serde::Deserialize;
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode, Machine, OpenedLink};
use crate::host::{MenuWords, Notice, TrayWords, Versions};

calls! {
    /// A call about the desktop or the machine, as received.
    enum HostCall;
    /// Answers these calls.
    trait HostCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_host;

    /// Shows a system notification.
    notify / Notify { notice: Notice } -> ();
    /// Sets the texts of the tray icon and its menu.
    show_in_tray / ShowInTray { words: TrayWords } -> ();
    /// Sets the texts of the system's menu bar, where there is one.
    show_in_menu / ShowInMenu { words: Box<MenuWords> } -> ();
    /// The link that the person opened, once; `null` if there is none.
    opened_link / OpenedLink {} -> Option<OpenedLink>;
    /// Closes this window, even if a session is active.
    close_window / CloseWindow {} -> ();
    /// Closes this window like the close button does: during a training session, the `closing` message comes first.
    ask_to_close / AskToClose {} -> ();
    /// Acknowledges `closing`: this window is asking the person whether to close it, and another attempt to close it is
    /// not yet an answer. A window that does not acknowledge can't ask, and is closed at the second attempt.
    is_asking / IsAsking {} -> ();
    /// Toggles full screen.
    toggle_full_screen / ToggleFullScreen {} -> ();
    /// The versions of the parts of this installation.
    versions / Versions {} -> Versions;
    /// Diagnostics for support: versions, state, last errors; no personal data.
    diagnostics / Diagnostics {} -> String;
    /// Switches on or off whether the screen is kept awake.
    keep_awake / KeepAwake { on: bool } -> ();
    /// How the application is set up on this machine.
    machine / Machine {} -> Machine;
    /// Switches on or off whether the system starts the application when the person logs in.
    start_with_system / StartWithSystem { on: bool } -> Machine;
    /// Turns this machine into a kiosk and restarts the application. `pin`, four to eight digits, is the studio's PIN.
    become_kiosk / BecomeKiosk { pin: String } -> ();
}
