//! The update state, as a window shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use ts_rs::TS;

/// What is new in a release, by language (`de`). All languages are kept, because the person may have changed theirs by
/// the time the notes are shown.
pub type Notes = BTreeMap<String, String>;

/// The update state of this application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Update {
    /// This build does not update itself: it was not installed from one of our packages.
    Unavailable,
    /// Not checked yet.
    Unknown,
    /// Checking with the server.
    Checking,
    /// No newer version is offered.
    Newest,
    /// A newer version is being downloaded.
    Downloading {
        /// The version.
        version: String,
        /// What is new in it, by language.
        notes: Notes,
        /// Bytes downloaded so far.
        done_bytes: u64,
        /// Total bytes, if the server says.
        total_bytes: Option<u64>,
    },
    /// It is downloaded, and will be installed when the person asks for it or at the next start.
    Ready {
        /// The version.
        version: String,
        /// What is new in it, by language.
        notes: Notes,
    },
    /// The system is installing it.
    Installing {
        /// The version.
        version: String,
    },
    /// This is the first start of the new version.
    Installed {
        /// The version.
        version: String,
        /// What is new in it, by language.
        notes: Notes,
    },
    /// The update failed; this version keeps working.
    Failed {
        /// The version that failed, if it is known.
        version: Option<String>,
        /// Why.
        code: UpdateProblem,
    },
}

impl Update {
    /// Whether this state stays visible during the next check: a version that is ready remains so, and a version that
    /// was installed or failed to install is still news.
    pub(crate) fn is_lasting(&self) -> bool {
        matches!(self, Self::Ready { .. } | Self::Installed { .. } | Self::Failed { version: Some(_), .. })
    }

    /// Whether this says that the system did not install `version`.
    pub(crate) fn is_not_installed(&self, version: &str) -> bool {
        matches!(self, Self::Failed { version: Some(failed), code: UpdateProblem::NotInstalled } if failed == version)
    }
}

/// Why an update failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateProblem {
    /// The server can't be reached.
    #[error("the server can't be reached")]
    Unreachable,
    /// The server did not answer in time, or stalled in the middle.
    #[error("there was no answer in time")]
    NoAnswer,
    /// The server answers with errors.
    #[error("the server answers with errors")]
    ServerError,
    /// The server's answer can't be parsed.
    #[error("the answer can't be parsed")]
    NotUnderstood,
    /// The download was interrupted.
    #[error("the download was interrupted")]
    Interrupted,
    /// The package is larger than any of ours is.
    #[error("the package is larger than it may be")]
    TooLarge,
    /// The signature does not match the package.
    #[error("the package does not match its signature")]
    BadSignature,
    /// The system did not install it, or the person did not allow it to.
    #[error("the system did not install it")]
    NotInstalled,
    /// Somebody is training in another window of this installation, which installing might close.
    #[error("a session is active in another window")]
    TrainsElsewhere,
    /// The server is not reached by https, and packages are only downloaded by https.
    #[error("packages are only downloaded by https")]
    NotByHttps,
    /// It could not be written to disk.
    #[error("it could not be written to disk")]
    Disk,
    /// Another window of this installation is already updating.
    #[error("another window is already updating")]
    Busy,
    /// A bug.
    #[error("internal error")]
    Internal,
}

impl UpdateProblem {
    /// Whether a retry soon may help.
    pub fn is_temporary(self) -> bool {
        matches!(self, Self::Unreachable | Self::NoAnswer | Self::ServerError | Self::Interrupted | Self::Busy)
    }
}
