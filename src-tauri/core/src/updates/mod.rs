//! Newer versions of this application: when they are asked for, fetched and installed, and what the person is told.
//!
//! Deliberately absent: how a package is verified and handed to the system. That is the shell's [`Updater`], because it
//! depends on what the application was installed from.

mod context;
mod fetch;
mod keep;
#[cfg(test)]
mod tests;
mod work;

use std::collections::BTreeMap;

use futures_util::future::BoxFuture;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address::ServerUrl;
use crate::bridge::UpdateProblem;
use crate::channel::Channel;

pub(crate) use context::UpdateContext;
pub(crate) use work::{UpdateRequests, keep_current};

/// Finds, fetches and installs packages of this application.
pub trait Updater: Send + Sync {
    /// The version that runs.
    fn current(&self) -> Version;

    /// Asks for a newer version.
    ///
    /// # Errors
    /// An [`UpdateProblem`] when there is no answer, or none that can be understood.
    fn check(&self, question: Question) -> BoxFuture<'_, Result<Option<Release>, UpdateProblem>>;

    /// Fetches and verifies the package of `release`, telling how many bytes are here and, where that is known, of how
    /// many.
    ///
    /// # Errors
    /// An [`UpdateProblem`] when it does not come whole, or is not what was signed.
    fn download<'a>(
        &'a self,
        release: &'a Release,
        progress: &'a (dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> BoxFuture<'a, Result<Vec<u8>, UpdateProblem>>;

    /// Verifies `package` once more and installs it. Blocks for as long as the system, or a person it asks, takes.
    ///
    /// # Errors
    /// An [`UpdateProblem`] when it is not what was signed, or the system did not take it.
    fn install(&self, release: &Release, package: &[u8]) -> Result<(), UpdateProblem>;

    /// Starts this application anew, as the version that is installed now.
    fn restart(&self);
}

/// What is asked, and of whom.
#[derive(Clone, Debug)]
pub struct Question {
    /// The server, and which releases are wanted of it.
    pub source: Source,
    /// In which of a hundred groups this installation is, while a release is rolled out step by step.
    pub bucket: u8,
}

/// Where releases come from. Two profiles of one installation may look at different ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The server.
    pub server: ServerUrl,
    /// Which of its releases.
    pub channel: Channel,
}

/// What is new in a release, by language (`de`). All of them are kept: by when it is told, the window may speak another.
pub type Notes = BTreeMap<String, String>;

/// A version that is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Which.
    pub version: Version,
    /// What is new in it.
    pub notes: Notes,
    /// The server's answer, by which the shell finds the package and its signature.
    pub manifest: Value,
}
