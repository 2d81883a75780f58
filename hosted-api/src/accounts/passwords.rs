//! Passwords, hashed with argon2id off the async threads, in bounded queues.
//!
//! A hash takes tens of milliseconds of a core, so who asks for many of them could keep everybody waiting. Therefore:
//!
//! - There are lanes: for anyone, for known devices, for people who are signed in. Each has slots and a queue of its
//!   own, and none waits for another.
//! - A queue has an end. Whoever finds it full is told so at once, before anything is known of them.
//! - Where there is no account there is nothing to check. If a slot is free, as much work is done as for anybody else;
//!   otherwise, and for a network with many failures, the attempt waits until a slot is free and takes no time. The caller
//!   answers all failures at the same time after they came, so neither this nor the work shows who has an account.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::password_hash::{Error, PasswordHasher};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, spawn_blocking};

/// How many hashes may be done or wait for each slot of a lane: about two seconds' worth.
const QUEUE_OF_SLOT: usize = 48;
/// How many attempts without an account may wait in a lane. They cost some kilobytes each and no time.
const MAX_IDLE: usize = 4096;
/// A hash to verify against when there is no account, so that it takes as long as any other sign-in. It is as long as a
/// new one, and of no password that anybody knows.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3MgcGFzc3dvcg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and verifies passwords.
pub(crate) struct Passwords {
    anyone: Queue,
    known_devices: Queue,
    signed_in: Queue,
    /// Memory for verification, pooled for reuse. Freed to the C library's allocator, it would stay with the thread
    /// that used it, and in the end each of the server's blocking threads would keep some.
    memory: Arc<Mutex<Vec<Memory>>>,
}

/// The working memory for verifying one password.
type Memory = Vec<Block>;

/// Who waits with whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Devices that are unknown to the account.
    Anyone {
        /// Whether the request comes from a network with many failures, which may take half of the queue only.
        is_suspect: bool,
    },
    /// Devices that the account's person has signed in on before.
    KnownDevice,
    /// Devices that are signed in.
    SignedIn,
}

/// Why a password could not be hashed or verified.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasswordError {
    /// Too many wait already.
    #[error("too many passwords wait to be hashed")]
    Busy,
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
    /// Computes nothing, and takes no memory until somebody signs in.
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // One hash takes 19 MiB and a core; more at once than there are cores would only starve everything else. The
        // lanes of those who are known are hardly ever used, so they come on top.
        Self::with_slots(cores.saturating_sub(1).max(1))
    }

    fn with_slots(slots: usize) -> Self {
        Self {
            anyone: Queue::new(slots),
            known_devices: Queue::new(1),
            signed_in: Queue::new(1),
            memory: Arc::default(),
        }
    }

    /// The hash to store for a password.
    pub(crate) async fn hash(&self, password: String, lane: Lane) -> Result<String, PasswordError> {
        let slot = self.queue(lane).acquire(lane.share()).await?;
        run_in(slot, move || hash(&password)).await
    }

    /// Whether this is the password of `stored`. Without one it is not; see the module for what is done then.
    pub(crate) async fn verify(
        &self,
        password: String,
        stored: Option<&str>,
        lane: Lane,
    ) -> Result<bool, PasswordError> {
        let queue = self.queue(lane);
        let (slot, against) = match stored {
            Some(stored) => (queue.acquire(lane.share()).await?, stored),
            None => match queue.acquire_if_free(lane).await? {
                Some(slot) => (slot, DUMMY_HASH),
                None => return Ok(false),
            },
        };
        let (against, pool) = (against.to_owned(), Arc::clone(&self.memory));
        let verifying = move || {
            let mut memory = pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
            let matches = verify(&password, &against, &mut memory);
            // Buffers larger than our own hashes need are not kept: nothing would need them again.
            if memory.len() <= Params::DEFAULT.block_count() {
                pool.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
            }
            matches
        };
        Ok(run_in(slot, verifying).await? && stored.is_some())
    }

    fn queue(&self, lane: Lane) -> &Queue {
        match lane {
            Lane::Anyone { .. } => &self.anyone,
            Lane::KnownDevice => &self.known_devices,
            Lane::SignedIn => &self.signed_in,
        }
    }
}

impl Lane {
    /// Of how many equal parts of the queue one may be taken.
    fn share(self) -> usize {
        match self {
            Self::Anyone { is_suspect: true } => 2,
            _ => 1,
        }
    }
}

/// Does the work in a slot, which moves into the task: a client that hangs up does not free it while the work goes on.
async fn run_in<T: Send + 'static>(
    slot: HashSlot,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, PasswordError> {
    let working = spawn_blocking(move || {
        let _slot = slot;
        work()
    });
    working.await?.map_err(PasswordError::Hash)
}

/// The slots of a lane and who waits for them, first come, first served.
struct Queue {
    slots: Arc<Semaphore>,
    /// Hashes that are being done or wait.
    hashes: Arc<AtomicUsize>,
    max_hashes: usize,
    /// Attempts that wait without anything to be done.
    idle: Arc<AtomicUsize>,
}

/// A slot, held until it is dropped.
struct HashSlot {
    _permit: OwnedSemaphorePermit,
    _counted: Counted,
}

impl Queue {
    fn new(slots: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(slots)),
            hashes: Arc::default(),
            max_hashes: slots * QUEUE_OF_SLOT,
            idle: Arc::default(),
        }
    }

    /// Waits for a slot, unless too many do.
    async fn acquire(&self, share: usize) -> Result<HashSlot, PasswordError> {
        self.must_have_room(share)?;
        let counted = Counted::one_more(&self.hashes);
        Ok(HashSlot { _permit: Arc::clone(&self.slots).acquire_owned().await?, _counted: counted })
    }

    /// A slot, if one is free and not wasted on a suspect network; otherwise waits until one is free and takes none.
    async fn acquire_if_free(&self, lane: Lane) -> Result<Option<HashSlot>, PasswordError> {
        // The same as for the others, or it would show that there is nothing to be done.
        self.must_have_room(lane.share())?;
        let is_suspect = lane == Lane::Anyone { is_suspect: true };
        if !is_suspect && let Ok(permit) = Arc::clone(&self.slots).try_acquire_owned() {
            return Ok(Some(HashSlot { _permit: permit, _counted: Counted::one_more(&self.hashes) }));
        }
        let _counted = Counted::one_more(&self.idle);
        drop(self.slots.acquire().await?);
        Ok(None)
    }

    fn must_have_room(&self, share: usize) -> Result<(), PasswordError> {
        let is_full = self.hashes.load(Ordering::Relaxed) >= self.max_hashes / share
            || self.idle.load(Ordering::Relaxed) >= MAX_IDLE / share;
        if is_full { Err(PasswordError::Busy) } else { Ok(()) }
    }
}

/// One, for as long as it lives.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn one_more(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
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

/// A lane that is full for as long as this lives.
#[cfg(test)]
pub(crate) struct FilledLane {
    _slots: Vec<HashSlot>,
    _waiting: Vec<Counted>,
}

#[cfg(test)]
impl Passwords {
    /// Takes all slots of a lane and all of its queue.
    pub(crate) async fn fill(&self, lane: Lane) -> FilledLane {
        let queue = self.queue(lane);
        let mut slots = Vec::new();
        while queue.slots.available_permits() > 0 {
            slots.push(queue.acquire(1).await.expect("it is open"));
        }
        let waiting = (slots.len()..queue.max_hashes).map(|_| Counted::one_more(&queue.hashes)).collect();
        FilledLane { _slots: slots, _waiting: waiting }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::future::join_all;
    use futures_util::{FutureExt, poll};

    use super::*;

    const ANYONE: Lane = Lane::Anyone { is_suspect: false };
    const SUSPECT: Lane = Lane::Anyone { is_suspect: true };

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let passwords = Passwords::new();
        let stored = passwords.hash("correct horse".to_owned(), Lane::SignedIn).await.expect("hashed");
        assert!(stored.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse".to_owned(), Some(&stored), ANYONE).await.expect("verified"));
        assert!(!passwords.verify("battery staple".to_owned(), Some(&stored), ANYONE).await.expect("verified"));
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
        let passwords = Passwords::new();
        let large = Params::new(2 * Params::DEFAULT_M_COST, 1, 1, None).expect("they are allowed");
        let large: PasswordHash = Argon2::from(large).hash_password(b"correct horse").expect("hashed");
        assert!(
            passwords.verify("correct horse".to_owned(), Some(&large.to_string()), ANYONE).await.expect("verified")
        );
        assert!(passwords.memory.lock().expect("nobody panicked").is_empty());
        assert!(!passwords.verify("correct horse".to_owned(), None, ANYONE).await.expect("verified"));
        assert!(!passwords.verify("correct horse".to_owned(), None, ANYONE).await.expect("verified"));
        let kept: Vec<usize> = passwords.memory.lock().expect("nobody panicked").iter().map(Vec::capacity).collect();
        assert_eq!(kept, [Params::DEFAULT.block_count()]);
    }

    #[test]
    fn a_damaged_hash_is_an_error() {
        for stored in ["", "$argon2id$v=19$m=64,t=1,p=1", "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ", "$scrypt$x$y$z"] {
            assert!(verify("x", stored, &mut Memory::new()).is_err(), "{stored:?}");
        }
    }

    #[test]
    fn the_dummy_hash_takes_as_long_as_a_new_one_and_is_of_no_common_password() {
        let new = hash("correct horse").expect("hashed");
        let (new, dummy) = (PasswordHash::new(&new).expect("a hash"), PasswordHash::new(DUMMY_HASH).expect("a hash"));
        assert_eq!((dummy.algorithm, dummy.version, &dummy.params), (new.algorithm, new.version, &new.params));
        let lengths =
            |hash: &PasswordHash| (hash.salt.as_ref().map(|salt| salt.len()), hash.hash.as_ref().map(Output::len));
        assert_eq!(lengths(&dummy), lengths(&new));
        for password in ["", "nobody's password"] {
            assert!(!verify(password, DUMMY_HASH, &mut Memory::new()).expect("verified"));
        }
    }

    #[tokio::test]
    async fn a_server_takes_no_memory_for_passwords_until_somebody_signs_in() {
        let passwords = Passwords::new();
        assert!(passwords.memory.lock().expect("nobody panicked").is_empty());
        assert!(!passwords.verify("guess".to_owned(), None, ANYONE).await.expect("verified"));
        assert_eq!(passwords.memory.lock().expect("nobody panicked").len(), 1);
    }

    #[tokio::test]
    async fn an_attempt_without_an_account_takes_no_time_from_those_that_have_one() {
        let passwords = Passwords::with_slots(1);
        let stored = passwords.hash("correct horse".to_owned(), ANYONE).await.expect("hashed");
        let busy = passwords.anyone.acquire(1).await.expect("it is free");
        let mut made_up: Vec<_> =
            (0..40).map(|_| Box::pin(passwords.verify("guess".to_owned(), None, ANYONE))).collect();
        for attempt in &mut made_up {
            assert!(poll!(attempt).is_pending());
        }
        let mut real = pin!(passwords.verify("correct horse".to_owned(), Some(&stored), ANYONE));
        assert!(poll!(&mut real).is_pending());
        assert_eq!(
            (passwords.anyone.hashes.load(Ordering::Relaxed), passwords.anyone.idle.load(Ordering::Relaxed)),
            (2, 40)
        );
        drop(busy);
        for attempt in made_up {
            assert!(!attempt.now_or_never().expect("nothing is done for it").expect("answered"));
        }
        assert!(real.await.expect("verified"));
        assert_eq!(
            (passwords.anyone.hashes.load(Ordering::Relaxed), passwords.anyone.idle.load(Ordering::Relaxed)),
            (0, 0)
        );
    }

    #[tokio::test]
    async fn a_queue_has_an_end_for_everybody_alike_and_a_suspect_network_reaches_it_sooner() {
        let passwords = Passwords::with_slots(1);
        let held: Vec<_> = join_all((0..1).map(|_| passwords.anyone.acquire(1))).await;
        let mut waiting: Vec<_> = (1..QUEUE_OF_SLOT / 2).map(|_| Box::pin(passwords.anyone.acquire(1))).collect();
        for slot in &mut waiting {
            assert!(poll!(slot).is_pending());
        }
        for stored in [None, Some("a hash")] {
            let refused = passwords.verify("x".to_owned(), stored, SUSPECT).now_or_never().expect("at once");
            assert!(matches!(refused, Err(PasswordError::Busy)), "{stored:?}");
            assert!(passwords.verify("x".to_owned(), stored, ANYONE).now_or_never().is_none(), "{stored:?} waits");
        }
        let mut more: Vec<_> =
            (QUEUE_OF_SLOT / 2..QUEUE_OF_SLOT).map(|_| Box::pin(passwords.anyone.acquire(1))).collect();
        for slot in &mut more {
            assert!(poll!(slot).is_pending());
        }
        for stored in [None, Some("a hash")] {
            let refused = passwords.verify("x".to_owned(), stored, ANYONE).now_or_never().expect("at once");
            assert!(matches!(refused, Err(PasswordError::Busy)), "{stored:?}");
        }
        // Whoever hangs up makes room.
        drop(more);
        assert!(passwords.verify("x".to_owned(), None, ANYONE).now_or_never().is_none());
        drop((waiting, held));
    }

    #[tokio::test]
    async fn no_lane_waits_for_another() {
        let passwords = Passwords::with_slots(1);
        let stored = passwords.hash("correct horse".to_owned(), ANYONE).await.expect("hashed");
        let _full = passwords.fill(ANYONE).await;
        let refused = passwords.verify("correct horse".to_owned(), Some(&stored), ANYONE).await;
        assert!(matches!(refused, Err(PasswordError::Busy)));
        for lane in [Lane::KnownDevice, Lane::SignedIn] {
            assert!(passwords.verify("correct horse".to_owned(), Some(&stored), lane).await.expect("verified"));
        }
    }
}
