//! Where the refresh token is kept: the operating system's keyring, or memory where none answers.
//!
//! Keychain on macOS, Credential Manager on Windows, a Secret Service elsewhere. The keyring's calls block (D-Bus), so
//! each runs on the blocking pool. No secret is ever logged or written to a file of ours.

use keyring::Error;
use keyring_core::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::address::ServerUrl;
use crate::bridge::VaultKind;
use crate::home::Home;
use crate::profile::Profile;

mod keyring_health;
mod spent;

pub(crate) use keyring_health::KeyringHealth;
use spent::Spent;

/// The service name of all entries of this application in the keyring.
const SERVICE: &str = "ringside";

/// Keeps one secret: the refresh token of one profile on one server.
#[derive(Clone, Debug)]
pub struct Vault {
    /// Its entry in the keyring. `None` means memory only.
    kept: Option<Kept>,
    memory: Arc<Mutex<Memory>>,
    /// Whether there was no keyring at the last access.
    is_unavailable: Arc<AtomicBool>,
}

/// An entry in the keyring.
#[derive(Clone, Debug)]
struct Kept {
    /// Its name.
    account: String,
    keyring: KeyringHealth,
    /// Whether the secret it holds is spent, although it could not be deleted from the keyring.
    spent: Spent,
}

/// The state in this process.
#[derive(Debug, Default)]
struct Memory {
    held: Option<Held>,
    /// A counter of writes and erasures: a slow keyring may return a value that has since been replaced.
    changes: u64,
}

/// The secret in this process, and where else it is stored.
#[derive(Clone)]
struct Held {
    secret: String,
    kind: VaultKind,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Held({:?})", self.kind)
    }
}

impl Vault {
    /// The vault of `profile` on `server`. Does not access the keyring yet.
    pub fn new(home: &Home, profile: &Profile, server: &ServerUrl) -> Self {
        Self::in_keyring(home, profile, server, KeyringHealth::of_one_person())
    }

    /// The same, with what others have found of the keyring.
    pub(crate) fn in_keyring(home: &Home, profile: &Profile, server: &ServerUrl, keyring: KeyringHealth) -> Self {
        let spent = Spent::of(home, profile, server);
        let kept = Kept { account: format!("{profile}@{server}"), keyring, spent };
        Self { kept: Some(kept), memory: Arc::default(), is_unavailable: Arc::default() }
    }

    /// A vault without a keyring: the sign-in ends with the process.
    pub fn in_memory() -> Self {
        Self { kept: None, memory: Arc::default(), is_unavailable: Arc::default() }
    }

    /// Whether secrets are stored in the keyring at all.
    pub(crate) fn uses_keyring(&self) -> bool {
        self.kept.is_some()
    }

    /// Whether there was no keyring at the last access: the system may not have started it yet. A keyring that the
    /// person did not unlock counts as present, so it is not asked again and again. One that a kiosk waits for does not,
    /// because it is not asked meanwhile.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.is_unavailable.load(Ordering::Relaxed)
    }

    /// The secret, if one is stored, and where.
    ///
    /// The keyring is read once. From then on the secret is also in memory, so that a keyring that fails later (locked
    /// with the screen, restarted by an upgrade) does not end the sign-in.
    pub async fn read(&self) -> (Option<String>, VaultKind) {
        if let Some(Held { secret, kind }) = self.held() {
            return (Some(secret), kind);
        }
        let Some(kept) = &self.kept else { return (None, VaultKind::Memory) };
        let before = self.changes();
        let answered = if kept.spent.is_noted() {
            kept.delete().await.and(Err(Error::NoEntry))
        } else {
            kept.with_entry(Entry::get_password).await
        };
        let is_unavailable =
            matches!(answered, Err(Error::NoDefaultStore | Error::PlatformFailure(_))) || kept.keyring.is_awaited();
        self.is_unavailable.store(is_unavailable, Ordering::Relaxed);
        match answered {
            Ok(secret) => {
                let mut memory = self.memory();
                if memory.changes == before {
                    memory.held = Some(Held { secret, kind: VaultKind::Keyring });
                }
                let kind = memory.held.as_ref().map_or(VaultKind::Keyring, |held| held.kind);
                (memory.held.as_ref().map(|held| held.secret.clone()), kind)
            }
            Err(Error::NoEntry) => (None, VaultKind::Keyring),
            Err(error) => {
                tracing::warn!(%error, "no keyring is available; sign-ins are kept in memory only");
                (None, VaultKind::Memory)
            }
        }
    }

    /// Replaces the stored secret with `secret`. Returns where it is stored.
    pub async fn write(&self, secret: &str) -> VaultKind {
        let held = |kind| Held { secret: secret.to_owned(), kind };
        self.hold(Some(held(VaultKind::Memory)));
        let Some(kept) = &self.kept else { return VaultKind::Memory };
        let owned = secret.to_owned();
        match kept.with_entry(move |entry| entry.set_password(&owned)).await {
            Ok(()) => {
                kept.spent.clear();
                self.hold(Some(held(VaultKind::Keyring)));
                VaultKind::Keyring
            }
            Err(error) => {
                tracing::warn!(%error, "the keyring could not be written; the sign-in is kept in memory only");
                // The token it may still hold is used up. Sent again after a restart, it would look stolen.
                kept.spent.note();
                if let Err(error) = kept.delete().await {
                    tracing::warn!(%error, "the old secret could not be deleted either; this is retried at the next start");
                }
                VaultKind::Memory
            }
        }
    }

    /// Marks the secret in the keyring as spent, before [`Vault::erase`].
    pub(crate) fn note_spent(&self) {
        if let Some(kept) = &self.kept {
            kept.spent.note();
        }
    }

    /// Erases the secret.
    pub async fn erase(&self) {
        self.hold(None);
        let Some(kept) = &self.kept else { return };
        // First, so that a sign-out holds even if the keyring is gone or the power fails now.
        kept.spent.note();
        if let Err(error) = kept.delete().await {
            tracing::warn!(%error, "the sign-in could not be deleted from the keyring; this is retried at the next start");
        }
    }

    /// A counter of writes and erasures.
    pub(crate) fn changes(&self) -> u64 {
        self.memory().changes
    }

    fn held(&self) -> Option<Held> {
        self.memory().held.clone()
    }

    fn hold(&self, held: Option<Held>) {
        let mut memory = self.memory();
        memory.held = held;
        memory.changes += 1;
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Deletes the spent secret from the keyring.
    async fn delete(&self) -> keyring::Result<()> {
        match self.with_entry(Entry::delete_credential).await {
            Ok(()) | Err(Error::NoEntry) => {
                self.spent.clear();
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn with_entry<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Entry) -> keyring::Result<T> + Send + 'static,
    ) -> keyring::Result<T> {
        let account = self.account.clone();
        self.keyring.ask(move || act(&entry(&account)?)).await
    }
}

/// The entry of `account`. The library looks for the system's keyring only once, and caches that there was none. To
/// find a keyring that started later, look again.
fn entry(account: &str) -> keyring::Result<Entry> {
    match keyring::Entry::new(SERVICE, account) {
        Ok(entry) => Ok(entry.inner),
        Err(Error::NoDefaultStore) => {
            reload_default_store()?;
            Entry::new(SERVICE, account)
        }
        Err(error) => Err(error),
    }
}

#[cfg(target_os = "linux")]
fn reload_default_store() -> keyring::Result<()> {
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
    Ok(())
}

/// On other systems the keyring is part of the system, and always available.
#[cfg(not(target_os = "linux"))]
fn reload_default_store() -> keyring::Result<()> {
    Err(Error::NoDefaultStore)
}
