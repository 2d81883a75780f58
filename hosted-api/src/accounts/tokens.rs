//! Tokens: 32 random bytes that mean nothing by themselves. Only their hashes are stored.

use std::fmt::Write;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use training::Timestamp;
use uuid::Uuid;

use crate::clock;
use crate::retention::Retention;
use crate::store::TokenPair;

/// How long tokens are good for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    /// An access token.
    pub(crate) access: Duration,
    /// A refresh token; using it returns a new one.
    pub(crate) refresh: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { access: Duration::from_mins(15), refresh: Retention::default().sign_ins }
    }
}

/// A new pair of tokens, in the clear. It is sent and not kept.
pub(crate) struct NewTokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl NewTokens {
    /// A random pair. The prefixes are for people, and for scanners that look for leaked secrets.
    pub(crate) fn random() -> Self {
        Self { access: random("rsa_"), refresh: random("rsr_") }
    }

    /// The form in which they are stored.
    pub(crate) fn stored(&self, at: Timestamp, lifetimes: Lifetimes) -> TokenPair {
        TokenPair {
            id: Uuid::now_v7(),
            access_hash: hash(&self.access),
            access_expires_at: clock::after(at, lifetimes.access),
            refresh_hash: hash(&self.refresh),
            refresh_expires_at: clock::after(at, lifetimes.refresh),
        }
    }
}

/// A random token by which an account knows a device again. It signs nobody in.
pub(crate) fn new_device_token() -> String {
    random("rsd_")
}

/// The hash of a text in hexadecimal. A token has 256 random bits, so a plain hash is enough.
pub(crate) fn hash(text: &str) -> String {
    hash_lines(&[text.as_bytes()])
}

/// The hash of these lines, with a line break between them, in hexadecimal.
pub(crate) fn hash_lines(lines: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for (i, line) in lines.iter().enumerate() {
        if i > 0 {
            sha.update(b"\n");
        }
        sha.update(line);
    }
    sha.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string can't fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn random(prefix: &str) -> String {
    let bytes: [u8; 32] = rand::random();
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_unique_and_prefixed_by_kind() {
        let (one, two) = (NewTokens::random(), NewTokens::random());
        assert!(one.access.starts_with("rsa_") && one.refresh.starts_with("rsr_"));
        assert_ne!(one.access, two.access);
        assert_eq!(one.access.len(), 4 + 43);
    }

    #[test]
    fn tokens_are_good_for_as_long_as_the_server_says() {
        let at = clock::now();
        let lifetimes = Lifetimes { access: Duration::from_mins(1), refresh: Retention::days(14) };
        let stored = NewTokens::random().stored(at, lifetimes);
        assert_eq!(stored.access_expires_at, clock::after(at, Duration::from_mins(1)));
        assert_eq!(stored.refresh_expires_at, clock::after(at, Duration::from_hours(14 * 24)));
    }

    #[test]
    fn a_hash_is_sha_256() {
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash_lines(&[b"a", b"", b"b"]), hash("a\n\nb"));
    }
}
