//! A person is erased while the devices of others have something of them: each forgets, also one that was offline. The
//! real server, real cores, and then every byte on every disk.

use std::path::{Path, PathBuf};

use ringside_core::bridge::{NotesCalls, SessionCalls};
use serde_json::json;
use system_tests::{Device, Failure, Person, Proxy, Server};
use training::{ExerciseReport, Round, RoundStatus};

/// What the athlete writes, and what the trainer writes about them.
const FEEDBACK: &str = "the left hip clicks";
const NOTE: &str = "she dislikes burpees";

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
    let has_note = |view: &ringside_core::bridge::View| view.documents.notes.iter().any(|note| note.text == NOTE);
    for trainer in [&live, &offline] {
        trainer.sees("the note", has_note).await;
    }
    let texts = [athlete_account.name.as_str(), &athlete_account.email, FEEDBACK, NOTE];
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
