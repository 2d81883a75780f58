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
//!
//! Attempts are counted by all servers of a database together, failures by each for itself. Anybody can make an attempt, and
//! each is counted in two rows of the database. So a server counts there only so many of one network and of all together;
//! the others it counts by itself, and refuses none for that: with several servers, whoever makes so many has as many
//! times the attempts, while the table keeps its bounds.

use std::time::{Duration, Instant};

use super::DeviceId;
use crate::http::Network;
use crate::rate_limiter::{Rate, RateLimiter};
use crate::shared_rate_limiter::{LimitError, SharedRateLimiter};
use crate::store::{Store, StoreError};

/// How long it takes to regain an attempt.
const ATTEMPT_INTERVAL: Duration = Duration::from_secs(30);
/// Attempts of one device, or of one network for one address.
const ATTEMPTS: Rate = Rate { capacity: 10, interval: ATTEMPT_INTERVAL };
/// Attempts for one address on unknown devices, whatever the network: what NIST SP 800-63B allows in a row.
const ATTEMPTS_FOR_ADDRESS: Rate = Rate { capacity: 100, interval: ATTEMPT_INTERVAL };
/// Failures of one network, whatever the address.
const FAILURES: Rate = Rate { capacity: 100, interval: Duration::from_secs(3) };

/// Attempts of one network on unknown devices that are counted in the database.
const COUNTED_OF_NETWORK: Rate = Rate { capacity: 100, interval: Duration::from_secs(3) };
/// The same, of all networks together.
const COUNTED_OF_ALL: Rate = Rate { capacity: 10_000, interval: Duration::from_millis(10) };

/// See the module.
pub(crate) struct PasswordAttempts {
    in_network: SharedRateLimiter,
    for_address: SharedRateLimiter,
    of_device: SharedRateLimiter,
    /// Of each server by itself: they refuse nothing.
    failures: RateLimiter<Network>,
    counted_of_network: RateLimiter<Network>,
    counted_of_all: RateLimiter<()>,
}

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
            in_network: SharedRateLimiter::new("password in network", ATTEMPTS),
            for_address: SharedRateLimiter::new("password for address", ATTEMPTS_FOR_ADDRESS),
            of_device: SharedRateLimiter::new("password of device", ATTEMPTS),
            failures: RateLimiter::new(FAILURES),
            counted_of_network: RateLimiter::new(COUNTED_OF_NETWORK),
            counted_of_all: RateLimiter::new(COUNTED_OF_ALL),
        }
    }

    /// Counts an attempt.
    ///
    /// # Errors
    /// [`LimitError`]: none is left, or they can't be counted.
    pub(crate) async fn take(&self, store: &Store, by: AttemptOrigin<'_>, now: Instant) -> Result<(), LimitError> {
        match by {
            AttemptOrigin::UnknownDevice { address, network } => {
                // First its network's: a network that has used up its own takes nothing from the others.
                let of_network = in_network(address, network);
                if store.is_shared() && !self.may_be_counted_in_database(network, now) {
                    self.in_network.take_here(&of_network, now)?;
                    return self.for_address.take_here(address, now);
                }
                let taken = self.in_network.take(store, &of_network, now).await;
                if taken.is_err() {
                    // It added no row.
                    self.counted_of_network.give_back(&network, now);
                    self.counted_of_all.give_back(&(), now);
                }
                taken?;
                self.for_address.take(store, address, now).await
            }
            AttemptOrigin::KnownDevice(token) => self.of_device.take(store, token, now).await,
            AttemptOrigin::SignedIn(device) => self.of_device.take(store, &device.to_string(), now).await,
        }
    }

    /// Whether there is room for another attempt of this network among those in the database.
    fn may_be_counted_in_database(&self, network: Network, now: Instant) -> bool {
        if self.counted_of_network.take(network, now).is_err() {
            return false;
        }
        let has_room = self.counted_of_all.take((), now).is_ok();
        if !has_room {
            self.counted_of_network.give_back(&network, now);
        }
        has_room
    }

    /// Gives all attempts back: whoever knows the password is not guessing.
    pub(crate) async fn reset(&self, store: &Store, by: AttemptOrigin<'_>, now: Instant) -> Result<(), StoreError> {
        match by {
            AttemptOrigin::UnknownDevice { address, network } => {
                self.in_network.reset(store, &in_network(address, network)).await?;
                // Only their own: others may be guessing at this address meanwhile.
                self.for_address.give_back(store, address, now).await
            }
            AttemptOrigin::KnownDevice(token) => self.of_device.reset(store, token).await,
            AttemptOrigin::SignedIn(device) => self.of_device.reset(store, &device.to_string()).await,
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

/// The key of one network's attempts for one address.
fn in_network(address: &str, network: Network) -> String {
    format!("{network} {address}")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::store::TestDatabase;

    fn network(number: u8) -> Network {
        Network::of([192, 0, 2, number].into())
    }

    fn unknown(address: &str, number: u8) -> AttemptOrigin<'_> {
        AttemptOrigin::UnknownDevice { address, network: network(number) }
    }

    /// Attempts with the database of a single server.
    struct Attempts {
        counted: PasswordAttempts,
        store: Store,
        _database: TestDatabase,
    }

    impl Attempts {
        async fn new() -> Self {
            let database = TestDatabase::sqlite();
            let store = Store::connect(&database.url()).await.expect("it opens");
            Self { counted: PasswordAttempts::new(), store, _database: database }
        }

        /// How long to wait for an attempt; none if there is one.
        async fn take(&self, by: AttemptOrigin<'_>, now: Instant) -> Option<Duration> {
            match self.counted.take(&self.store, by, now).await {
                Ok(()) => None,
                Err(LimitError::Exhausted(wait)) => Some(wait),
                Err(LimitError::Store(error)) => panic!("{error}"),
            }
        }

        async fn reset(&self, by: AttemptOrigin<'_>, now: Instant) {
            self.counted.reset(&self.store, by, now).await.expect("they are given back");
        }
    }

    #[tokio::test]
    async fn attempts_from_one_network_are_not_counted_against_others_or_known_devices() {
        let (attempts, now) = (Attempts::new().await, Instant::now());
        for _ in 0..10 {
            assert_eq!(attempts.take(unknown("a@b.example", 1), now).await, None);
        }
        for _ in 0..1000 {
            assert_eq!(attempts.take(unknown("a@b.example", 1), now).await, Some(ATTEMPT_INTERVAL));
        }
        assert_eq!(attempts.take(unknown("c@d.example", 1), now).await, None, "another address");
        assert_eq!(attempts.take(unknown("a@b.example", 2), now).await, None, "another network");
        let device = DeviceId::from(Uuid::now_v7());
        for origin in [AttemptOrigin::KnownDevice("token"), AttemptOrigin::SignedIn(device)] {
            for _ in 0..10 {
                assert_eq!(attempts.take(origin, now).await, None);
            }
            assert_eq!(attempts.take(origin, now).await, Some(ATTEMPT_INTERVAL));
            attempts.reset(origin, now).await;
            assert_eq!(attempts.take(origin, now).await, None);
        }
    }

    #[tokio::test]
    async fn many_networks_together_have_a_hundred_attempts_for_an_address() {
        let (attempts, now) = (Attempts::new().await, Instant::now());
        let mut taken = 0;
        for number in 0..=255 {
            taken += u32::from(attempts.take(unknown("a@b.example", number), now).await.is_none());
        }
        assert_eq!(taken, 100);
        assert_eq!(attempts.take(AttemptOrigin::KnownDevice("token"), now).await, None);
        let later = now + ATTEMPT_INTERVAL;
        assert_eq!(attempts.take(unknown("a@b.example", 1), later).await, None);
        attempts.reset(unknown("a@b.example", 1), later).await;
        assert_eq!(attempts.take(unknown("a@b.example", 2), later).await, None, "one was given back");
        assert!(attempts.take(unknown("a@b.example", 3), later).await.is_some(), "and one only");
    }

    #[test]
    fn a_network_is_suspect_after_a_hundred_failures_and_until_it_has_regained_one() {
        let (attempts, now) = (PasswordAttempts::new(), Instant::now());
        for _ in 0..100 {
            assert!(!attempts.is_suspect(network(1), now));
            assert_eq!(attempts.record_failure(network(1), now), Ok(()));
        }
        assert!(attempts.is_suspect(network(1), now) && !attempts.is_suspect(network(2), now));
        assert_eq!(attempts.record_failure(network(1), now), Err(FAILURES.interval));
        assert!(!attempts.is_suspect(network(1), now + FAILURES.interval));
    }
}
