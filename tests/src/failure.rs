//! What can go wrong on a stage.

use std::path::PathBuf;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file, a directory or a process could not be had.
    #[error("{what}: {cause}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A program that `cargo xtask test` builds or installs is not there.
    #[error("{} is missing: run `cargo xtask test`, which builds it", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A program ended or said something else instead of what was waited for.
    #[error("{program} {problem}")]
    Program {
        /// Which.
        program: String,
        /// What it did.
        problem: String,
    },
    /// The window could not be opened by the driver.
    #[error("the window did not open: {0}")]
    Open(#[source] Box<fantoccini::error::NewSessionError>),
    /// The driver refused a command.
    #[error("the window's driver: {0}")]
    Driver(#[from] Box<fantoccini::error::CmdError>),
    /// What was waited for never came.
    #[error("{window}: waited for {what} in vain; on screen:\n{screen}")]
    InVain {
        /// In which window.
        window: String,
        /// For what.
        what: String,
        /// What was there instead.
        screen: String,
    },
    /// The page answered something that is not what the script promises.
    #[error("the page answered {0}")]
    Answer(serde_json::Error),
}

impl From<fantoccini::error::CmdError> for Failure {
    fn from(error: fantoccini::error::CmdError) -> Self {
        Self::Driver(Box::new(error))
    }
}

/// Says what was being done when an I/O error came.
pub(crate) trait While<T> {
    /// See the trait.
    fn while_doing(self, what: impl Into<String>) -> Result<T, Failure>;
}

impl<T> While<T> for std::io::Result<T> {
    fn while_doing(self, what: impl Into<String>) -> Result<T, Failure> {
        self.map_err(|cause| Failure::Io { what: what.into(), cause })
    }
}
