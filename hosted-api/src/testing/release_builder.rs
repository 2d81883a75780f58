//! Builds releases for tests: artefacts with their signatures, in a directory of their own.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::Signer;
use crate::updates::{Channel, Publication};

/// A build directory and a signing key.
pub(crate) struct ReleaseBuilder {
    directory: TempDir,
    pub(crate) signer: Signer,
}

impl ReleaseBuilder {
    pub(crate) fn new() -> Self {
        Self { directory: TempDir::new().expect("a directory to build in"), signer: Signer::new() }
    }

    /// A file.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, bytes).expect("it is written");
        path
    }

    /// An artefact and its signature, which comes first.
    pub(crate) fn build(&self, name: &str, bytes: &[u8], version: &str) -> [PathBuf; 2] {
        let signature = self.signer.sign(name, bytes, version);
        [self.file(&format!("{name}.sig"), signature), self.file(name, bytes)]
    }

    /// A release of these artefacts (name and bytes) that everybody may take.
    pub(crate) fn publication(&self, channel: Channel, version: &str, artefacts: &[(&str, &[u8])]) -> Publication {
        Publication {
            channel,
            version: version.parse().expect("a version"),
            notes: [("en".to_owned(), format!("New in {version}"))].into(),
            rollout: None,
            requires: None,
            public_key: Some(self.signer.public_key()),
            files: artefacts.iter().flat_map(|(name, bytes)| self.build(name, bytes, version)).collect(),
        }
    }

    /// A release for Debian, whose bytes are its version.
    pub(crate) fn deb(&self, channel: Channel, version: &str) -> Publication {
        self.publication(channel, version, &[(&format!("Ringside_{version}_amd64.deb"), version.as_bytes())])
    }
}
