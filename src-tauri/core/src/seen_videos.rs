//! The videos of the rounds that somebody has trained, remembered beside the sessions: of those a device keeps only the last
//! few, and whoever trains often would have the videos of a month.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use training::{Round, RoundStatus, Session, Timestamp, UserId, Video};

/// How many are remembered: more than the library of a studio has in use for one person.
const MOST: usize = 500;

/// See the module. The newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SeenVideos(Vec<SeenVideo>);

/// A video, and when the last session began that had it in a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SeenVideo {
    pub(crate) video: Video,
    pub(crate) at: Timestamp,
}

impl SeenVideos {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &SeenVideo> {
        self.0.iter()
    }

    /// With the videos of those sessions in which `me` is the athlete. `None` if nothing is new, as with nearly every event:
    /// then nothing is copied.
    pub(crate) fn with<'a>(&self, sessions: impl IntoIterator<Item = &'a Session>, me: UserId) -> Option<Self> {
        let own = sessions.into_iter().filter(|session| session.athlete.id == me);
        let seen = own.flat_map(|session| {
            let rounds = session.rounds.iter().filter(|round| round.status != RoundStatus::Draft);
            videos(rounds).map(|video| (video, session.started_at))
        });
        let is_new = |all: &[SeenVideo], video: &Video, at| {
            all.iter().find(|known| known.video.id == video.id).is_none_or(|known| known.at < at)
        };
        let mut changed: Option<Vec<SeenVideo>> = None;
        for (video, at) in seen {
            if is_new(changed.as_ref().unwrap_or(&self.0), video, at) {
                let all = changed.get_or_insert_with(|| self.0.clone());
                all.retain(|known| known.video.id != video.id);
                all.push(SeenVideo { video: video.clone(), at });
            }
        }
        let mut all = changed?;
        all.sort_by_key(|seen| Reverse(seen.at));
        all.truncate(MOST);
        (all != self.0).then_some(Self(all))
    }
}

/// The videos of these rounds.
pub(crate) fn videos<'a>(rounds: impl IntoIterator<Item = &'a Round>) -> impl Iterator<Item = &'a Video> {
    rounds.into_iter().flat_map(|round| &round.exercises).filter_map(|exercise| exercise.video.as_ref())
}
