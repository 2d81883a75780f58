//! Passwords, hashed with argon2id off the async threads, only so many at once.

use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, Error};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{AcquireError, Semaphore};
use tokio::task::{JoinError, spawn_blocking};

/// Hashes and verifies passwords.
pub(crate) struct Passwords {
    /// One hash takes 19 MiB and a core; more at once than cores would only starve everything else.
    at_once: Arc<Semaphore>,
    /// The memory of hashes that are done, for those to come. Given back to the C library it would stay with whichever
    /// thread had it, and in the end each of the server's threads for blocking work would keep some.
    memory: Arc<Mutex<Vec<Memory>>>,
    /// What a sign-in without an account is verified against, so that it takes as long as any other.
    nobody: String,
}

/// What a hash is made in.
type Memory = Vec<Block>;

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
    Closed(#[from] AcquireError),
}

impl Passwords {
    /// Ready to hash; hashes once.
    pub(crate) fn new() -> Result<Self, PasswordError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut memory = Memory::new();
        let nobody = hash("nobody's password", &mut memory).map_err(PasswordError::Hash)?;
        Ok(Self { at_once: Arc::new(Semaphore::new(cores)), memory: Arc::new(Mutex::new(vec![memory])), nobody })
    }

    /// The hash to store for a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, PasswordError> {
        self.in_turn(move |memory| hash(&password, memory)).await
    }

    /// Whether this is the password of `stored`. Without one it is not, after the same work.
    pub(crate) async fn verify(&self, password: String, stored: Option<&str>) -> Result<bool, PasswordError> {
        let against = stored.unwrap_or(&self.nobody).to_owned();
        let matches = self.in_turn(move |memory| verify(&password, &against, memory)).await?;
        Ok(matches && stored.is_some())
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = Arc::clone(&self.at_once).acquire_owned().await?;
        let kept = Arc::clone(&self.memory);
        // The turn goes along: whoever hangs up does not make room while the work goes on.
        let working = spawn_blocking(move || {
            let mut memory = kept.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let done = work(&mut memory);
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            drop(turn);
            done
        });
        working.await?.map_err(PasswordError::Hash)
    }
}

fn hash(password: &str, memory: &mut Memory) -> Result<String, Error> {
    let (algorithm, version, params) = (Algorithm::Argon2id, Version::V0x13, Params::DEFAULT);
    let salt = Salt::generate();
    let stored = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(salt),
        hash: Some(output(
            &Argon2::new(algorithm, version, params),
            password,
            &salt,
            Params::DEFAULT_OUTPUT_LEN,
            memory,
        )?),
    };
    Ok(stored.to_string())
}

/// Whether this is the password of a hash that was stored, with the parameters it was made with.
fn verify(password: &str, stored: &str, memory: &mut Memory) -> Result<bool, Error> {
    let stored = PasswordHash::new(stored)?;
    let (Some(salt), Some(expected)) = (&stored.salt, &stored.hash) else { return Err(Error::EncodingInvalid) };
    let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let argon2 = Argon2::new(Algorithm::try_from(stored.algorithm.as_str())?, version, Params::try_from(&stored)?);
    // Compared in constant time.
    Ok(output(&argon2, password, salt, expected.len(), memory)? == *expected)
}

fn output(
    argon2: &Argon2<'_>,
    password: &str,
    salt: &Salt,
    len: usize,
    memory: &mut Memory,
) -> password_hash::Result<Output> {
    memory.resize(argon2.params().block_count(), Block::new());
    let mut bytes = vec![0; len];
    argon2.hash_password_into_with_memory(password.as_bytes(), salt, &mut bytes, memory)?;
    Ok(Output::new(&bytes)?)
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher, PasswordVerifier};

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
    fn what_is_hashed_here_the_library_verifies_and_the_other_way_round() {
        // Memory as another hash, of other parameters, has left it.
        let mut memory = vec![Block::new(); 8];
        verify("x", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$bnVsbG51bGxudWxsbnVsbA", &mut memory).expect("verified");
        let ours = hash("correct horse", &mut memory).expect("hashed");
        assert!(Argon2::default().verify_password(b"correct horse", ours.as_str()).is_ok());
        let theirs: PasswordHash = Argon2::default().hash_password(b"correct horse").expect("hashed");
        assert!(verify("correct horse", &theirs.to_string(), &mut memory).expect("verified"));
        assert!(!verify("battery staple", &theirs.to_string(), &mut memory).expect("verified"));
    }

    #[test]
    fn a_damaged_hash_is_an_error_and_matches_nothing() {
        for stored in ["", "$argon2id$v=19$m=64,t=1,p=1", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", "$scrypt$x$y$z"] {
            assert!(verify("x", stored, &mut Memory::new()).is_err(), "{stored:?}");
        }
    }

    #[tokio::test]
    async fn nobody_has_a_password() {
        let passwords = Passwords::new().expect("argon2 works");
        assert!(!passwords.verify("nobody's password".to_owned(), None).await.expect("verified"));
    }
}
