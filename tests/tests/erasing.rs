//! A person is erased while the devices of others have something of them: each forgets, also one that was offline. The
//! real server, real cores, and then every byte on every disk.

use std::path::{Path, PathBuf};

use ringside_core::bridge::{NotesCalls, SessionCalls};
use serde_json::json;
use system_tests::{Device, Failure, Person, Proxy, Server};
use training::{ExerciseReport, Round, RoundStatus, Timestamp};

/// What the athlete writes, and what the trainer writes about them.
const FEEDBACK: &str = "the left hip clicks";
const NOTE: &str = "she dislikes burpees";
/// What stands beside a weight, and in a file that they bring along.
const WEIGHT_NOTE: &str = "after the wedding";
const SET_NOTE: &str = "grip slipped on the towel";
const OWN_EXERCISE: &str = "rope of uncle bert";

/// The files below a directory in which one of these texts is.
fn files_with(directory: &Path, texts: &[&str]) -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![directory.to_owned()], Vec::new());
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).expect("readable").map(|entry| entry.expect("an entry").path()));
            continue;
        }
        // A log may be gone by now.
        let bytes = std::fs::read(&path).unwrap_or_default();
        let has = |text: &&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        if texts.iter().any(has) {
            found.push(path);
        }
    }
    found
}

fn reports(round: &Round) -> Vec<ExerciseReport> {
    let report = |item: &training::RoundExercise| ExerciseReport {
        id: item.id,
        effort: 7,
        pain: false,
        pain_regions: Vec::new(),
        note: Some(FEEDBACK.to_owned()),
        actual: None,
    };
    round.exercises.iter().map(report).collect()
}

/// A weight with a note, and a file with an exercise of their own that is stored.
async fn bring_along(athlete: &Device, id: &str, now: Timestamp) -> Result<(), Failure> {
    let weight = json!({ "weight_kg": 83.1, "at": now, "note": WEIGHT_NOTE });
    athlete.post_with(&format!("/v1/athletes/{id}/weights"), weight).await?;
    let file = format!(
        "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE\n\
         2026-02-10 10:00:00,Legs,1h,{OWN_EXERCISE},1,100,5,0,0,{SET_NOTE},,\n"
    );
    let import = athlete.post_bytes(&format!("/v1/athletes/{id}/imports"), file.into_bytes()).await?;
    let commit = format!("/v1/imports/{}/commit", import["id"].as_str().expect("an id"));
    athlete.post_with(&commit, json!({ "mapping": [] })).await?;
    Ok(())
}

#[tokio::test]
async fn b37_replicas_of_others_forget_who_was_erased_also_when_they_were_offline() -> Result<(), Failure> {
    let server = Server::start()?;
    let network = Proxy::in_front_of(server.url()).await?;
    let (athlete_account, trainer_account) = (server.first("athlete")?.clone(), server.first("trainer")?.clone());
    let athlete = Person::signed_in(server.url(), &athlete_account).await;
    // The trainer has two machines, of which one loses its network.
    let live = Person::signed_in(server.url(), &trainer_account).await;
    let offline = Person::signed_in(&network.url(), &trainer_account).await;
    let session = athlete.agent.start_session().await.expect("nothing stands against it");
    live.lead_a_round().await;
    let round = athlete.sees_round(RoundStatus::Released).await;
    athlete.agent.complete_round(round.id, reports(&round)).await.expect("one report for each");
    live.sees_round(RoundStatus::Completed).await;
    live.agent.save_note(session.id, 0, NOTE.to_owned()).await.expect("it is the trainer's");
    let device = Device::sign_in(&server, &athlete_account).await?;
    bring_along(&device, &athlete.view().account.me.expect("signed in").id.to_string(), session.started_at).await?;
    let has_note = |view: &ringside_core::bridge::View| {
        let weights = &view.documents.weights;
        view.documents.notes.iter().any(|note| note.text == NOTE)
            && weights.iter().any(|weight| weight.note.as_deref() == Some(WEIGHT_NOTE))
            && view.documents.exercises.iter().any(|exercise| exercise.name == OWN_EXERCISE)
    };
    for trainer in [&live, &offline] {
        trainer.sees("the note", has_note).await;
    }
    let (name, email) = (athlete_account.name.as_str(), athlete_account.email.as_str());
    let texts = [name, email, FEEDBACK, NOTE, WEIGHT_NOTE, SET_NOTE, OWN_EXERCISE];
    for trainer in [&live, &offline] {
        assert!(!files_with(trainer.home().path(), &texts).is_empty(), "it is all there before");
    }
    offline.go_offline(&network).await;

    let admin = Device::sign_in(&server, server.first("admin")?).await?;
    let body = json!({ "confirm": athlete_account.name });
    admin.post_with(&format!("/v1/users/{}/erase", athlete.view().account.me.expect("signed in").id), body).await?;
    offline.go_online(&network).await;
    for trainer in [&live, &offline] {
        let forgotten = |view: &ringside_core::bridge::View| {
            view.documents.sessions.iter().all(|session| session.athlete.name == training::Person::FORMER_ATHLETE)
                && view.documents.notes.is_empty()
                && view.documents.athletes.iter().all(|athlete| athlete.name != athlete_account.name)
        };
        let view = trainer.sees("the session without the athlete", forgotten).await;
        assert_eq!(view.documents.sessions.len(), 1, "it stays for its trainer");
        assert_eq!(trainer.faults(), Vec::<String>::new());
        // On the disk before it is shown.
        assert_eq!(files_with(trainer.home().path(), &texts), Vec::<PathBuf>::new());
    }
    assert_eq!(files_with(server.data(), &texts), Vec::<PathBuf>::new());
    Ok(())
}
