//! The agent's implementation of a window's calls, by subject.
//!
//! The result of a command is never taken from its answer, only from the feed, so that there is one way in. An answer
//! only wakes a feed connection that is waiting to retry.

mod account;
mod bytes;
mod history;
mod host;
mod imports;
mod library;
mod notes;
mod people;
mod planning;
mod session;
mod update;
mod weights;

use training::{Entity, Refusal};

use crate::bridge::Failure;

/// The content of what is known, if it has the version the window referred to.
fn on_version<E: Entity, Content: for<'a> From<&'a E>>(known: &E, version: u64) -> Result<Content, Failure> {
    if known.version() == version { Ok(known.into()) } else { Err(Refusal::VersionMismatch.into()) }
}
