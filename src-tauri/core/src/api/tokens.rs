//! The access token: refreshed before it expires, by one request at a time however many callers need it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use reqwest::Method;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::Instant;
use training::wire::{RefreshTokens, SignedIn};
use uuid::Uuid;

use super::{Api, IDEMPOTENCY_KEY, json};
use crate::address::ServerUrl;
use crate::bridge::VaultKind;
use crate::failure::ApiError;
use crate::home::Home;
use crate::profile::Profile;
use crate::vault::Vault;

/// How long before it expires an access token is no longer used for a new request.
const RENEW_BEFORE_EXPIRY: Duration = Duration::from_mins(1);

/// The tokens of one sign-in.
#[derive(Clone)]
pub(crate) struct Tokens {
    vault: Vault,
    /// Locked while refreshing, so that concurrent callers get the new token.
    access: Arc<Mutex<Option<Access>>>,
    /// The refresh token being exchanged, and the idempotency key of every attempt at it. An attempt may reach the
    /// server long after it was abandoned, when the next token is in use; without the key that would look like a stolen
    /// token.
    attempt: Arc<std::sync::Mutex<Option<(String, Uuid)>>>,
    /// Where the last token was stored.
    kind: Arc<watch::Sender<VaultKind>>,
}

/// An access token, and how long it is used.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) token: Token,
    /// Shortly before the server stops accepting it.
    pub(crate) valid_until: Instant,
    /// The same by the wall clock, which keeps running while this machine sleeps.
    valid_until_wall: jiff::Timestamp,
}

impl Access {
    fn is_valid(&self, now: jiff::Timestamp) -> bool {
        Instant::now() < self.valid_until && now < self.valid_until_wall
    }
}

/// The text of an access token. It must never be logged.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Tokens {
    pub(crate) fn new(vault: Vault) -> Self {
        Self {
            vault,
            access: Arc::default(),
            attempt: Arc::default(),
            kind: Arc::new(watch::Sender::new(VaultKind::Keyring)),
        }
    }

    /// The vault of `profile` on another server, of the same kind as this one.
    pub(crate) fn vault_for(&self, home: &Home, profile: &Profile, server: &ServerUrl) -> Vault {
        if self.vault.uses_keyring() { Vault::new(home, profile, server) } else { Vault::in_memory() }
    }

    /// Whether a sign-in is stored, and where.
    pub(crate) async fn load(&self) -> (bool, VaultKind) {
        let (secret, kind) = self.vault.read().await;
        self.kind.send_replace(kind);
        (secret.is_some(), kind)
    }

    /// A counter of how often a sign-in was stored or erased.
    pub(crate) fn changes(&self) -> u64 {
        self.vault.changes()
    }

    /// Whether no keyring was available when the sign-in was read.
    pub(crate) fn keyring_is_unavailable(&self) -> bool {
        self.vault.is_unavailable()
    }

    /// Where the sign-in is stored, as far as is known.
    pub(crate) fn kind(&self) -> VaultKind {
        *self.kind.borrow()
    }

    /// Whether these are the tokens of the same sign-in on the same server.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.access, &other.access)
    }

    /// Stores the tokens of a new sign-in or a refresh. Returns where.
    pub(crate) async fn store(&self, api: &Api, signed_in: &SignedIn) -> VaultKind {
        self.put(api, &mut *self.access.lock().await, signed_in).await
    }

    /// Marks the sign-in as spent before it is erased, in case erasing is interrupted.
    pub(crate) fn note_spent(&self) {
        self.vault.note_spent();
    }

    /// Erases the sign-in.
    pub(crate) async fn forget(&self) {
        let mut access = self.access.lock().await;
        *access = None;
        self.vault.erase().await;
    }

    /// Erases the sign-in, and returns it for one last use.
    pub(crate) async fn detach(&self) -> Self {
        let mut access = self.access.lock().await;
        let detached = Self::new(Vault::in_memory());
        *detached.access.lock().await = access.take();
        if let (Some(secret), _) = self.vault.read().await {
            detached.vault.write(&secret).await;
        }
        self.vault.erase().await;
        detached
    }

    /// An access token that is still valid for a while.
    pub(crate) async fn access(&self, api: &Api) -> Result<Access, ApiError> {
        let access = Arc::clone(&self.access).lock_owned().await;
        match &*access {
            Some(access) if access.is_valid(api.environment.now()) => Ok(access.clone()),
            _ => self.refresh(api, access).await,
        }
    }

    /// An access token other than `refused`, which the server no longer accepts.
    pub(crate) async fn access_after(&self, api: &Api, refused: &Token) -> Result<Access, ApiError> {
        let access = Arc::clone(&self.access).lock_owned().await;
        match &*access {
            Some(access) if access.token != *refused => Ok(access.clone()),
            _ => self.refresh(api, access).await,
        }
    }

    /// A new access token, even if the current one has not expired.
    pub(crate) async fn renew(&self, api: &Api) -> Result<Access, ApiError> {
        self.refresh(api, Arc::clone(&self.access).lock_owned().await).await
    }

    /// Gets the next pair of tokens.
    ///
    /// In its own task: the caller may be cancelled before the answer arrives (a poll that a stream overtook). An
    /// answer that is not stored would leave a used refresh token behind, which ends the sign-in.
    async fn refresh(&self, api: &Api, access: OwnedMutexGuard<Option<Access>>) -> Result<Access, ApiError> {
        let (tokens, api) = (self.clone(), api.clone());
        match tokio::spawn(async move { tokens.refresh_now(&api, access).await }).await {
            Ok(refreshed) => refreshed,
            Err(stopped) => {
                tracing::error!(%stopped, "the token refresh was aborted");
                Err(ApiError::NoAnswer)
            }
        }
    }

    async fn refresh_now(&self, api: &Api, mut access: OwnedMutexGuard<Option<Access>>) -> Result<Access, ApiError> {
        let (Some(refresh_token), _) = self.vault.read().await else { return Err(ApiError::NotSignedIn) };
        let key = self.attempt_at(&refresh_token, api).to_string();
        let body = RefreshTokens { refresh_token };
        let request = || api.request(Method::POST, "/v1/auth/refresh").header(IDEMPOTENCY_KEY, &key).json(&body);
        match json::<SignedIn>(api.execute_again(&request).await?).await {
            Ok(signed_in) => {
                self.put(api, &mut access, &signed_in).await;
                access.clone().ok_or(ApiError::NotSignedIn)
            }
            // The server ended the sign-in. Keeping the token would only repeat this request for ever.
            Err(ApiError::Refused { problem, .. }) if problem.status == 401 => {
                *access = None;
                self.vault.erase().await;
                Err(ApiError::NotSignedIn)
            }
            Err(error) => Err(error),
        }
    }

    /// The key of this and every other attempt to exchange `refresh_token`. Never stored: whoever copies the token from
    /// the vault must not get the key too.
    fn attempt_at(&self, refresh_token: &str, api: &Api) -> Uuid {
        let mut attempt = self.attempt.lock().unwrap_or_else(PoisonError::into_inner);
        match &*attempt {
            Some((token, key)) if token == refresh_token => *key,
            _ => {
                let key = Uuid::from_u64_pair(api.environment.random_seed(), api.environment.random_seed());
                attempt.insert((refresh_token.to_owned(), key)).1
            }
        }
    }

    async fn put(&self, api: &Api, access: &mut Option<Access>, signed_in: &SignedIn) -> VaultKind {
        // The refresh token first: the previous one is used up, so losing this one would end the sign-in.
        let kind = self.vault.write(&signed_in.refresh_token).await;
        self.kind.send_replace(kind);
        let lifetime = Duration::from_secs(signed_in.access_expires_in_s.into());
        let valid_for = lifetime.saturating_sub(RENEW_BEFORE_EXPIRY.min(lifetime / 5));
        *access = Some(Access {
            token: Token(signed_in.access_token.clone()),
            valid_until: Instant::now() + valid_for,
            valid_until_wall: api.environment.now() + valid_for,
        });
        kind
    }
}
