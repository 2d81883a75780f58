//! The rules of an exercise's video.

mod common;

use common::{Studio, exercise, jonas, library, plan, plan_of};
use training::library::{ExerciseState, set_video};
use training::{Command, Context, Exercise, ExerciseId, Refusal, Round, Session, SessionEvent, Video, VideoId, decide};
use uuid::Uuid;

fn video(number: u128) -> Video {
    Video {
        id: VideoId(Uuid::from_u128(number)),
        size_bytes: 4_096,
        duration_s: 2.5,
        width: 160,
        height: 90,
        media_type: "video/mp4".to_owned(),
        has_poster: true,
    }
}

/// Decides while the exercises of the library have this video.
fn decide_with(session: &Session, command: Command, video: Option<&Video>) -> Vec<SessionEvent> {
    let (mut studio, mut ids) = (Studio::default(), 5_000);
    let exercise = |id: ExerciseId| library(id).map(|exercise| Exercise { video: video.cloned(), ..exercise });
    let mut new_id = || {
        ids += 1;
        Uuid::from_u128(ids)
    };
    let mut context = Context { at: studio.now(), new_id: &mut new_id, exercise: &exercise, last: &|_| None };
    decide(session, command, &jonas(), &mut context).expect("it is allowed")
}

fn saved_round(events: &[SessionEvent]) -> &Round {
    events.last().and_then(|event| event.change.round()).expect("a round was saved")
}

#[test]
fn a_round_keeps_the_video_its_exercise_had_when_it_was_saved() {
    let mut studio = Studio::default();
    let mut session = studio.joined();
    let add = Command::AddRound { plan: plan(&[1]), release: false };
    let events = decide_with(&session, add, Some(&video(1)));
    let round = saved_round(&events).clone();
    assert_eq!(round.exercises[0].video, Some(video(1)));
    session.rounds.push(round.clone());

    let released = decide_with(&session, Command::ReleaseRound(round.id), Some(&video(2)));
    assert_eq!(saved_round(&released).exercises[0].video, Some(video(1)), "nothing was planned anew");
    let edit = Command::EditRound { round: round.id, version: round.version, plan: plan_of(&round), release: false };
    let edited = decide_with(&session, edit, Some(&video(2)));
    assert_eq!(saved_round(&edited).exercises[0].video, Some(video(2)), "as its name, from the library of then");
}

#[test]
fn a_video_is_set_and_removed_on_the_current_version_only() {
    let squat = library(exercise(1)).expect("it is in the library");
    let on = |exercise, version| ExerciseState { exercise, based_on: Some(version) };
    assert_eq!(set_video(on(&squat, 7), Some(video(1))), Err(Refusal::VersionMismatch));
    let filmed = set_video(on(&squat, 1), Some(video(1))).expect("it is set");
    assert_eq!((filmed.video.as_ref(), filmed.version), (Some(&video(1)), 2));
    let without = set_video(on(&filmed, 2), None).expect("it is removed");
    assert_eq!((without.video.as_ref(), without.version), (None, 3));
    assert_eq!(set_video(on(&without, 3), None), Ok(without.clone()), "there is none to remove");
}
