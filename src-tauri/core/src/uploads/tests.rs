//! Uploads from the window's call to the exercise's video, over a network and through ends of the application that cut
//! them anywhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use tokio::sync::watch;
use training::library::ExerciseDraft;
use training::{Category, EntityRef, Exercise, ExerciseId, Field, ProblemCode};
use uuid::Uuid;

use crate::bridge::{FailureCode, LibraryCalls, Message, StagedFileId, UploadState, VideoUpload};
use crate::mock_server::{MockMachine, MockServer, UploadFault, bytes, signed_in};
use crate::outbox::acts::CreateExercise;
use crate::outbox::{Entry, Refused};
use crate::{Agent, Home, Options, Vault};

/// More than two pieces.
const SIZE: usize = 2_500_000;
/// A test that takes longer fails.
const IN_TIME: Duration = Duration::from_mins(1);

fn exercise_id() -> ExerciseId {
    ExerciseId(Uuid::from_u128(5))
}

/// A trainer's application.
struct Application {
    agent: Agent,
    uploads: watch::Receiver<Vec<VideoUpload>>,
    /// Every list of uploads that the window received.
    shown: Arc<Mutex<Vec<Vec<VideoUpload>>>>,
    server: Arc<MockServer>,
    home: tempfile::TempDir,
}

impl Application {
    /// On a new machine, with a server whose library has one exercise.
    async fn new() -> Self {
        let server = Arc::new(MockServer::default());
        let squat: Exercise = serde_json::from_value(json!({ "id": exercise_id(), "name": "Squat",
            "category": "legs", "fields": ["reps"], "archived": false, "version": 1 }))
        .expect("an exercise");
        server.state().exercises.push(squat);
        Self::open(server, tempfile::tempdir().expect("a temporary directory")).await
    }

    async fn open(server: Arc<MockServer>, home: tempfile::TempDir) -> Self {
        let (sender, uploads) = watch::channel(Vec::new());
        let shown: Arc<Mutex<Vec<Vec<VideoUpload>>>> = Arc::default();
        let log = Arc::clone(&shown);
        let vault = Vault::in_memory();
        vault.write("refresh").await;
        let options = Options {
            home: Home::new(home.path()),
            profile: "test".parse().expect("a profile's name"),
            server: Some("http://127.0.0.1:1".parse().expect("an address")),
            app_version: "0.0.0".to_owned(),
            vault: Some(vault),
            environment: Arc::new(MockMachine { server: Arc::clone(&server), free_bytes: u64::MAX }),
            updater: None,
            host: None,
            emit: Arc::new(move |message| {
                let now = match message {
                    Message::Uploads { uploads } => uploads,
                    Message::View { view } => view.uploads,
                    _ => return,
                };
                log.lock().unwrap_or_else(PoisonError::into_inner).push(now.clone());
                sender.send_replace(now);
            }),
        };
        let agent = Agent::open(options).await.expect("a profile that can be opened");
        let signed_in = serde_json::from_value(signed_in()).expect("an answer");
        agent.admit(&signed_in).await.expect("a sign-in");
        Self { agent, uploads, shown, server, home }
    }

    /// Ends the application in the middle of whatever it does, and starts it again.
    async fn start_again(self) -> Self {
        let Self { agent, server, home, .. } = self;
        agent.end().await;
        drop(agent);
        Self::open(server, home).await
    }

    async fn hand_over(&self, content: &[u8]) -> StagedFileId {
        let file = self.agent.stage_file(content.len() as u64).await.expect("there is room").id;
        let mut offset = 0;
        for piece in content.chunks(1_000_000) {
            offset = self.agent.put_file(file, offset, piece.to_vec()).await.expect("writable");
        }
        file
    }

    async fn give(&self, content: &[u8]) {
        let video = self.hand_over(content).await;
        let (name, media_type) = ("squat.mp4".to_owned(), "video/mp4".to_owned());
        self.agent.set_exercise_video(exercise_id(), name, media_type, video, None).await.expect("it is whole");
    }

    async fn sees(&mut self, what: &str, wanted: impl Fn(&[VideoUpload]) -> bool) -> Vec<VideoUpload> {
        let seen = tokio::time::timeout(IN_TIME, self.uploads.wait_for(|uploads| wanted(uploads))).await;
        seen.unwrap_or_else(|_| panic!("timed out waiting for {what}")).expect("the window is there").clone()
    }

    async fn sees_it_done(&mut self) {
        self.sees("the upload to be done", <[VideoUpload]>::is_empty).await;
    }

    fn given(&self) -> Option<Vec<u8>> {
        self.server.state().given.clone()
    }

    fn staged(&self) -> usize {
        std::fs::read_dir(self.home.path().join("profiles/test/uploads")).map_or(0, Iterator::count)
    }

    /// Waits until nothing is staged any more.
    async fn nothing_is_staged(&self) {
        let mut looking = tokio::time::interval(Duration::from_millis(5));
        let gone = async {
            while self.staged() > 0 {
                looking.tick().await;
            }
        };
        tokio::time::timeout(IN_TIME, gone).await.expect("the files are removed");
    }
}

#[tokio::test]
async fn an_upload_cut_twenty_times_at_random_bytes_arrives_whole() {
    let application = Application::new().await;
    let mut random = StdRng::seed_from_u64(20);
    application.server.state().faults = (0..20).map(|_| UploadFault::Cut(random.random_range(0..150_000))).collect();
    application.give(&bytes(SIZE)).await;
    // Waits are not what this is about.
    let mut asking = tokio::time::interval(Duration::from_millis(5));
    let done = async {
        while !application.uploads.borrow().is_empty() {
            asking.tick().await;
            crate::bridge::AccountCalls::try_now(&application.agent).await.expect("it can always be asked");
        }
    };
    tokio::time::timeout(IN_TIME, done).await.expect("it arrives");
    assert_eq!(application.given(), Some(bytes(SIZE)));
    assert!(application.server.state().faults.is_empty(), "every cut happened");
    application.nothing_is_staged().await;
}

#[tokio::test]
async fn an_upload_goes_on_after_the_application_has_ended_anywhere() {
    let mut application = Application::new().await;
    application.give(&bytes(SIZE)).await;
    let mut random = StdRng::seed_from_u64(5);
    for _ in 0..5 {
        let arrives = random.random_range(0..300_000);
        application.server.state().faults.push_back(UploadFault::Hang(arrives));
        application.sees("it to wait", |uploads| uploads.len() == 1).await;
        tokio::time::timeout(IN_TIME, application.server.hangs.notified()).await.expect("a piece comes");
        application = application.start_again().await;
    }
    application.sees_it_done().await;
    assert_eq!(application.given(), Some(bytes(SIZE)));
    application.nothing_is_staged().await;
}

#[tokio::test]
async fn the_window_is_told_how_many_bytes_the_server_has_and_what_is_done() {
    let mut application = Application::new().await;
    application.give(&bytes(SIZE)).await;
    application.sees_it_done().await;
    let shown = application.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let mut states: Vec<UploadState> = shown.iter().flatten().map(|upload| upload.state).collect();
    states.dedup();
    assert_eq!(states, [UploadState::Waiting, UploadState::Sending, UploadState::Checking]);
    let sent: Vec<u64> = shown.iter().flatten().map(|upload| upload.sent_bytes).collect();
    assert!(sent.is_sorted() && sent.last() == Some(&(SIZE as u64)), "{sent:?}");
}

#[tokio::test]
async fn a_refused_video_stays_listed_with_its_problem_until_it_is_cancelled() {
    let mut application = Application::new().await;
    application.server.state().refusals.push_back(ProblemCode::NotAVideo);
    application.give(&bytes(1000)).await;
    let is_refused = |uploads: &[VideoUpload]| uploads.iter().any(|upload| upload.state == UploadState::Refused);
    let refused = application.sees("the refusal", is_refused).await;
    assert_eq!(refused[0].problem, Some(FailureCode::Server(ProblemCode::NotAVideo)));
    let mut application = application.start_again().await;
    application.sees("it again", is_refused).await;
    application.agent.cancel_video_upload(exercise_id()).await.expect("it is there");
    application.sees_it_done().await;
    application.nothing_is_staged().await;
    assert_eq!(application.given(), None);
}

#[tokio::test]
async fn a_cancelled_upload_is_ended_on_the_server_also_when_it_can_t_be_reached_at_first() {
    let mut application = Application::new().await;
    application.server.state().faults.push_back(UploadFault::Hang(300_000));
    application.give(&bytes(SIZE)).await;
    application.server.hangs.notified().await;
    assert_eq!(application.server.state().uploads.len(), 1);
    // One request is made twice where the connection breaks.
    application.server.state().cuts_end = 2;
    application.agent.cancel_video_upload(exercise_id()).await.expect("it is there");
    application.sees_it_done().await;
    // The next reason to look is the next upload, or the network that is back.
    let mut asking = tokio::time::interval(Duration::from_millis(5));
    let ended = async {
        while !application.server.state().uploads.is_empty() {
            asking.tick().await;
            crate::bridge::AccountCalls::try_now(&application.agent).await.expect("it can always be asked");
        }
    };
    tokio::time::timeout(IN_TIME, ended).await.expect("it is ended");
    assert_eq!(application.server.state().cuts_end, 0, "the first request was cut");
    assert_eq!(application.given(), None);
}

#[tokio::test]
async fn a_refused_exercise_that_is_there_again_is_created_anew_and_keeps_its_own_video() {
    let application = Application::new().await;
    application.server.state().faults.push_back(UploadFault::Hang(10));
    application.give(&bytes(SIZE)).await;
    application.server.hangs.notified().await;
    let context = application.agent.context();
    let (key, subject) = (exercise_id().0, EntityRef::of::<Exercise>(exercise_id()));
    let draft = ExerciseDraft {
        name: "Row".to_owned(),
        category: Category::Back,
        fields: vec![Field::Reps],
        aliases: Vec::new(),
        muscles: Vec::new(),
        cue: None,
    };
    let refused = Some(Refused { code: FailureCode::Server(ProblemCode::NameTaken), fields: Vec::new() });
    let mut replica = context.store.lock().await;
    let (by, at) = (replica.me().expect("signed in").id, context.acts.server_time());
    let act = CreateExercise { draft }.into();
    replica.put_entry(Entry { key, by, at, subject, act, sent_on: None, refused }, false).await.expect("writable");
    drop(replica);
    context.acts.retry(key).await.expect("it is there");
    let replica = context.store.lock().await;
    let [again] = replica.outbox().entries() else { panic!("one act") };
    assert_eq!(again.subject.id, again.key, "what it creates has its key");
    assert_ne!(again.subject, subject);
    assert_eq!(replica.uploads().iter().map(|job| job.exercise).collect::<Vec<_>>(), [exercise_id()]);
}

#[tokio::test]
async fn what_was_sent_of_a_video_that_another_replaces_is_ended_too() {
    let mut application = Application::new().await;
    application.server.state().faults.push_back(UploadFault::Hang(300_000));
    application.give(&bytes(SIZE)).await;
    application.server.hangs.notified().await;
    application.give(&bytes(1000)).await;
    application.sees_it_done().await;
    assert_eq!(application.given(), Some(bytes(1000)));
    assert!(application.server.state().uploads.is_empty(), "nothing is left of the first");
}

#[tokio::test]
async fn a_video_given_meanwhile_replaces_one_on_its_way_and_another_change_of_the_exercise_does_not_matter() {
    let mut application = Application::new().await;
    application.server.state().faults.push_back(UploadFault::Hang(10));
    application.give(&bytes(SIZE)).await;
    application.server.hangs.notified().await;
    // Somebody edits the exercise, and no event says so.
    application.server.state().exercises[0].version = 7;
    application.give(&bytes(1000)).await;
    application.sees_it_done().await;
    assert_eq!(application.given(), Some(bytes(1000)));
    application.nothing_is_staged().await;
}

#[tokio::test]
async fn an_upload_that_the_server_has_lost_begins_again() {
    let application = Application::new().await;
    application.server.state().faults.push_back(UploadFault::Hang(300_000));
    application.give(&bytes(SIZE)).await;
    application.server.hangs.notified().await;
    application.server.state().uploads.clear();
    let mut application = application.start_again().await;
    application.sees_it_done().await;
    assert_eq!(application.given(), Some(bytes(SIZE)));
}

#[tokio::test]
async fn a_video_whose_upload_is_incomplete_for_the_server_is_sent_again() {
    let mut application = Application::new().await;
    application.server.state().refusals.push_back(ProblemCode::UploadIncomplete);
    application.give(&bytes(SIZE)).await;
    application.sees_it_done().await;
    assert_eq!(application.given(), Some(bytes(SIZE)));
    assert_eq!(application.server.state().uploads.len(), 1, "what was sent first is of no use");
}

#[tokio::test]
async fn a_video_that_was_given_without_an_answer_is_given_once() {
    let application = Application::new().await;
    application.server.state().loses_answer = true;
    application.give(&bytes(SIZE)).await;
    application.server.hangs.notified().await;
    let mut application = application.start_again().await;
    application.sees_it_done().await;
    assert_eq!(application.server.state().exercises[0].version, 2);
    application.nothing_is_staged().await;
}

#[tokio::test]
async fn a_file_that_is_gone_or_not_whole_is_refused() {
    let application = Application::new().await;
    application.server.state().faults.push_back(UploadFault::Hang(10));
    application.give(&bytes(1000)).await;
    application.server.hangs.notified().await;
    let staged = std::fs::read_dir(application.home.path().join("profiles/test/uploads")).expect("a directory");
    for file in staged {
        std::fs::write(file.expect("readable").path(), "damaged").expect("writable");
    }
    let mut application = application.start_again().await;
    let is_refused = |uploads: &[VideoUpload]| uploads.iter().any(|upload| upload.problem.is_some());
    let refused = application.sees("the refusal", is_refused).await;
    assert_eq!(refused[0].problem, Some(FailureCode::Local(crate::bridge::LocalCode::FileMissing)));
}

#[tokio::test]
async fn while_a_file_is_handed_over_the_window_asks_before_it_closes() {
    let application = Application::new().await;
    assert!(!application.agent.is_handing_over());
    let file = application.agent.stage_file(100).await.expect("there is room").id;
    application.agent.put_file(file, 0, vec![0; 100]).await.expect("writable");
    assert!(application.agent.is_handing_over());
    let (name, media_type) = ("squat.mp4".to_owned(), "video/mp4".to_owned());
    application.agent.set_exercise_video(exercise_id(), name, media_type, file, None).await.expect("it is whole");
    assert!(!application.agent.is_handing_over(), "from here on nothing is lost");
}

#[tokio::test]
async fn a_file_that_is_not_handed_over_whole_is_no_video_and_is_gone_after_a_restart() {
    let application = Application::new().await;
    let file = application.agent.stage_file(100).await.expect("there is room").id;
    application.agent.put_file(file, 0, vec![0; 50]).await.expect("writable");
    let (name, media_type) = ("squat.mp4".to_owned(), "video/mp4".to_owned());
    application
        .agent
        .set_exercise_video(exercise_id(), name, media_type, file, None)
        .await
        .expect_err("it is not whole");
    assert_eq!(application.staged(), 1);
    application.start_again().await.nothing_is_staged().await;
}
