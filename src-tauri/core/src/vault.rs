//! Where the refresh token is kept: the operating system's keyring, or memory where none answers.
//!
//! Keychain on macOS, Credential Manager on Windows, a Secret Service elsewhere. The keyring's calls block (D-Bus), so
//! each runs on the blocking pool. No secret is ever logged or written to a file of ours.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use keyring::Error;
use keyring_core::Entry;

use crate::address::ServerUrl;
use crate::bridge::VaultKind;
use crate::home::Home;
use crate::profile::Profile;

mod spent;

use spent::Spent;

/// The name all entries of this application carry in the keyring.
const SERVICE: &str = "ringside";

/// How long the keyring may take: a person may have to unlock it first, but a bus that hangs must not hold up the window
/// for ever.
const ANSWERS_WITHIN: Duration = Duration::from_mins(1);

/// Keeps one secret: the refresh token of one profile on one server.
#[derive(Clone, Debug)]
pub struct Vault {
    /// Its entry in the keyring; none: memory only.
    kept: Option<Kept>,
    memory: Arc<Mutex<Memory>>,
    /// Whether there was no keyring when one was last asked.
    is_away: Arc<AtomicBool>,
}

/// An entry in the keyring.
#[derive(Clone, Debug)]
struct Kept {
    /// Its name.
    account: String,
    /// Whether what it holds is over, although the keyring could not be told.
    spent: Spent,
}

/// What this process holds.
#[derive(Debug, Default)]
struct Memory {
    held: Option<Held>,
    /// Counts what was kept and forgotten: a keyring that takes its time may answer what held before.
    changes: u64,
}

/// The secret as this process holds it, and where it is kept besides.
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
    /// The vault of `profile` on `server`. Nothing is asked of the keyring yet.
    pub fn new(home: &Home, profile: &Profile, server: &ServerUrl) -> Self {
        let kept = Kept { account: format!("{profile}@{server}"), spent: Spent::of(home, profile, server) };
        Self { kept: Some(kept), memory: Arc::default(), is_away: Arc::default() }
    }

    /// A vault that asks no keyring: the sign-in ends with the process.
    pub fn in_memory() -> Self {
        Self { kept: None, memory: Arc::default(), is_away: Arc::default() }
    }

    /// Whether secrets go into the keyring at all.
    pub(crate) fn asks_a_keyring(&self) -> bool {
        self.kept.is_some()
    }

    /// Whether there was no keyring when one was last asked: the system may not have started it yet. One that a person did not
    /// unlock is there, and is not asked again and again.
    pub(crate) fn is_away(&self) -> bool {
        self.is_away.load(Ordering::Relaxed)
    }

    /// The secret, if one is kept, and where.
    ///
    /// The keyring is asked once; from then on the secret is here as well, so that a keyring that stumbles later (locked
    /// with the screen, restarted by an upgrade) ends nobody's sign-in.
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
        let is_away = matches!(answered, Err(Error::NoDefaultStore | Error::PlatformFailure(_)));
        self.is_away.store(is_away, Ordering::Relaxed);
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
                tracing::warn!(%error, "no keyring answers; a sign-in is kept in memory only");
                (None, VaultKind::Memory)
            }
        }
    }

    /// Keeps `secret` in place of the one before; answers where.
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
                tracing::warn!(%error, "the keyring takes nothing; the sign-in is kept in memory only");
                // What it may still hold is used up: sent again after a restart, it would look like a thief's.
                kept.spent.note();
                if let Err(error) = kept.delete().await {
                    tracing::warn!(%error, "nor does it forget; it is asked again at the next start");
                }
                VaultKind::Memory
            }
        }
    }

    /// Notes that what the keyring holds is over, ahead of [`Vault::erase`].
    pub(crate) fn note_spent(&self) {
        if let Some(kept) = &self.kept {
            kept.spent.note();
        }
    }

    /// Forgets the secret.
    pub async fn erase(&self) {
        self.hold(None);
        let Some(kept) = &self.kept else { return };
        // First: whoever signs out is signed out, also when the keyring has gone or the machine loses its power now.
        kept.spent.note();
        if let Err(error) = kept.delete().await {
            tracing::warn!(%error, "the keyring did not forget the sign-in; it is asked again at the next start");
        }
    }

    /// Counts what was kept and forgotten here.
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
    /// Has the keyring forget what is noted as spent.
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
        let asked = tokio::task::spawn_blocking(move || act(&entry(&account)?));
        match tokio::time::timeout(ANSWERS_WITHIN, asked).await {
            Ok(answered) => answered.unwrap_or_else(|stopped| Err(Error::PlatformFailure(Box::new(stopped)))),
            // Somebody may be at unlocking it.
            Err(late) => Err(Error::NoStorageAccess(Box::new(late))),
        }
    }
}

/// The entry of `account`. The library looks for the system's keyring once, and remembers for ever that there was none; one
/// that is started after us is found by looking again.
fn entry(account: &str) -> keyring::Result<Entry> {
    match keyring::Entry::new(SERVICE, account) {
        Ok(entry) => Ok(entry.inner),
        Err(Error::NoDefaultStore) => {
            look_again()?;
            Entry::new(SERVICE, account)
        }
        Err(error) => Err(error),
    }
}

#[cfg(target_os = "linux")]
fn look_again() -> keyring::Result<()> {
    keyring_core::set_default_store(zbus_secret_service_keyring_store::Store::new()?);
    Ok(())
}

/// Elsewhere the keyring is a part of the system, and there before anybody can start anything.
#[cfg(not(target_os = "linux"))]
fn look_again() -> keyring::Result<()> {
    Err(Error::NoDefaultStore)
}
