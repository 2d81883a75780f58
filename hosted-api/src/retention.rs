//! How long the server keeps what it does not need for ever. One table of it is in `docs/operating.md`.
//!
//! Deliberately absent: what somebody deletes or has erased, which goes at once, and the log, which is the system's.

use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

/// How long each kind of thing is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events in feeds. A client that was away longer takes a new snapshot.
    pub feeds: Duration,
    /// A sign-in that is not used.
    pub sign_ins: Duration,
    /// Answers under idempotency keys: longer than an offline device stays signed in, so that whatever it resends when it
    /// is back is recognised.
    pub answers: Duration,
    /// A device that nobody signs in on: whoever stays signed in needs no other for months.
    pub known_devices: Duration,
    /// Entries of the audit log.
    pub audit: Duration,
    /// Uploads that nothing is added to, and files that nothing names.
    pub files: Duration,
    /// Files of other trackers that were read and not imported. What is imported can be taken back for 30 days, whatever is
    /// set: people are promised that.
    pub imports: Duration,
}

/// Times that don't fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRetention {
    /// An offline device could do something twice.
    #[error(
        "answers have to be kept for longer than a sign-in: a device that is back after {} days sends again what it did, \
         and it would be done twice (RINGSIDE_ANSWER_RETENTION_DAYS, RINGSIDE_SIGN_IN_RETENTION_DAYS)",
        .0.as_secs() / DAY.as_secs()
    )]
    Answers(Duration),
}

impl Retention {
    /// So many days.
    pub const fn days(days: u32) -> Duration {
        Duration::from_secs(days as u64 * DAY.as_secs())
    }

    /// Checks that the times fit together.
    ///
    /// # Errors
    /// [`BadRetention`] when they don't.
    pub fn check(&self) -> Result<(), BadRetention> {
        if self.answers > self.sign_ins { Ok(()) } else { Err(BadRetention::Answers(self.sign_ins)) }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            feeds: Self::days(30),
            sign_ins: Self::days(60),
            answers: Self::days(61),
            known_devices: Self::days(400),
            audit: Self::days(3 * 365),
            files: Self::days(7),
            imports: Self::days(7),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_outlives_every_sign_in() {
        assert_eq!(Retention::default().check(), Ok(()));
        let short = Retention { answers: Retention::days(60), ..Retention::default() };
        let refused = short.check().expect_err("a device that is back would do it twice");
        assert!(refused.to_string().contains("after 60 days"), "{refused}");
        let both = Retention { sign_ins: Retention::days(14), answers: Retention::days(15), ..Retention::default() };
        assert_eq!(both.check(), Ok(()));
    }
}
