//! Signatures as tauri's command line creates them.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minisign::{KeyPair, sign};

/// A signer with its key.
pub(crate) struct Signer(KeyPair);

impl Signer {
    pub(crate) fn new() -> Self {
        Self(KeyPair::generate_unencrypted_keypair().expect("a pair of keys"))
    }

    /// The contents of the `.sig` file.
    pub(crate) fn sign(&self, file_name: &str, bytes: &[u8], version: &str) -> String {
        self.sign_with_comment(&format!("timestamp:1791649051\tfile:{file_name}\tversion:{version}"), bytes)
    }

    pub(crate) fn sign_without_version(&self, bytes: &[u8]) -> String {
        self.sign_with_comment("timestamp:1791649051\tfile:payload", bytes)
    }

    /// The contents of the `.pub` file.
    pub(crate) fn public_key(&self) -> String {
        STANDARD.encode(self.0.pk.to_box().expect("a key can be written").into_string())
    }

    fn sign_with_comment(&self, comment: &str, bytes: &[u8]) -> String {
        let untrusted = Some("signature from tauri secret key");
        let signature = sign(Some(&self.0.pk), &self.0.sk, Cursor::new(bytes), Some(comment), untrusted);
        STANDARD.encode(signature.expect("it can be signed").into_string())
    }
}
