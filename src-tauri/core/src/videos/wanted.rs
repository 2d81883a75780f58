//! Which videos a profile keeps on the disk, and which it may read.

use std::collections::HashSet;

use training::wire::Account;
use training::{Exercise, Round, RoundStatus, Session, Timestamp, Video, VideoId};

use crate::documents::DocumentMap;

/// Videos of sessions that began longer ago are not kept.
const KEPT_FOR_DAYS: i64 = 90;

/// A video to keep on the disk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    pub(crate) video: Video,
    /// Whether its round is in front of the person.
    pub(crate) is_at_hand: bool,
}

/// The videos that `me` keeps, the most urgent first: those of the round at hand, then those of their own sessions of the
/// last 90 days, newest first. Whoever trains others asks for each.
pub(crate) fn wanted(documents: &DocumentMap, me: &Account, now: Timestamp) -> Vec<Wanted> {
    let since = now.as_millisecond() - KEPT_FOR_DAYS * 24 * 60 * 60 * 1000;
    let is_kept = |session: &&Session| {
        session.athlete.id == me.id && (session.status.is_open() || session.started_at.as_millisecond() >= since)
    };
    // Ids sort by creation time.
    let sessions: Vec<&Session> = documents.all::<Session>().rev().filter(is_kept).collect();
    let of_rounds = |at_hand: bool| {
        let rounds = sessions.iter().flat_map(move |session| {
            let is_open = session.status.is_open();
            let is_meant =
                move |round: &&Round| round.status != RoundStatus::Draft && (is_open && round.is_out()) == at_hand;
            session.rounds.iter().rev().filter(is_meant)
        });
        videos(rounds).map(move |video| Wanted { video: video.clone(), is_at_hand: at_hand })
    };
    let mut known = HashSet::new();
    of_rounds(true).chain(of_rounds(false)).filter(|wanted| known.insert(wanted.video.id)).collect()
}

/// The video with this id, if the documents name it. They hold what their person may see: their sessions and, for
/// trainers and admins, the studio's library.
pub(crate) fn is_known(documents: &DocumentMap, id: VideoId) -> Option<Video> {
    let of_exercises = documents.all::<Exercise>().filter_map(|exercise| exercise.video.as_ref());
    let of_rounds = documents.all::<Session>().flat_map(|session| videos(&session.rounds));
    of_exercises.chain(of_rounds).find(|video| video.id == id).cloned()
}

fn videos<'a>(rounds: impl IntoIterator<Item = &'a Round>) -> impl Iterator<Item = &'a Video> {
    rounds.into_iter().flat_map(|round| &round.exercises).filter_map(|exercise| exercise.video.as_ref())
}
