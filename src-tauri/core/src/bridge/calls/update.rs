//! Newer versions of the application.

use serde::Deserialize;
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};

calls! {
    /// A call about updates, as received.
    enum UpdateCall;
    /// Answers these calls.
    trait UpdateCalls;
    /// Dispatches such a call to the method that answers it.
    fn dispatch_update;

    /// Checks for a newer version now. The outcome arrives in `update` messages.
    check_for_update / CheckForUpdate {} -> ();
    /// Installs the version that is ready and starts it; not while a session is active.
    install_update / InstallUpdate {} -> ();
}
