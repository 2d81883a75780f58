//! How many passwords may be tried, and by whom.
//!
//! An attempt is counted *before* its password is checked, so that many at once can't slip through. Where it comes from
//! decides what it is counted against, so that a stranger who guesses uses up nothing of the person's own:
//!
//! - A device that the person has signed in on before (it has a device token) and a device that is signed in have
//!   attempts of their own. This is the idea of OWASP's device cookies.
//! - Any other device shares the attempts for that address in its network, and all such devices of all networks together
//!   share more of them: one network can't use up what others need, and many networks don't multiply the guesses.
//!
//! Apart from that, failures are counted by network, whatever the address. A studio is one network, so this never
//! refuses a right password: a network with too many failures is only told so instead of "wrong", and may take less of
//! the queue.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use super::DeviceId;
use crate::http::Network;
use crate::rate_limiter::RateLimiter;

/// Attempts of one device, or of one network for one address.
const ATTEMPTS: u32 = 10;
/// Attempts for one address on unknown devices, whatever the network: what NIST SP 800-63B allows in a row.
const ATTEMPTS_PER_ADDRESS: u32 = 100;
/// How long it takes to regain an attempt.
const ATTEMPT_INTERVAL: Duration = Duration::from_secs(30);
/// Failures of one network, whatever the address.
const MAX_FAILURES: u32 = 100;
/// How long it takes to regain one of them.
const FAILURE_INTERVAL: Duration = Duration::from_secs(3);

/// See the module.
pub(crate) struct PasswordAttempts {
    in_network: RateLimiter<HashedKey>,
    of_address: RateLimiter<HashedKey>,
    of_device: RateLimiter<HashedKey>,
    failures: RateLimiter<Network>,
    /// Keyed anew by each process, so that nobody can find two addresses that are counted as one.
    hasher: RandomState,
}

/// A key of any length as one of a few bytes.
type HashedKey = u64;

/// Where an attempt comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AttemptOrigin<'a> {
    /// A device that is unknown to the account with this address, if there is one.
    UnknownDevice { address: &'a str, network: Network },
    /// A device with the token of this hash, which it got when its person signed in on it.
    KnownDevice(&'a str),
    /// A device that is signed in.
    SignedIn(DeviceId),
}

impl PasswordAttempts {
    pub(crate) fn new() -> Self {
        Self {
            in_network: RateLimiter::new(ATTEMPTS, ATTEMPT_INTERVAL),
            of_address: RateLimiter::new(ATTEMPTS_PER_ADDRESS, ATTEMPT_INTERVAL),
            of_device: RateLimiter::new(ATTEMPTS, ATTEMPT_INTERVAL),
            failures: RateLimiter::new(MAX_FAILURES, FAILURE_INTERVAL),
            hasher: RandomState::new(),
        }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// How long to wait for the next one, if none is left.
    pub(crate) fn take(&self, by: AttemptOrigin<'_>, now: Instant) -> Result<(), Duration> {
        match by {
            AttemptOrigin::UnknownDevice { address, network } => {
                // First its network's: a network that has used up its own takes nothing from the others.
                self.in_network.take(self.hasher.hash_one((address, network)), now)?;
                self.of_address.take(self.hasher.hash_one(address), now)
            }
            AttemptOrigin::KnownDevice(token) => self.of_device.take(self.hasher.hash_one(token), now),
            AttemptOrigin::SignedIn(device) => self.of_device.take(self.hasher.hash_one(device), now),
        }
    }

    /// Gives all attempts back: whoever knows the password is not guessing.
    pub(crate) fn reset(&self, by: AttemptOrigin<'_>, now: Instant) {
        match by {
            AttemptOrigin::UnknownDevice { address, network } => {
                self.in_network.reset(&self.hasher.hash_one((address, network)));
                // Only their own: others may be guessing at this address meanwhile.
                self.of_address.give_back(&self.hasher.hash_one(address), now);
            }
            AttemptOrigin::KnownDevice(token) => self.of_device.reset(&self.hasher.hash_one(token)),
            AttemptOrigin::SignedIn(device) => self.of_device.reset(&self.hasher.hash_one(device)),
        }
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// How long until the network has failed less, if it has failed too often.
    pub(crate) fn record_failure(&self, network: Network, now: Instant) -> Result<(), Duration> {
        self.failures.take(network, now)
    }

    /// Whether the network has failed too often of late.
    pub(crate) fn is_suspect(&self, network: Network, now: Instant) -> bool {
        self.failures.wait(&network, now).is_some()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn network(number: u8) -> Network {
        Network::of([192, 0, 2, number].into())
    }

    fn unknown(address: &str, number: u8) -> AttemptOrigin<'_> {
        AttemptOrigin::UnknownDevice { address, network: network(number) }
    }

    #[test]
    fn attempts_from_one_network_are_not_counted_against_others_or_known_devices() {
        let (attempts, now) = (PasswordAttempts::new(), Instant::now());
        for _ in 0..10 {
            assert_eq!(attempts.take(unknown("a@b.example", 1), now), Ok(()));
        }
        for _ in 0..1000 {
            assert_eq!(attempts.take(unknown("a@b.example", 1), now), Err(ATTEMPT_INTERVAL));
        }
        assert_eq!(attempts.take(unknown("c@d.example", 1), now), Ok(()), "another address");
        assert_eq!(attempts.take(unknown("a@b.example", 2), now), Ok(()), "another network");
        let device = DeviceId::from(Uuid::now_v7());
        for origin in [AttemptOrigin::KnownDevice("token"), AttemptOrigin::SignedIn(device)] {
            for _ in 0..10 {
                assert_eq!(attempts.take(origin, now), Ok(()));
            }
            assert_eq!(attempts.take(origin, now), Err(ATTEMPT_INTERVAL));
            attempts.reset(origin, now);
            assert_eq!(attempts.take(origin, now), Ok(()));
        }
    }

    #[test]
    fn many_networks_together_have_a_hundred_attempts_for_an_address() {
        let (attempts, now) = (PasswordAttempts::new(), Instant::now());
        let tries = (0..=255).filter(|number| attempts.take(unknown("a@b.example", *number), now).is_ok()).count();
        assert_eq!(tries, 100);
        assert_eq!(attempts.take(AttemptOrigin::KnownDevice("token"), now), Ok(()));
        let later = now + ATTEMPT_INTERVAL;
        assert_eq!(attempts.take(unknown("a@b.example", 1), later), Ok(()));
        attempts.reset(unknown("a@b.example", 1), later);
        assert_eq!(attempts.take(unknown("a@b.example", 2), later), Ok(()), "one was given back");
        assert!(attempts.take(unknown("a@b.example", 3), later).is_err(), "and one only");
    }

    #[test]
    fn a_network_is_suspect_after_a_hundred_failures_and_until_it_has_regained_one() {
        let (attempts, now) = (PasswordAttempts::new(), Instant::now());
        for _ in 0..100 {
            assert!(!attempts.is_suspect(network(1), now));
            assert_eq!(attempts.record_failure(network(1), now), Ok(()));
        }
        assert!(attempts.is_suspect(network(1), now) && !attempts.is_suspect(network(2), now));
        assert_eq!(attempts.record_failure(network(1), now), Err(FAILURE_INTERVAL));
        assert!(!attempts.is_suspect(network(1), now + FAILURE_INTERVAL));
    }
}
