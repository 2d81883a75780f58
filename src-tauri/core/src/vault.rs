//! Where the refresh token is kept: the operating system's keyring, or memory where none answers.
//!
//! Keychain on macOS, Credential Manager on Windows, a Secret Service elsewhere. The keyring's calls block (D-Bus), so
//! each runs on the blocking pool. No secret is ever logged or written to a file of ours.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::api::ServerUrl;
use crate::bridge::VaultKind;
use crate::home::Profile;

/// The name all entries of this application carry in the keyring.
const SERVICE: &str = "ringside";

/// How long the keyring may take: a person may have to unlock it first, but a bus that hangs must not hold up the window
/// for ever.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);

/// Keeps one secret: the refresh token of one profile on one server.
#[derive(Clone, Debug)]
pub struct Vault {
    /// The entry's name in the keyring; none: memory only.
    account: Option<String>,
    memory: Arc<Mutex<Option<Held>>>,
}

/// A secret the keyring would not take, or takes only from memory.
#[derive(Clone)]
struct Held(String);

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held(…)")
    }
}

impl Vault {
    /// The vault of `profile` on `server`. Nothing is asked of the keyring yet.
    pub fn new(profile: &Profile, server: &ServerUrl) -> Self {
        Self { account: Some(format!("{profile}@{server}")), memory: Arc::default() }
    }

    /// A vault that asks no keyring: the sign-in ends with the process.
    pub fn in_memory() -> Self {
        Self { account: None, memory: Arc::default() }
    }

    /// Whether secrets go into the keyring at all.
    pub(crate) fn asks_a_keyring(&self) -> bool {
        self.account.is_some()
    }

    /// The secret, if one is kept, and where.
    pub async fn read(&self) -> (Option<String>, VaultKind) {
        let held = self.memory.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(Held(secret)) = held {
            return (Some(secret), VaultKind::Memory);
        }
        match self.with_entry(keyring::Entry::get_password).await {
            Ok(secret) => (Some(secret), VaultKind::Keyring),
            Err(keyring::Error::NoEntry) => (None, VaultKind::Keyring),
            Err(_) if self.account.is_none() => (None, VaultKind::Memory),
            Err(error) => {
                tracing::warn!(%error, "no keyring answers; a sign-in is kept in memory only");
                (None, VaultKind::Memory)
            }
        }
    }

    /// Keeps `secret` in place of the one before; answers where.
    pub async fn write(&self, secret: &str) -> VaultKind {
        let owned = secret.to_owned();
        let written = self.with_entry(move |entry| entry.set_password(&owned)).await;
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        match written {
            Ok(()) => {
                *memory = None;
                VaultKind::Keyring
            }
            Err(error) => {
                tracing::warn!(%error, "the keyring takes nothing; the sign-in is kept in memory only");
                *memory = Some(Held(secret.to_owned()));
                VaultKind::Memory
            }
        }
    }

    /// Forgets the secret.
    pub async fn erase(&self) {
        *self.memory.lock().unwrap_or_else(PoisonError::into_inner) = None;
        match self.with_entry(keyring::Entry::delete_credential).await {
            Ok(()) | Err(keyring::Error::NoEntry) => {}
            Err(error) => tracing::warn!(%error, "the keyring did not forget the sign-in"),
        }
    }

    async fn with_entry<T: Send + 'static>(
        &self,
        act: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> keyring::Result<T> {
        let Some(account) = self.account.clone() else { return Err(keyring::Error::NoDefaultStore) };
        let asked = tokio::task::spawn_blocking(move || act(&keyring::Entry::new(SERVICE, &account)?));
        match tokio::time::timeout(ANSWERS_WITHIN, asked).await {
            Ok(answered) => answered.unwrap_or_else(|stopped| Err(keyring::Error::PlatformFailure(Box::new(stopped)))),
            Err(late) => Err(keyring::Error::PlatformFailure(Box::new(late))),
        }
    }
}
