//! Updates of this application: when to check, download and install, and what the person sees.
//!
//! Deliberately absent: how a package is verified and handed to the system. That is the shell's [`Updater`], because it
//! depends on what the application was installed from.

mod context;
mod download;
mod package_store;
#[cfg(test)]
mod tests;
mod worker;

use futures_util::future::BoxFuture;
use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address::ServerUrl;
use crate::bridge::{Notes, UpdateProblem};
use crate::channel::Channel;

pub(crate) use context::{UpdateContext, UpdateRequests};
pub(crate) use worker::keep_current;

/// Finds, downloads and installs packages of this application.
pub trait Updater: Send + Sync {
    /// The running version.
    fn current(&self) -> Version;

    /// Checks for a newer version.
    ///
    /// # Errors
    /// An [`UpdateProblem`] when there is no answer, or it can't be parsed.
    fn check(&self, question: Question) -> BoxFuture<'_, Result<Option<Release>, UpdateProblem>>;

    /// Downloads and verifies the package of `release`, reporting the bytes downloaded and, where known, the total.
    ///
    /// # Errors
    /// An [`UpdateProblem`] when the download is incomplete, or does not match its signature.
    fn download<'a>(
        &'a self,
        release: &'a Release,
        progress: &'a (dyn Fn(u64, Option<u64>) + Send + Sync),
    ) -> BoxFuture<'a, Result<Vec<u8>, UpdateProblem>>;

    /// Verifies `package` once more and installs it. Blocks until the system, or a person it asks, is done.
    ///
    /// # Errors
    /// An [`UpdateProblem`] when the package does not match its signature, or the system did not accept it.
    fn install(&self, release: &Release, package: &[u8]) -> Result<(), UpdateProblem>;

    /// Restarts this application, as the version that is installed now.
    fn restart(&self);
}

/// A check for updates.
#[derive(Clone, Debug)]
pub struct Question {
    /// The server and the channel to check.
    pub source: Source,
    /// The rollout group of this installation, one of a hundred, for staged rollouts.
    pub bucket: u8,
}

/// Where releases come from. Two profiles of one installation may use different sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The server.
    pub server: ServerUrl,
    /// The release channel.
    pub channel: Channel,
}

/// An offered version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The version.
    pub version: Version,
    /// What is new in it.
    pub notes: Notes,
    /// The server's answer, in which the shell finds the package and its signature.
    pub manifest: Value,
}
