//! How many passwords may be tried, and by whom.
//!
//! A try is counted *before* its password is checked, so that many at once can't slip through. Who tries decides what
//! it is counted against, so that a stranger who guesses uses up nothing of the person's own:
//!
//! - A device that the person has signed in on before (it has a device token) and a device that is signed in have tries
//!   of their own. This is the idea of OWASP's device cookies.
//! - Any other device shares the tries for that address in its network, and all such devices of all networks together
//!   share more of them: one network can't use up what others need, and many networks don't multiply the guesses.
//!
//! Apart from that, failures are counted by network, whatever the address. A studio is one network, so this never
//! refuses a right password: a network with too many failures is only told so instead of "wrong", and may take less of
//! the queue.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use super::DeviceId;
use crate::allowance::Allowance;
use crate::http::Network;

/// Tries of one device, or of one network for one address.
const TRIES: u32 = 10;
/// Tries for one address on unknown devices, whatever the network: what NIST SP 800-63B allows in a row.
const TRIES_OF_ADDRESS: u32 = 100;
/// How long it takes to regain a try.
const REGAINED_IN: Duration = Duration::from_secs(30);
/// Failures of one network, whatever the address.
const FAILURES: u32 = 100;
/// How long it takes to regain one of them.
const FAILURE_REGAINED_IN: Duration = Duration::from_secs(3);

/// See the module.
pub(crate) struct Guesses {
    in_network: Allowance<Hashed>,
    of_address: Allowance<Hashed>,
    of_device: Allowance<Hashed>,
    failures: Allowance<Network>,
    /// Keyed anew by each process, so that nobody can find two addresses that are counted as one.
    keys: RandomState,
}

/// A key of any length as one of a few bytes.
type Hashed = u64;

/// Who tries a password.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Guesser<'a> {
    /// A device that is unknown to the account with this address, if there is one.
    Unknown { address: &'a str, network: Network },
    /// A device with the token of this hash, which it got when its person signed in on it.
    Known(&'a str),
    /// A device that is signed in.
    SignedIn(DeviceId),
}

impl Guesses {
    pub(crate) fn new() -> Self {
        Self {
            in_network: Allowance::new(TRIES, REGAINED_IN),
            of_address: Allowance::new(TRIES_OF_ADDRESS, REGAINED_IN),
            of_device: Allowance::new(TRIES, REGAINED_IN),
            failures: Allowance::new(FAILURES, FAILURE_REGAINED_IN),
            keys: RandomState::new(),
        }
    }

    /// Takes a try.
    ///
    /// # Errors
    /// How long to wait for the next one, if none is left.
    pub(crate) fn take(&self, by: Guesser<'_>, now: Instant) -> Result<(), Duration> {
        match by {
            Guesser::Unknown { address, network } => {
                // First its network's: a network that has used up its own takes nothing from the others.
                self.in_network.take(self.keys.hash_one((address, network)), now)?;
                self.of_address.take(self.keys.hash_one(address), now)
            }
            Guesser::Known(token) => self.of_device.take(self.keys.hash_one(token), now),
            Guesser::SignedIn(device) => self.of_device.take(self.keys.hash_one(device), now),
        }
    }

    /// Gives all tries back: whoever knows the password is not guessing.
    pub(crate) fn forgive(&self, by: Guesser<'_>, now: Instant) {
        match by {
            Guesser::Unknown { address, network } => {
                self.in_network.refill(&self.keys.hash_one((address, network)));
                // Only their own: others may be guessing at this address meanwhile.
                self.of_address.give_back(&self.keys.hash_one(address), now);
            }
            Guesser::Known(token) => self.of_device.refill(&self.keys.hash_one(token)),
            Guesser::SignedIn(device) => self.of_device.refill(&self.keys.hash_one(device)),
        }
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// How long until the network has failed less, if it has failed too often.
    pub(crate) fn failed(&self, network: Network, now: Instant) -> Result<(), Duration> {
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

    fn unknown(address: &str, number: u8) -> Guesser<'_> {
        Guesser::Unknown { address, network: network(number) }
    }

    #[test]
    fn one_network_s_guesses_leave_the_others_and_the_known_devices_theirs() {
        let (guesses, now) = (Guesses::new(), Instant::now());
        for _ in 0..10 {
            assert_eq!(guesses.take(unknown("a@b.example", 1), now), Ok(()));
        }
        for _ in 0..1000 {
            assert_eq!(guesses.take(unknown("a@b.example", 1), now), Err(REGAINED_IN));
        }
        assert_eq!(guesses.take(unknown("c@d.example", 1), now), Ok(()), "another address");
        assert_eq!(guesses.take(unknown("a@b.example", 2), now), Ok(()), "another network");
        let device = DeviceId::from(Uuid::now_v7());
        for guesser in [Guesser::Known("token"), Guesser::SignedIn(device)] {
            for _ in 0..10 {
                assert_eq!(guesses.take(guesser, now), Ok(()));
            }
            assert_eq!(guesses.take(guesser, now), Err(REGAINED_IN));
            guesses.forgive(guesser, now);
            assert_eq!(guesses.take(guesser, now), Ok(()));
        }
    }

    #[test]
    fn many_networks_together_have_a_hundred_guesses_at_an_address() {
        let (guesses, now) = (Guesses::new(), Instant::now());
        let tries = (0..=255).filter(|number| guesses.take(unknown("a@b.example", *number), now).is_ok()).count();
        assert_eq!(tries, 100);
        assert_eq!(guesses.take(Guesser::Known("token"), now), Ok(()));
        let later = now + REGAINED_IN;
        assert_eq!(guesses.take(unknown("a@b.example", 1), later), Ok(()));
        guesses.forgive(unknown("a@b.example", 1), later);
        assert_eq!(guesses.take(unknown("a@b.example", 2), later), Ok(()), "one was given back");
        assert!(guesses.take(unknown("a@b.example", 3), later).is_err(), "and one only");
    }

    #[test]
    fn a_network_is_suspect_after_a_hundred_failures_and_until_it_has_regained_one() {
        let (guesses, now) = (Guesses::new(), Instant::now());
        for _ in 0..100 {
            assert!(!guesses.is_suspect(network(1), now));
            assert_eq!(guesses.failed(network(1), now), Ok(()));
        }
        assert!(guesses.is_suspect(network(1), now) && !guesses.is_suspect(network(2), now));
        assert_eq!(guesses.failed(network(1), now), Err(FAILURE_REGAINED_IN));
        assert!(!guesses.is_suspect(network(1), now + FAILURE_REGAINED_IN));
    }
}
