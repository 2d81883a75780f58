//! Which of a trainer's athletes are there, as the present stream says. Kept in memory only.

use std::collections::{BTreeMap, BTreeSet};

use training::wire::Presence;
use training::{Timestamp, UserId};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct KnownPresence {
    known: BTreeMap<UserId, Presence>,
    /// Those who were there on the stream before, and of whom the present one has not said so yet.
    unconfirmed: BTreeSet<UserId>,
}

impl KnownPresence {
    /// A new stream begins, and will say at once who is there.
    pub(super) fn begin_announcement(&mut self) {
        let online = self.known.values().filter(|presence| presence.online);
        self.unconfirmed = online.map(|presence| presence.athlete_id).collect();
    }

    /// What the stream says; returns whether it is news.
    pub(super) fn note(&mut self, presence: Presence) -> bool {
        self.unconfirmed.remove(&presence.athlete_id);
        self.known.insert(presence.athlete_id, presence) != Some(presence)
    }

    /// The stream has said who is there, so the others are not; returns who has gone since the stream before, at `at` as
    /// far as is known.
    pub(super) fn end_announcement(&mut self, at: Timestamp) -> Vec<Presence> {
        let gone: Vec<Presence> = std::mem::take(&mut self.unconfirmed)
            .into_iter()
            .map(|athlete_id| Presence { athlete_id, online: false, since: at })
            .collect();
        self.known.extend(gone.iter().map(|presence| (presence.athlete_id, *presence)));
        gone
    }

    /// Everything that is known.
    pub(super) fn all(&self) -> impl Iterator<Item = Presence> {
        self.known.values().copied()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn is(number: u128, online: bool, second: i64) -> Presence {
        let since = Timestamp::from_millisecond(second * 1_000).expect("an instant");
        Presence { athlete_id: UserId(Uuid::from_u128(number)), online, since }
    }

    #[test]
    fn who_is_not_named_by_the_next_stream_has_gone_meanwhile() {
        let mut known = KnownPresence::default();
        for presence in [is(1, true, 1), is(2, true, 1), is(3, false, 1)] {
            assert!(known.note(presence));
        }
        known.begin_announcement();
        assert!(!known.note(is(1, true, 1)), "it is known");
        assert!(
            known.all().all(|presence| presence != is(2, false, 9)),
            "not before the stream has had time to say so"
        );
        assert_eq!(known.end_announcement(is(2, false, 9).since), [is(2, false, 9)]);
        assert_eq!(known.end_announcement(is(2, false, 10).since), [], "once");
        assert_eq!(known.all().collect::<Vec<_>>(), [is(1, true, 1), is(2, false, 9), is(3, false, 1)]);
    }
}
