//! Sessions that are entered afterwards, while it is not known whether the server has them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use training::{SessionRecord, UserId};
use uuid::Uuid;

/// Remembers the last session that was sent without an answer. Sent again as it is, it has the same idempotency key and is
/// entered once; changed, or after a refusal, it is another one.
#[derive(Debug, Default)]
pub(crate) struct Recordings {
    unanswered: Mutex<Option<Recording>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Recording {
    key: Uuid,
    athlete: UserId,
    session: SessionRecord,
}

impl Recordings {
    /// The idempotency key to send this session with: `new`, unless it was sent before and no answer has come.
    pub(crate) fn key_for(&self, athlete: UserId, session: &SessionRecord, new: Uuid) -> Uuid {
        let mut unanswered = self.lock();
        if let Some(sent) = unanswered.as_ref().filter(|sent| sent.athlete == athlete && sent.session == *session) {
            return sent.key;
        }
        *unanswered = Some(Recording { key: new, athlete, session: session.clone() });
        new
    }

    /// Records that the server has answered what was sent with this key, whether it took it or not.
    pub(crate) fn note_answered(&self, key: Uuid) {
        self.lock().take_if(|sent| sent.key == key);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Recording>> {
        self.unanswered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use training::Timestamp;

    use super::*;

    fn session(minutes: i64) -> SessionRecord {
        let at = |minute: i64| Timestamp::from_millisecond(minute * 60_000).expect("an instant");
        SessionRecord { started_at: at(0), ended_at: at(minutes), rounds: Vec::new() }
    }

    fn number(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    #[test]
    fn a_session_that_is_sent_again_without_an_answer_has_the_same_key() {
        let (recordings, athlete) = (Recordings::default(), UserId(number(9)));
        assert_eq!(recordings.key_for(athlete, &session(60), number(1)), number(1));
        assert_eq!(recordings.key_for(athlete, &session(60), number(2)), number(1));
        assert_eq!(recordings.key_for(athlete, &session(45), number(3)), number(3), "another session");
        assert_eq!(recordings.key_for(UserId(number(8)), &session(45), number(4)), number(4), "somebody else's");
    }

    #[test]
    fn a_session_that_is_sent_again_after_an_answer_has_a_new_key() {
        let (recordings, athlete) = (Recordings::default(), UserId(number(9)));
        recordings.key_for(athlete, &session(60), number(1));
        recordings.note_answered(number(5));
        assert_eq!(recordings.key_for(athlete, &session(60), number(2)), number(1), "the answer was to another");
        recordings.note_answered(number(1));
        assert_eq!(recordings.key_for(athlete, &session(60), number(3)), number(3));
    }
}
