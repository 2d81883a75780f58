//! What can go wrong in a test environment.

use std::path::PathBuf;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file, directory or process was not available.
    #[error("{what}: {cause}")]
    Io {
        /// What was being done.
        what: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A program that `cargo xtask test` builds is not there.
    #[error("{} is missing: run `cargo xtask test`, which builds it", path.display())]
    Missing {
        /// Where it was expected.
        path: PathBuf,
    },
    /// A program ended or printed something unexpected.
    #[error("{program} {problem}")]
    Program {
        /// Which.
        program: String,
        /// What it did.
        problem: String,
    },
    /// The driver could not open the window.
    #[error("the window did not open: {0}")]
    Open(#[source] Box<fantoccini::error::NewSessionError>),
    /// The driver refused a command.
    #[error("the window's driver: {0}")]
    Driver(#[from] Box<fantoccini::error::CmdError>),
    /// A wait timed out.
    #[error("{window}: timed out waiting for {what}; on screen:\n{screen}")]
    Timeout {
        /// The window.
        window: String,
        /// What was expected.
        what: String,
        /// What was on screen instead.
        screen: String,
    },
    /// The page's script returned something unexpected.
    #[error("the page answered {0}")]
    Answer(serde_json::Error),
}

impl From<fantoccini::error::CmdError> for Failure {
    fn from(error: fantoccini::error::CmdError) -> Self {
        Self::Driver(Box::new(error))
    }
}

/// Adds to an I/O error what was being done.
pub(crate) trait IoContext<T> {
    /// See the trait.
    fn context(self, what: impl Into<String>) -> Result<T, Failure>;
}

impl<T> IoContext<T> for std::io::Result<T> {
    fn context(self, what: impl Into<String>) -> Result<T, Failure> {
        self.map_err(|cause| Failure::Io { what: what.into(), cause })
    }
}
