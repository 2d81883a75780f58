//! Passwords, hashed with argon2id off the async threads, only so many at once.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// Hashes and verifies passwords.
pub(crate) struct Passwords {
    /// One hash takes 19 MiB and a core; more at once than cores would only starve everything else.
    at_once: Arc<Semaphore>,
    /// What a sign-in without an account is verified against, so that it takes as long as any other.
    nobody: String,
}

/// Why a password could not be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// The hash function failed, or a stored hash is damaged.
    #[error("a password could not be hashed: {0}")]
    Hash(Error),
    /// The computation did not end.
    #[error("hashing a password was cut short")]
    Cut(#[from] JoinError),
    /// The server is going away.
    #[error("no passwords are hashed any more")]
    Closed(#[from] tokio::sync::AcquireError),
}

impl Passwords {
    /// Ready to hash; hashes once.
    pub(crate) fn new() -> Result<Self, PasswordError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { at_once: Arc::new(Semaphore::new(cores)), nobody: hash("nobody's password")? })
    }

    /// The hash to store for a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let turn = Arc::clone(&self.at_once).acquire_owned().await?;
        // The turn goes along: whoever hangs up does not make room while the work goes on.
        spawn_blocking(move || {
            let _turn = turn;
            hash(&password)
        })
        .await?
    }

    /// Whether this is the password of `stored`. Without one it is not, after the same work.
    pub(crate) async fn verify(&self, password: String, stored: Option<&str>) -> Result<bool, PasswordError> {
        let against = stored.unwrap_or(&self.nobody).to_owned();
        let turn = Arc::clone(&self.at_once).acquire_owned().await?;
        let matches = spawn_blocking(move || {
            let _turn = turn;
            verify(&password, &against)
        })
        .await??;
        Ok(matches && stored.is_some())
    }
}

fn hash(password: &str) -> Result<String, PasswordError> {
    let hash: PasswordHash = Argon2::default().hash_password(password.as_bytes()).map_err(PasswordError::Hash)?;
    Ok(hash.to_string())
}

fn verify(password: &str, against: &str) -> Result<bool, PasswordError> {
    let hash = PasswordHash::new(against).map_err(|_| PasswordError::Hash(Error::EncodingInvalid))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(PasswordError::Hash(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::new().expect("argon2 works");
        let stored = passwords.hash("correct horse".to_owned()).await.expect("hashed");
        assert!(stored.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse".to_owned(), Some(&stored)).await.expect("verified"));
        assert!(!passwords.verify("battery staple".to_owned(), Some(&stored)).await.expect("verified"));
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let passwords = Passwords::new().expect("argon2 works");
        assert!(!passwords.verify("nobody's password".to_owned(), None).await.expect("verified"));
    }
}
