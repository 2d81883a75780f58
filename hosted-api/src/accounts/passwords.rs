//! Passwords, hashed with argon2id off the async threads, with limited concurrency.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::password_hash::{Error, PasswordHasher};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{AcquireError, Semaphore};
use tokio::task::{JoinError, spawn_blocking};

/// Hashes and verifies passwords.
pub(crate) struct Passwords {
    /// One hash takes 19 MiB and a core; more at once than there are cores would only starve everything else.
    concurrency: Arc<Semaphore>,
    /// Memory for verification, pooled for reuse. Freed to the C library's allocator, it would stay with the thread
    /// that used it, and in the end each of the server's blocking threads would keep some.
    memory: Arc<Mutex<Vec<Memory>>>,
    /// A hash to verify against when there is no account, so that it takes as long as any other sign-in.
    dummy_hash: String,
}

/// The working memory for verifying one password.
type Memory = Vec<Block>;

/// Why a password could not be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// The hash function failed, or a stored hash is damaged.
    #[error("a password could not be hashed: {0}")]
    Hash(Error),
    /// The computation was interrupted.
    #[error("hashing a password was interrupted")]
    Interrupted(#[from] JoinError),
    /// The server is shutting down.
    #[error("no passwords are hashed any more")]
    Closed(#[from] AcquireError),
}

impl Passwords {
    /// Creates it; computes one hash.
    pub(crate) fn new() -> Result<Self, PasswordError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let dummy_hash = hash("nobody's password").map_err(PasswordError::Hash)?;
        Ok(Self { concurrency: Arc::new(Semaphore::new(cores)), memory: Arc::default(), dummy_hash })
    }

    /// The hash to store for a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, PasswordError> {
        self.with_permit(move || hash(&password)).await
    }

    /// Whether this is the password of `stored`. Without one it is not, but the work is the same.
    pub(crate) async fn verify(&self, password: String, stored: Option<&str>) -> Result<bool, PasswordError> {
        let against = stored.unwrap_or(&self.dummy_hash).to_owned();
        let pool = Arc::clone(&self.memory);
        let verifying = move || {
            let mut memory = pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let matches = verify(&password, &against, &mut memory);
            // Buffers larger than our own hashes need are not kept: nothing would need them again.
            if memory.len() <= Params::DEFAULT.block_count() {
                pool.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            }
            matches
        };
        Ok(self.with_permit(verifying).await? && stored.is_some())
    }

    async fn with_permit<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let permit = Arc::clone(&self.concurrency).acquire_owned().await?;
        // The permit moves into the task: a client that hangs up does not free it while the work goes on.
        let working = spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        working.await?.map_err(PasswordError::Hash)
    }
}

fn hash(password: &str) -> Result<String, Error> {
    Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
}

/// Whether this is the password of a stored hash, using the hash's own parameters. Like the library's function, but in
/// existing memory.
fn verify(password: &str, stored: &str, memory: &mut Memory) -> Result<bool, Error> {
    let stored = PasswordHash::new(stored)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else { return Err(Error::EncodingInvalid) };
    let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon2 = Argon2::new(Algorithm::try_from(stored.algorithm.as_str())?, version, Params::try_from(&stored)?);
    let blocks = argon2.params().block_count();
    memory.try_reserve_exact(blocks.saturating_sub(memory.len())).map_err(|_| argon2::Error::OutOfMemory)?;
    memory.resize(blocks, Block::new());
    let mut bytes = vec![0; expected.len()];
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut bytes, memory)?;
    // Compared in constant time.
    Ok(Output::new(&bytes)? == *expected)
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

    #[test]
    fn a_stored_hash_is_verified_with_its_own_parameters_in_memory_of_any_size() {
        let mut memory = vec![Block::new(); 8];
        let other = Params::new(64, 3, 2, Some(16)).expect("they are allowed");
        let (algorithm, version) = (Algorithm::Argon2i, Version::V0x10);
        for argon2 in [Argon2::new(algorithm, version, other), Argon2::default()] {
            let stored: PasswordHash = argon2.hash_password(b"correct horse").expect("hashed");
            assert!(verify("correct horse", &stored.to_string(), &mut memory).expect("verified"), "{stored}");
            assert!(!verify("battery staple", &stored.to_string(), &mut memory).expect("verified"), "{stored}");
        }
    }

    #[tokio::test]
    async fn pooled_memory_is_limited_to_the_size_our_hashes_need() {
        let passwords = Passwords::new().expect("argon2 works");
        let large = Params::new(2 * Params::DEFAULT_M_COST, 1, 1, None).expect("they are allowed");
        let large: PasswordHash = Argon2::from(large).hash_password(b"correct horse").expect("hashed");
        assert!(passwords.verify("correct horse".to_owned(), Some(&large.to_string())).await.expect("verified"));
        assert!(passwords.memory.lock().expect("nobody panicked").is_empty());
        assert!(!passwords.verify("correct horse".to_owned(), None).await.expect("verified"));
        assert!(!passwords.verify("correct horse".to_owned(), None).await.expect("verified"));
        let kept: Vec<usize> = passwords.memory.lock().expect("nobody panicked").iter().map(Vec::capacity).collect();
        assert_eq!(kept, [Params::DEFAULT.block_count()]);
    }

    #[test]
    fn a_damaged_hash_is_an_error() {
        for stored in ["", "$argon2id$v=19$m=64,t=1,p=1", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", "$scrypt$x$y$z"] {
            assert!(verify("x", stored, &mut Memory::new()).is_err(), "{stored:?}");
        }
    }

    #[tokio::test]
    async fn the_dummy_password_matches_nothing() {
        let passwords = Passwords::new().expect("argon2 works");
        assert!(!passwords.verify("nobody's password".to_owned(), None).await.expect("verified"));
    }
}
