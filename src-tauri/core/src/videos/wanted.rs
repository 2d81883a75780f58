//! Which videos a profile keeps on the disk, and which it may read.

use std::collections::HashSet;

use training::wire::Account;
use training::{Exercise, Round, RoundStatus, Session, Timestamp, Video, VideoId};

use crate::documents::DocumentMap;
use crate::seen_videos::{SeenVideos, videos};

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
/// last 90 days, newest first, also of those sessions that are no longer kept. Whoever trains others asks for each.
pub(crate) fn wanted(documents: &DocumentMap, seen: &SeenVideos, me: &Account, now: Timestamp) -> Vec<Wanted> {
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
    let of_seen = seen.iter().filter(|seen| seen.at.as_millisecond() >= since);
    let of_seen = of_seen.map(|seen| Wanted { video: seen.video.clone(), is_at_hand: false });
    let mut known = HashSet::new();
    of_rounds(true).chain(of_rounds(false)).chain(of_seen).filter(|wanted| known.insert(wanted.video.id)).collect()
}

/// The video with this id, if the documents name it. They hold what their person may see: their sessions and, for
/// trainers and admins, the studio's library. What they have seen in sessions that are no longer kept they may see again.
pub(crate) fn is_known(documents: &DocumentMap, seen: &SeenVideos, id: VideoId) -> Option<Video> {
    let of_exercises = documents.all::<Exercise>().filter_map(|exercise| exercise.video.as_ref());
    let of_rounds = documents.all::<Session>().flat_map(|session| videos(&session.rounds));
    let of_seen = seen.iter().map(|seen| &seen.video);
    of_exercises.chain(of_rounds).chain(of_seen).find(|video| video.id == id).cloned()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use training::Document;
    use uuid::Uuid;

    use super::*;
    use crate::mock_server::{mira, video};

    const NOW: &str = "2026-11-30T12:00:00Z";

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn round(number: u128, status: &str) -> Value {
        let video = Video { id: id(number).into(), ..video(1) };
        let exercise = json!({ "id": id(number), "exercise_id": id(5), "name": "Squat", "fields": ["reps"],
            "video": video, "position": 0, "planned": {}, "trainer_notes": null, "actual": null, "feedback": null });
        json!({ "id": id(number), "session_id": id(1), "number": 1, "status": status, "is_final": false,
            "rest_after_s": null, "released_at": null, "started_at": null, "completed_at": null,
            "exercises": [exercise], "version": 1 })
    }

    fn session(number: u128, status: &str, started_at: &str, athlete: u128, rounds: &[Value]) -> Document {
        let session: Session = serde_json::from_value(json!({
            "id": id(number), "status": status, "athlete": { "id": id(athlete), "name": "Jonas" }, "trainer": null,
            "started_at": started_at, "joined_at": null, "ended_at": null, "cancelled_by": null, "cancel_reason": null,
            "rounds": rounds, "version": 1 }))
        .expect("a session");
        session.into()
    }

    fn documents(all: impl IntoIterator<Item = Document>) -> DocumentMap {
        let mut documents = DocumentMap::default();
        all.into_iter().for_each(|document| documents.put(document));
        documents
    }

    fn wanted_ids(documents: &DocumentMap, me: u128) -> Vec<(u128, bool)> {
        let me = Account { id: id(me).into(), ..serde_json::from_value(mira()).expect("an account") };
        let now: Timestamp = serde_json::from_value(json!(NOW)).expect("a time");
        wanted(documents, &SeenVideos::default(), &me, now)
            .iter()
            .map(|wanted| (wanted.video.id.0.as_u128(), wanted.is_at_hand))
            .collect()
    }

    #[test]
    fn an_athlete_keeps_the_videos_of_90_days_and_first_those_of_the_round_at_hand() {
        let documents = documents([
            session(101, "completed", "2026-08-20T12:00:00Z", 8, &[round(1, "completed")]),
            session(102, "completed", "2026-09-20T12:00:00Z", 8, &[round(2, "completed")]),
            session(103, "completed", "2026-10-20T12:00:00Z", 8, &[round(3, "completed"), round(2, "completed")]),
            session(
                104,
                "active",
                NOW,
                8,
                &[round(4, "completed"), round(5, "released"), round(6, "draft"), round(3, "active")],
            ),
        ]);
        assert_eq!(wanted_ids(&documents, 8), [(3, true), (5, true), (4, false), (2, false)]);
    }

    #[test]
    fn a_trainer_keeps_no_video_of_a_session_they_lead() {
        let documents = documents([session(101, "active", NOW, 8, &[round(1, "released")])]);
        assert_eq!(wanted_ids(&documents, 9), []);
    }

    #[test]
    fn a_video_is_known_if_a_round_or_an_exercise_names_it() {
        let squat: Exercise = serde_json::from_value(json!({ "id": id(5), "name": "Squat", "category": "legs",
            "fields": ["reps"], "video": Video { id: id(50).into(), ..video(1) }, "archived": false, "version": 1 }))
        .expect("an exercise");
        let of_session = session(101, "completed", "2020-01-01T12:00:00Z", 8, &[round(1, "completed")]);
        let documents = documents([of_session, squat.into()]);
        for known in [1, 50] {
            assert_eq!(
                is_known(&documents, &SeenVideos::default(), id(known).into()).map(|video| video.id),
                Some(id(known).into())
            );
        }
        assert_eq!(is_known(&documents, &SeenVideos::default(), id(2).into()), None);
    }
}
