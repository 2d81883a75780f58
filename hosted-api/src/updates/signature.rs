//! The signature of an artefact, as created by tauri's command line: a minisign signature in base64, whose trusted
//! comment names the signed version.
//!
//! Desktops check it, against a key that is compiled into them, before they install anything; the server only makes sure
//! that it does not offer what they would refuse. It never holds a secret key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::Error;
use semver::Version;

/// What is wrong with a signature.
#[derive(Debug, thiserror::Error)]
pub enum BadSignature {
    /// It can't be read.
    #[error("it is no signature as `tauri signer sign` writes one")]
    Unreadable,
    /// It names no version.
    #[error("it does not say which version was signed; sign with `tauri signer sign --app-version`")]
    NoVersion,
    /// It is for another version.
    #[error("it was made for version {0}")]
    OtherVersion(String),
    /// It is not for this file, or not by this key.
    #[error("it does not belong to the file and the public key")]
    Wrong(#[source] Error),
}

/// The text is not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public key is what `tauri signer generate` writes into the file that ends in .pub")]
pub struct BadKey;

/// The public key that artefacts are verified with.
#[derive(Clone, Debug)]
pub(crate) struct PublicKey(minisign_verify::PublicKey);

impl PublicKey {
    /// The key of a `.pub` file.
    pub(crate) fn parse(text: &str) -> Result<Self, BadKey> {
        let text = decoded(text).ok_or(BadKey)?;
        minisign_verify::PublicKey::decode(&text).map(Self).map_err(|_| BadKey)
    }
}

/// A signature that names its version.
pub(crate) struct Signature {
    /// The text that desktops receive.
    pub(crate) text: String,
    inner: minisign_verify::Signature,
}

impl Signature {
    /// The signature of a `.sig` file, which must name this version.
    pub(crate) fn parse(text: &str, version: &Version) -> Result<Self, BadSignature> {
        let text = text.trim().to_owned();
        let readable = decoded(&text).ok_or(BadSignature::Unreadable)?;
        let inner = minisign_verify::Signature::decode(&readable).map_err(|_| BadSignature::Unreadable)?;
        let signed = signed_version(inner.trusted_comment()).ok_or(BadSignature::NoVersion)?;
        // Parsed as a desktop parses it.
        match signed.trim_start_matches('v').parse::<Version>() {
            Ok(signed) if signed == *version => Ok(Self { text, inner }),
            _ => Err(BadSignature::OtherVersion(signed.to_owned())),
        }
    }

    /// Verifies that it is by this key and of these bytes.
    pub(crate) fn verify(&self, key: &PublicKey, bytes: &[u8]) -> Result<(), BadSignature> {
        // Also accepts the legacy form, which is not prehashed: desktops do too.
        key.0.verify(bytes, &self.inner, true).map_err(BadSignature::Wrong)
    }
}

/// The version in a trusted comment, which consists of `key:value` pairs separated by tabs.
fn signed_version(comment: &str) -> Option<&str> {
    comment.split('\t').find_map(|field| field.strip_prefix("version:"))
}

/// The text in a base64 text.
fn decoded(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Signer;

    fn version(text: &str) -> Version {
        text.parse().expect("a version")
    }

    #[test]
    fn a_signature_is_valid_only_for_its_version() {
        let text = Signer::new().sign("Ringside_0.2.0_amd64.deb", b"bytes", "0.2.0");
        let signature = Signature::parse(&format!("{text}\n"), &version("0.2.0")).expect("it is that version's");
        assert_eq!(signature.text, text, "without what editors add");
        let other = Signature::parse(&text, &version("0.2.1")).err();
        assert!(matches!(other, Some(BadSignature::OtherVersion(signed)) if signed == "0.2.0"));
    }

    #[test]
    fn a_signature_without_a_version_is_refused() {
        let text = Signer::new().sign_without_version(b"bytes");
        assert!(matches!(Signature::parse(&text, &version("0.2.0")), Err(BadSignature::NoVersion)));
    }

    #[test]
    fn unreadable_signatures_and_keys_are_refused() {
        for text in ["", "not base64", "bm8gc2lnbmF0dXJl", "/w=="] {
            let read = Signature::parse(text, &version("0.2.0"));
            assert!(matches!(read, Err(BadSignature::Unreadable)), "{text:?}");
            assert_eq!(PublicKey::parse(text).err(), Some(BadKey), "{text:?}");
        }
    }

    #[test]
    fn a_signature_is_valid_only_for_its_bytes_and_key() {
        let (signer, other) = (Signer::new(), Signer::new());
        let text = signer.sign("Ringside_0.2.0_amd64.deb", b"bytes", "v0.2.0");
        let signature = Signature::parse(&text, &version("0.2.0")).expect("a leading v is the same version");
        let key = |signer: &Signer| PublicKey::parse(&signer.public_key()).expect("a key");
        assert!(signature.verify(&key(&signer), b"bytes").is_ok());
        assert!(matches!(signature.verify(&key(&signer), b"other"), Err(BadSignature::Wrong(_))));
        assert!(matches!(signature.verify(&key(&other), b"bytes"), Err(BadSignature::Wrong(_))));
    }
}
