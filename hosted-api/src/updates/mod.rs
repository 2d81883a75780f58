//! Updates of the desktop application: what is published, and what an installation is offered.
//!
//! An operator publishes a release ([`publish`]) and says whom it is offered to ([`manage`]); which one an installation gets
//! is decided by a pure function ([`offer`]). Rows are in the store, bytes in [`artefacts`]. Deliberately absent: secret
//! keys. Artefacts are signed where they are built, and desktops believe only the key they were built with.

mod artefacts;
mod files;
mod language;
mod manage;
mod offer;
mod platform;
mod public_url;
mod publish;
mod signature;

use std::path::PathBuf;

pub(crate) use artefacts::Artefacts;
pub use files::BadFile;
pub(crate) use language::{Notes, notes_for};
pub use manage::{Change, ChangeError, Listed, change_release, list_releases};
pub(crate) use offer::{Bucket, Installation, Release, offered};
pub use offer::{Channel, Percent};
pub(crate) use platform::Platform;
pub use public_url::{BadPublicUrl, PublicUrl};
pub use publish::{Publication, PublishError, Published, publish_release};
pub use signature::{BadKey, BadSignature};
#[cfg(test)]
pub(crate) use {artefacts::hash, manage::change, publish::publish};

/// What a server offers updates with.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    /// Where the bytes are. Without a place, nothing is published.
    pub(crate) artefacts: Option<Artefacts>,
    /// Where desktops reach the server; if absent, where they just did.
    pub(crate) public_url: Option<PublicUrl>,
}

impl Updates {
    pub(crate) fn new(directory: Option<PathBuf>, public_url: Option<PublicUrl>) -> Self {
        Self { artefacts: directory.map(Artefacts::at), public_url }
    }
}
