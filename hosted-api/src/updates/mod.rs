//! Updates of the desktop application: what is published, and what an installation is offered.
//!
//! An operator publishes a release ([`publish`]) and decides whom it is offered to ([`manage`]); a pure function
//! decides which one an installation gets ([`offer`]). Rows are in the store, bytes in [`artefacts`]. Deliberately
//! absent: secret keys. Artefacts are signed where they are built, and desktops trust only the key they were built
//! with.

mod artefacts;
mod files;
mod installers;
mod language;
mod manage;
mod offer;
mod platform;
mod public_url;
mod publish;
mod signature;

use std::path::{Path, PathBuf};

pub(crate) use artefacts::Artefacts;
pub use files::BadFile;
pub(crate) use installers::{Installer, offered_installers};
pub(crate) use language::{Notes, accepted_languages, notes_for};
pub use manage::{Change, ChangeError, ReleaseSummary, change_release, list_releases};
pub(crate) use offer::{Bucket, Installation, Release, select_release};
pub use offer::{Channel, Percent};
pub(crate) use platform::{Arch, Bundle, Platform, Target};
pub use public_url::{BadPublicUrl, PublicUrl};
pub use publish::{Publication, PublishError, Published, publish_release};
pub use signature::{BadKey, BadSignature};
#[cfg(test)]
pub(crate) use {artefacts::hash, manage::change, publish::publish};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use {
    platform::version_in,
    signature::{PublicKey, Signature},
};

/// Where the artefacts are in a data directory.
pub fn artefacts_directory(data: &Path) -> PathBuf {
    data.join("artefacts")
}

/// The server's configuration for updates.
#[derive(Debug, Default)]
pub(crate) struct Updates {
    /// Where the bytes are. If absent, nothing is published.
    pub(crate) artefacts: Option<Artefacts>,
    /// The address at which desktops reach the server; if absent, the one the request was sent to.
    pub(crate) public_url: Option<PublicUrl>,
}

impl Updates {
    pub(crate) fn new(directory: Option<PathBuf>, public_url: Option<PublicUrl>) -> Self {
        Self { artefacts: directory.map(Artefacts::at), public_url }
    }
}
