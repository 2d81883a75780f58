//! PINs, and how long entry is locked after wrong ones.
//!
//! A PIN keeps members apart. It does not stop a thief of the disk: whoever can read the hash of four digits finds them in
//! a moment. That is for the keyring and disk encryption.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many digits a member's PIN has.
pub(crate) const MEMBER_DIGITS: RangeInclusive<usize> = 4..=4;
/// How many digits the studio's PIN has.
pub(crate) const STUDIO_DIGITS: RangeInclusive<usize> = 4..=8;
/// How many wrong PINs in a row lock entry.
const ATTEMPTS_BEFORE_LOCK: u32 = 3;
/// How long entry is locked then. Each further wrong PIN doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// The longest lock. At this rate, trying all ten thousand PINs takes more than a hundred days.
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// A PIN as typed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Pin(String);

/// The text is not a PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a member's PIN has four digits, the studio's four to eight")]
pub(crate) struct NotAPin;

impl Pin {
    /// A member's PIN: four digits.
    pub(crate) fn of_member(text: &str) -> Result<Self, NotAPin> {
        Self::parse(text, MEMBER_DIGITS)
    }

    /// The studio's PIN: four to eight digits.
    pub(crate) fn of_studio(text: &str) -> Result<Self, NotAPin> {
        Self::parse(text, STUDIO_DIGITS)
    }

    fn parse(text: &str, digits: RangeInclusive<usize>) -> Result<Self, NotAPin> {
        let is_pin = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_pin { Ok(Self(text.to_owned())) } else { Err(NotAPin) }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// The hash of a PIN with its failed attempts, as stored on disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PinLock {
    /// The PIN's argon2id hash, as a PHC string.
    hash: String,
    /// The number of failed attempts in a row.
    #[serde(default, rename = "wrong")]
    failed_attempts: u32,
    /// The time of the last attempt, by this machine's clock.
    #[serde(default, rename = "tried_at")]
    last_attempt_at: Option<Timestamp>,
}

impl PinLock {
    /// Hashes `pin`. Takes a core and 19 MiB for a moment.
    ///
    /// # Errors
    /// When the hash function fails.
    pub(crate) fn new(pin: &Pin) -> Result<Self, Error> {
        let hash: PasswordHash = Argon2::default().hash_password(pin.0.as_bytes())?;
        Ok(Self { hash: hash.to_string(), failed_attempts: 0, last_attempt_at: None })
    }

    /// How much longer entry is locked, if it is.
    pub(crate) fn locked_for(&self, now: Timestamp) -> Option<Duration> {
        let since = now.duration_since(self.last_attempt_at?);
        let left = wait_after(self.failed_attempts).saturating_sub(Duration::try_from(since).unwrap_or_default());
        (left > Duration::ZERO).then_some(left)
    }

    /// Moves a last attempt in the future to `now`. After the clock was set back, nobody waits longer than one full lock.
    pub(crate) fn clamp_last_attempt(&mut self, now: Timestamp) {
        self.last_attempt_at = self.last_attempt_at.map(|at| at.min(now));
    }

    /// Counts an attempt as failed before its outcome is known, so that cutting the power does not undo it.
    pub(crate) fn record_attempt(&mut self, now: Timestamp) {
        self.failed_attempts = self.failed_attempts.saturating_add(1);
        self.last_attempt_at = Some(now);
    }

    /// Forgets the failed attempts after a right PIN.
    pub(crate) fn reset(&mut self) {
        self.failed_attempts = 0;
        self.last_attempt_at = None;
    }

    /// Whether `pin` is the right one. Takes as long as [`PinLock::new`].
    ///
    /// # Errors
    /// When the stored hash is invalid.
    pub(crate) fn matches(&self, pin: &Pin) -> Result<bool, Error> {
        let hash = PasswordHash::new(&self.hash).map_err(|_| Error::EncodingInvalid)?;
        match Argon2::default().verify_password(pin.0.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// How long entry is locked after so many wrong PINs in a row.
fn wait_after(failed_attempts: u32) -> Duration {
    let Some(further) = failed_attempts.checked_sub(ATTEMPTS_BEFORE_LOCK) else { return Duration::ZERO };
    FIRST_WAIT.saturating_mul(2_u32.saturating_pow(further)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a time")
    }

    fn lock() -> PinLock {
        PinLock::new(&Pin::of_member("4711").expect("four digits")).expect("hashed")
    }

    #[test]
    fn a_member_s_pin_has_four_digits_and_the_studio_s_four_to_eight() {
        for text in ["", "123", "12a4", "１２３４", "12345", "-123", " 123"] {
            assert_eq!(Pin::of_member(text), Err(NotAPin), "{text:?}");
        }
        assert!(Pin::of_member("0000").is_ok());
        assert!(Pin::of_studio("12345678").is_ok());
        assert_eq!(Pin::of_studio("123456789"), Err(NotAPin));
        assert_eq!(Pin::of_studio("123"), Err(NotAPin));
    }

    #[test]
    fn only_the_right_pin_matches_and_no_digit_of_it_is_stored() {
        let lock = lock();
        assert_eq!(lock.matches(&Pin::of_member("4711").expect("a PIN")), Ok(true));
        assert_eq!(lock.matches(&Pin::of_member("4712").expect("a PIN")), Ok(false));
        assert!(lock.hash.starts_with("$argon2id$"));
        assert_eq!(format!("{:?}", Pin::of_member("4711")), "Ok(Pin(…))");
    }

    #[test]
    fn the_lock_doubles_with_each_wrong_pin_up_to_fifteen_minutes() {
        let waits: Vec<u64> = (0..12).map(|attempts| wait_after(attempts).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
    }

    #[test]
    fn the_lock_expires_and_the_right_pin_resets_it() {
        let mut lock = lock();
        for _ in 0..3 {
            assert_eq!(lock.locked_for(at(0)), None);
            lock.record_attempt(at(0));
        }
        assert_eq!(lock.locked_for(at(10)), Some(Duration::from_secs(20)));
        assert_eq!(lock.locked_for(at(30)), None);
        lock.reset();
        lock.record_attempt(at(31));
        assert_eq!(lock.locked_for(at(31)), None);
    }

    #[test]
    fn setting_the_clock_back_does_not_extend_the_lock() {
        let mut lock = lock();
        for _ in 0..3 {
            lock.record_attempt(at(1_000_000));
        }
        lock.clamp_last_attempt(at(0));
        assert_eq!(lock.locked_for(at(0)), Some(FIRST_WAIT));
        lock.clamp_last_attempt(at(30));
        assert_eq!(lock.locked_for(at(30)), None);
    }
}
