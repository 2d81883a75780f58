//! Newer versions of the application.

use serde::Deserialize;
use ts_rs::TS;

use crate::bridge::{Failure, LocalCode};

calls! {
    /// A call about it, as it arrives.
    enum UpdateCall;
    /// Answers the calls about it.
    trait UpdateCalls;
    /// Hands a call about it to the method that answers it.
    fn dispatch_update;

    /// Asks now whether there is a newer version. What comes of it is told in `update` messages.
    check_for_update / CheckForUpdate {} -> ();
    /// Installs the version that is ready and starts it; not while a session goes on.
    install_update / InstallUpdate {} -> ();
}
