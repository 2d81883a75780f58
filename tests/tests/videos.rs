//! Videos from a trainer's machine to the server, and from there to the athlete's.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use ringside_core::bridge::{
    AccountCalls, FailureCode, LibraryCalls, LinkState, SessionCalls, UploadState, VideoPart, View,
};
use serde_json::json;
use system_tests::{Device, Failure, IN_TIME, NetworkCondition, Person, Proxy, Server, TestKiosk, video};
use training::library::ExerciseDraft;
use training::{Category, Exercise, Field, PlannedExercise, ProblemCode, RoundPlan, RoundStatus, Values, Video};

const MP4: &str = "video/mp4";
/// More than the pieces in which a video is sent and fetched.
const LARGE: u32 = 3_000_000;

/// A trainer behind their own network.
struct Fixture {
    server: Server,
    network: Proxy,
    trainer: Person,
}

impl Fixture {
    async fn new() -> Result<Self, Failure> {
        let server = Server::start()?;
        let network = Proxy::in_front_of(server.url()).await?;
        let trainer = Person::signed_in(&network.url(), server.first("trainer")?).await;
        Ok(Self { server, network, trainer })
    }

    fn exercise(&self) -> Exercise {
        self.trainer.view().documents.exercises[0].clone()
    }

    async fn give(&self, content: &[u8]) {
        let exercise = self.exercise().id;
        video::give_video(&self.trainer.agent, exercise, MP4, content).await.expect("it can be given at any time");
    }

    /// Waits until the first exercise has a video, and nothing is on its way to it.
    async fn sees_video(&self) -> Video {
        let id = self.exercise().id;
        let find = |view: &View| {
            let exercise = view.documents.exercises.iter().find(|exercise| exercise.id == id);
            exercise.and_then(|exercise| exercise.video.clone()).filter(|_| view.uploads.is_empty())
        };
        let view = self.trainer.sees("the exercise's video", |view| find(view).is_some()).await;
        find(&view).expect("it was just there")
    }

    async fn bytes_on_server(&self, video: &Video) -> Result<Vec<u8>, Failure> {
        let device = Device::sign_in(&self.server, self.server.first("trainer")?).await?;
        device.bytes(&format!("/v1/videos/{}", video.id)).await
    }

    /// Puts a round of the first exercise in front of somebody who waits.
    async fn lead_a_round_of(&self, session: training::SessionId) {
        let has_it = |view: &View| view.documents.sessions.iter().any(|known| known.id == session);
        self.trainer.sees("the session", has_it).await;
        self.trainer.join(session).await;
        let planned = Values { reps: Some(8), ..Values::default() };
        let item = PlannedExercise::new(self.exercise().id, planned);
        let plan = RoundPlan { is_final: false, rest_after_s: None, exercises: vec![item] };
        self.trainer.agent.add_round(session, plan, true).await.expect("no other round is out");
    }
}

/// Every file below `directory`, with its size.
fn files(directory: &Path) -> Vec<(PathBuf, u64)> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![(path.clone(), length(&path))] }).collect()
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Waits until there is no file below `directory`.
async fn nothing_is_left(directory: &Path) {
    let mut looking = tokio::time::interval(Duration::from_millis(10));
    let gone = async {
        while !files(directory).is_empty() {
            looking.tick().await;
        }
    };
    tokio::time::timeout(IN_TIME, gone).await.expect("the files are removed");
}

/// Waits until a machine has this video whole.
async fn is_kept(home: &Path, video: &Video) {
    let name = format!("{}.video", video.id);
    let mut looking = tokio::time::interval(Duration::from_millis(10));
    let kept = async {
        while !files(&home.join("videos")).iter().any(|(path, _)| path.ends_with(&name)) {
            looking.tick().await;
        }
    };
    tokio::time::timeout(IN_TIME, kept).await.expect("the video is fetched");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_whose_connection_is_cut_twenty_times_at_random_bytes_ends_whole() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let content = video::large_mp4(LARGE);
    let mut random = StdRng::seed_from_u64(20);
    fixture.network.set(NetworkCondition::CutSendingAfter(5_000));
    fixture.give(&content).await;
    for cuts in 1..=20 {
        fixture.trainer.agent.try_now().await.expect("it can always be asked");
        let cut = tokio::time::timeout(IN_TIME, fixture.network.wait_for_cuts(cuts));
        cut.await.expect("something is sent");
        fixture.network.set(NetworkCondition::CutSendingAfter(random.random_range(5_000..200_000)));
    }
    fixture.network.set(NetworkCondition::Normal);
    fixture.trainer.agent.try_now().await.expect("it can always be asked");
    let given = fixture.sees_video().await;
    assert_eq!(fixture.bytes_on_server(&given).await?, content);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_when_the_application_is_opened_again() -> Result<(), Failure> {
    let mut fixture = Fixture::new().await?;
    let content = video::large_mp4(LARGE);
    let account = fixture.server.first("trainer")?.clone();
    let mut random = StdRng::seed_from_u64(5);
    fixture.network.set(NetworkCondition::CutSendingAfter(300_000));
    fixture.give(&content).await;
    for cuts in 1..=4 {
        tokio::time::timeout(IN_TIME, fixture.network.wait_for_cuts(cuts)).await.expect("something is sent");
        fixture.network.set(NetworkCondition::CutSendingAfter(random.random_range(20_000..500_000)));
        let home = fixture.trainer.close();
        fixture.trainer = Person::reopen(home, &fixture.network.url()).await;
        // The test has no keyring.
        fixture.trainer.agent.sign_in(account.email.clone(), account.password.clone()).await.expect("the password");
    }
    fixture.network.set(NetworkCondition::Normal);
    fixture.trainer.agent.try_now().await.expect("it can always be asked");
    let given = fixture.sees_video().await;
    assert_eq!(fixture.bytes_on_server(&given).await?, content);
    nothing_is_left(&fixture.trainer.home().path().join("profiles/test/uploads")).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_for_an_exercise_that_was_created_offline_follows_it() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture.network.set(NetworkCondition::Down);
    fixture.trainer.is(LinkState::Offline).await;
    let draft = ExerciseDraft {
        name: "Superman".to_owned(),
        category: Category::Back,
        fields: vec![Field::Reps],
        aliases: Vec::new(),
        muscles: Vec::new(),
        cue: None,
    };
    let created = fixture.trainer.agent.create_exercise(draft).await.expect("it waits");
    video::give_video(&fixture.trainer.agent, created.id, MP4, video::MP4).await.expect("it waits too");
    fixture.trainer.sees("both to wait", |view| view.link.waiting == 2).await;
    fixture.network.set(NetworkCondition::Normal);
    fixture.trainer.agent.try_now().await.expect("it can always be asked");
    let has_video =
        |view: &View| view.documents.exercises.iter().any(|known| known.id == created.id && known.video.is_some());
    fixture.trainer.sees("its video", has_video).await;
    fixture.trainer.sees("that nothing waits", |view| view.link.waiting == 0 && view.uploads.is_empty()).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_video_is_refused_and_the_exercise_keeps_its_own() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture.give(video::MP4).await;
    let before = fixture.sees_video().await;
    let half = &video::MP4[..video::MP4.len() / 2];
    for content in [&b"<!DOCTYPE html><title>A video?</title>"[..], half] {
        fixture.give(content).await;
        let is_refused = |view: &View| view.uploads.iter().any(|upload| upload.state == UploadState::Refused);
        let view = fixture.trainer.sees("the refusal", is_refused).await;
        assert_eq!(view.uploads[0].problem, Some(FailureCode::Server(ProblemCode::NotAVideo)));
        fixture.trainer.agent.cancel_video_upload(fixture.exercise().id).await.expect("it is there");
        assert_eq!(fixture.sees_video().await, before);
    }
    let refused = fixture.trainer.agent.stage_file(50_000_001).await.expect_err("it is too large");
    assert_eq!(refused.code, FailureCode::Server(ProblemCode::UploadTooLarge));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_is_replaced_and_removed() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    fixture.give(video::MP4).await;
    let first = fixture.sees_video().await;
    let other = video::large_mp4(100);
    fixture.give(&other).await;
    let is_other = |view: &View| {
        view.documents.exercises[0].video.as_ref().is_some_and(|video| video.id != first.id) && view.uploads.is_empty()
    };
    let view = fixture.trainer.sees("the other video", is_other).await;
    let second = view.documents.exercises[0].video.clone().expect("it was just there");
    assert_eq!(fixture.bytes_on_server(&second).await?, other);
    fixture.trainer.agent.remove_exercise_video(fixture.exercise().id).await.expect("it has one");
    fixture.trainer.sees("that it is gone", |view| view.documents.exercises[0].video.is_none()).await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_waits_through_a_sign_out_and_a_file_that_nobody_needs_does_not() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let uploads = fixture.trainer.home().path().join("profiles/test/uploads");
    fixture.network.set(NetworkCondition::Down);
    fixture.trainer.is(LinkState::Offline).await;
    fixture.give(video::MP4).await;
    fixture.trainer.agent.stage_file(100).await.expect("there is room");
    assert_eq!(files(&uploads).len(), 2);
    fixture.trainer.sees("it to wait", |view| view.link.waiting == 1).await;
    fixture.trainer.agent.sign_out(false).await.expect("it works without a network");
    assert_eq!(files(&uploads).len(), 1);
    fixture.network.set(NetworkCondition::Normal);
    fixture.trainer.sign_in(fixture.server.first("trainer")?).await;
    fixture.trainer.sees("the exercises", |view| !view.documents.exercises.is_empty()).await;
    let given = fixture.sees_video().await;
    assert_eq!(fixture.bytes_on_server(&given).await?, video::MP4);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_is_fetched_when_its_round_is_released_and_plays_without_a_network() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let content = video::large_mp4(LARGE);
    fixture.give(&content).await;
    let given = fixture.sees_video().await;
    let network = Proxy::in_front_of(fixture.server.url()).await?;
    let athlete = Person::signed_in(&network.url(), fixture.server.first("athlete")?).await;
    let home = athlete.home();
    assert_eq!(files(&home.path().join("videos")), [], "nothing names it yet");
    let session = athlete.agent.start_session().await.expect("nothing stands against it");
    fixture.lead_a_round_of(session.id).await;
    let round = athlete.sees_round(RoundStatus::Released).await;
    assert_eq!(round.exercises[0].video.as_ref(), Some(&given));
    is_kept(home.path(), &given).await;
    network.set(NetworkCondition::Down);
    athlete.is(LinkState::Offline).await;
    let read = athlete.agent.read_video(given.id, VideoPart::Video).await.expect("it is on the disk");
    assert!(read == content);
    let none = athlete.agent.read_video(given.id, VideoPart::Poster).await.expect_err("it has no poster");
    assert_eq!(none.code, FailureCode::Server(ProblemCode::NotFound));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_people_of_a_kiosk_share_videos_and_another_studio_s_are_unknown_to_them() -> Result<(), Failure> {
    let fixture = Fixture::new().await?;
    let content = video::large_mp4(LARGE);
    fixture.give(&content).await;
    let given = fixture.sees_video().await;
    let elsewhere = fixture.server.add_studio("Another studio")?;
    let network = Proxy::in_front_of(fixture.server.url()).await?;
    let kiosk = TestKiosk::new(&network.url()).await;

    let of_trainer = |account: &&system_tests::Account| account.roles.iter().any(|role| role == "athlete");
    let athletes: Vec<_> = fixture.server.accounts().iter().filter(of_trainer).take(2).collect();
    for (number, account) in athletes.iter().enumerate() {
        kiosk.admit(account, "1357").await.expect("the password");
        kiosk.is(LinkState::Live).await;
        let before = network.bytes_back();
        let started = kiosk.call("start_session", json!({})).await.expect("nothing stands against it");
        let session: training::Session = serde_json::from_value(started).expect("a session");
        fixture.lead_a_round_of(session.id).await;
        let has_round = |state: &system_tests::KioskState| {
            let sessions = state.view.iter().flat_map(|view| &view.documents.sessions);
            sessions.flat_map(|session| &session.rounds).any(|round| round.status == RoundStatus::Released)
        };
        kiosk.sees("the round", has_round).await;
        is_kept(kiosk.home().path(), &given).await;
        assert!(kiosk.core.read_video(given.id, VideoPart::Video).await.expect("a round names it") == content);
        let fetched = network.bytes_back() - before;
        assert_eq!(fetched > u64::from(LARGE), number == 0, "only for the first of them: {fetched}");
        kiosk.lock().await;
    }

    let stranger = elsewhere.iter().find(|account| account.roles.iter().any(|role| role == "trainer"));
    kiosk.admit(stranger.expect("a trainer"), "2468").await.expect("the password");
    kiosk.is(LinkState::Live).await;
    let unknown = kiosk.core.read_video(given.id, VideoPart::Video).await.expect_err("another studio's");
    assert_eq!(unknown.code, FailureCode::Server(ProblemCode::NotFound));
    kiosk.lock().await;
    kiosk.core.read_video(given.id, VideoPart::Video).await.expect_err("nobody is in the foreground");
    Ok(())
}
