//! How it stands with a newer version of the application, as a window is told.

use serde::Serialize;
use ts_rs::TS;

use crate::updates::Notes;

/// How it stands with a newer version of this application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Update {
    /// This build does not update itself: it is not installed from a package of ours.
    Unavailable,
    /// Nobody has asked yet.
    Unknown,
    /// The server is being asked.
    Checking,
    /// No newer one is offered.
    Newest,
    /// It is on its way.
    Downloading {
        /// Which.
        version: String,
        /// What is new in it, by language.
        notes: Notes,
        /// Bytes that are here.
        done_bytes: u64,
        /// Of how many, where the server says so.
        total_bytes: Option<u64>,
    },
    /// It is here, and is installed when the person says so or at the next start.
    Ready {
        /// Which.
        version: String,
        /// What is new in it, by language.
        notes: Notes,
    },
    /// The system installs it.
    Installing {
        /// Which.
        version: String,
    },
    /// This is the first start of it.
    Installed {
        /// Which.
        version: String,
        /// What is new in it, by language.
        notes: Notes,
    },
    /// It did not come to pass; this version goes on working.
    Failed {
        /// Which one failed, where it came so far.
        version: Option<String>,
        /// Why.
        code: UpdateProblem,
    },
}

impl Update {
    /// Whether it goes on being told while something newer is asked for: what is ready is as good as it was, and what was
    /// said of a version that came, or did not, is as true.
    pub(crate) fn lasts(&self) -> bool {
        matches!(self, Self::Ready { .. } | Self::Installed { .. } | Self::Failed { version: Some(_), .. })
    }

    /// Whether it says that the system did not install `version`.
    pub(crate) fn says_not_installed(&self, version: &str) -> bool {
        matches!(self, Self::Failed { version: Some(failed), code: UpdateProblem::NotInstalled } if failed == version)
    }
}

/// Why there is no newer version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateProblem {
    /// The server can't be reached.
    #[error("the server can't be reached")]
    Unreachable,
    /// The server did not answer in time, or stopped in the middle.
    #[error("no answer came in time")]
    NoAnswer,
    /// The server answers with errors.
    #[error("the server answers with errors")]
    ServerError,
    /// What the server answers is not understood.
    #[error("the answer is not understood")]
    NotUnderstood,
    /// The package broke off.
    #[error("the package broke off")]
    Interrupted,
    /// The package is not the one that was signed for this version.
    #[error("the package is not what was signed")]
    BadSignature,
    /// The system did not install it, or the person did not allow it to.
    #[error("the system did not install it")]
    NotInstalled,
    /// Somebody trains in another window of this installation, which installing might end.
    #[error("somebody trains in another window")]
    TrainsElsewhere,
    /// The server is not reached by https, and packages come no other way.
    #[error("packages come by https only")]
    NotByHttps,
    /// It could not be kept on the disk.
    #[error("it could not be kept")]
    Disk,
    /// Another window of this installation is at it.
    #[error("another window is at it")]
    Busy,
    /// A mistake of ours.
    #[error("a mistake of ours")]
    Internal,
}

impl UpdateProblem {
    /// Whether trying again soon may help.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Unreachable | Self::NoAnswer | Self::ServerError | Self::Interrupted | Self::Busy)
    }
}
