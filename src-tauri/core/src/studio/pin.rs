//! PINs, and how long somebody who guesses has to wait.
//!
//! A PIN keeps the next person at the screen out, not a thief of the disk: four digits are found in a moment by whoever can
//! read their hash. That is the keyring's business, and the disk's.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How many digits a person's PIN has.
const OF_PERSON: RangeInclusive<usize> = 4..=4;
/// How many digits the studio's PIN has.
const OF_STUDIO: RangeInclusive<usize> = 4..=8;
/// How often in a row anybody may mistype before they have to wait.
const FREE: u32 = 3;
/// How long they wait then; twice as long after each further one.
const FIRST_WAIT: Duration = Duration::from_secs(30);
/// How long they wait at most: ten thousand PINs at this pace take more than a hundred days.
const LONGEST_WAIT: Duration = Duration::from_mins(15);

/// A PIN, as somebody types it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pin(String);

/// A text that is no PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a person's PIN has four digits, a studio's four to eight")]
pub(super) struct NotAPin;

impl Pin {
    /// The PIN of a person: four digits.
    pub(super) fn of_person(text: &str) -> Result<Self, NotAPin> {
        Self::of(text, OF_PERSON)
    }

    /// The PIN of a studio: four to eight digits.
    pub(super) fn of_studio(text: &str) -> Result<Self, NotAPin> {
        Self::of(text, OF_STUDIO)
    }

    fn of(text: &str, digits: RangeInclusive<usize>) -> Result<Self, NotAPin> {
        let is_pin = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_pin { Ok(Self(text.to_owned())) } else { Err(NotAPin) }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// A lock that a PIN opens, as it is kept on the disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lock {
    /// The PIN's argon2id hash, as a PHC string.
    hash: String,
    /// How often in a row it was not opened.
    #[serde(default)]
    wrong: u32,
    /// When it was tried last, by this machine's clock.
    #[serde(default)]
    tried_at: Option<Timestamp>,
}

impl Lock {
    /// A lock that `pin` opens. Takes a core and 19 MiB for a moment.
    ///
    /// # Errors
    /// When the hash function fails.
    pub(super) fn closed_with(pin: &Pin) -> Result<Self, Error> {
        let hash: PasswordHash = Argon2::default().hash_password(pin.0.as_bytes())?;
        Ok(Self { hash: hash.to_string(), wrong: 0, tried_at: None })
    }

    /// How long from `now` until it may be tried again; nothing: now.
    pub(super) fn closed_for(&self, now: Timestamp) -> Option<Duration> {
        let since = now.duration_since(self.tried_at?);
        let left = wait_after(self.wrong).saturating_sub(Duration::try_from(since).unwrap_or_default());
        (left > Duration::ZERO).then_some(left)
    }

    /// Takes it that it was tried at `now` at the latest: of a clock that was set back, or ahead by mistake before, nobody
    /// waits longer than once more.
    pub(super) fn set_clock(&mut self, now: Timestamp) {
        self.tried_at = self.tried_at.map(|tried_at| tried_at.min(now));
    }

    /// Notes a try before it is known how it ends: whoever pulls the plug then has tried all the same.
    pub(super) fn note_try(&mut self, now: Timestamp) {
        self.wrong = self.wrong.saturating_add(1);
        self.tried_at = Some(now);
    }

    /// Notes that it was opened.
    pub(super) fn note_opened(&mut self) {
        self.wrong = 0;
        self.tried_at = None;
    }

    /// Whether `pin` opens it. Takes as long as [`Lock::closed_with`].
    ///
    /// # Errors
    /// When what is kept is no hash.
    pub(super) fn is_opened_by(&self, pin: &Pin) -> Result<bool, Error> {
        let hash = PasswordHash::new(&self.hash).map_err(|_| Error::EncodingInvalid)?;
        match Argon2::default().verify_password(pin.0.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// How long somebody waits after so many wrong PINs in a row.
fn wait_after(wrong: u32) -> Duration {
    let Some(further) = wrong.checked_sub(FREE) else { return Duration::ZERO };
    FIRST_WAIT.saturating_mul(2_u32.saturating_pow(further)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).expect("a time")
    }

    fn lock() -> Lock {
        Lock::closed_with(&Pin::of_person("4711").expect("four digits")).expect("hashed")
    }

    #[test]
    fn a_person_s_pin_has_four_digits_and_a_studio_s_up_to_eight() {
        for text in ["", "123", "12a4", "１２３４", "12345", "-123", " 123"] {
            assert_eq!(Pin::of_person(text), Err(NotAPin), "{text:?}");
        }
        assert!(Pin::of_person("0000").is_ok());
        assert!(Pin::of_studio("12345678").is_ok());
        assert_eq!(Pin::of_studio("123456789"), Err(NotAPin));
        assert_eq!(Pin::of_studio("123"), Err(NotAPin));
    }

    #[test]
    fn a_lock_is_opened_by_its_own_pin_only_and_keeps_no_digit_of_it() {
        let lock = lock();
        assert_eq!(lock.is_opened_by(&Pin::of_person("4711").expect("a PIN")), Ok(true));
        assert_eq!(lock.is_opened_by(&Pin::of_person("4712").expect("a PIN")), Ok(false));
        assert!(lock.hash.starts_with("$argon2id$"));
        assert_eq!(format!("{:?}", Pin::of_person("4711")), "Ok(Pin(…))");
    }

    #[test]
    fn whoever_guesses_waits_twice_as_long_each_time_and_at_most_a_quarter_of_an_hour() {
        let waits: Vec<u64> = (0..12).map(|wrong| wait_after(wrong).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
        assert_eq!(wait_after(u32::MAX), LONGEST_WAIT);
    }

    #[test]
    fn the_wait_runs_out_and_ends_with_the_right_pin() {
        let mut lock = lock();
        for _ in 0..3 {
            assert_eq!(lock.closed_for(at(0)), None);
            lock.note_try(at(0));
        }
        assert_eq!(lock.closed_for(at(10)), Some(Duration::from_secs(20)));
        assert_eq!(lock.closed_for(at(30)), None);
        lock.note_opened();
        lock.note_try(at(31));
        assert_eq!(lock.closed_for(at(31)), None);
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_longer() {
        let mut lock = lock();
        for _ in 0..3 {
            lock.note_try(at(1_000_000));
        }
        lock.set_clock(at(0));
        assert_eq!(lock.closed_for(at(0)), Some(FIRST_WAIT));
        lock.set_clock(at(30));
        assert_eq!(lock.closed_for(at(30)), None);
    }
}
