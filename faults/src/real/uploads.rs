//! A video on its way to an exercise, from an application that is killed again and again.
//!
//! Half of the kills come in the moment in which a connection is cut, at a byte that is chosen at random; the other half in
//! the middle of a slow connection.

use std::path::PathBuf;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use system_tests::{Desktop, Device, IN_TIME, NetworkCondition, Proxy, Server, video};
use tokio::time::{sleep, timeout};

use super::person::{Person, Task};

/// More than what passes before the last kill.
const SIZE: u32 = 16_000_000;
/// How many bytes of requests pass before a connection is cut. A start sends a few thousand before the video.
const CUT_AFTER: std::ops::Range<usize> = 5_000..300_000;
/// How many bytes a second pass in a slow network, and how long the application lives in it, in milliseconds.
const SLOW: u32 = 200_000;
const LIVES_MS: std::ops::Range<u64> = 0..300;

/// Has a trainer give an exercise a video, and kills their application so many times meanwhile. In the end the exercise has
/// the video whole, once, and nothing is left of it on the machine.
///
/// # Errors
/// What is wrong, or why it could not be tried.
pub fn kill_uploads(seed: u64, kills: u32) -> Result<(), String> {
    let desktop = Desktop::start().map_err(|error| error.to_string())?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    runtime.block_on(async { KilledUpload::new(&desktop, seed).await?.run(kills).await })
}

struct KilledUpload<'a> {
    desktop: &'a Desktop,
    server: Server,
    trainer: Person,
    random: StdRng,
    content: Vec<u8>,
    staged: PathBuf,
    cuts: u64,
    _place: tempfile::TempDir,
}

impl<'a> KilledUpload<'a> {
    async fn new(desktop: &'a Desktop, seed: u64) -> Result<Self, String> {
        let server = Server::start().map_err(|error| error.to_string())?;
        let account = server.first("trainer").map_err(|error| error.to_string())?.clone();
        let network = Proxy::in_front_of(server.url()).await.map_err(|error| error.to_string())?;
        let place = tempfile::tempdir().map_err(|error| error.to_string())?;
        let (content, file) = (video::large_mp4(SIZE), place.path().join("squat.mp4"));
        std::fs::write(&file, &content).map_err(|error| error.to_string())?;
        let profile = format!("upload-{seed}");
        let staged = desktop.ringside_home().join("profiles").join(&profile).join("uploads");
        let mut trainer = Person::new(profile, account, network, 1);
        trainer.set_task(Task::Give(file));
        let random = StdRng::seed_from_u64(seed);
        Ok(Self { desktop, server, trainer, random, content, staged, cuts: 0, _place: place })
    }

    async fn run(mut self, kills: u32) -> Result<(), String> {
        self.trainer.network.set(NetworkCondition::Throttled(SLOW));
        self.start()?;
        self.trainer.wait_for_view(is_on_its_way).await?;
        self.trainer.set_task(Task::Idle);
        for kill in 0..kills {
            if kill % 2 == 0 {
                self.trainer.wait_for_view(|view| view["uploads"][0]["state"] == "sending").await?;
                sleep(Duration::from_millis(self.random.random_range(LIVES_MS))).await;
            } else {
                self.trainer.wait_for_view(is_on_its_way).await?;
                let cut = timeout(IN_TIME, self.trainer.network.wait_for_cuts(self.cuts + 1)).await;
                cut.map_err(|_| "nothing is sent".to_owned())?;
            }
            self.trainer.kill().await;
            self.trainer.check_faults()?;
            // The application sends, or there would be nothing to interrupt.
            if !self.trainer.last_view().is_some_and(|view| is_on_its_way(&view)) {
                return Err(format!("after {kill} kills nothing is on its way any more"));
            }
            self.trainer.forget_lines();
            let condition = if kill % 2 == 0 {
                NetworkCondition::CutSendingAfter(self.random.random_range(CUT_AFTER))
            } else {
                NetworkCondition::Throttled(SLOW)
            };
            // Several connections may have been cut.
            while timeout(Duration::ZERO, self.trainer.network.wait_for_cuts(self.cuts + 1)).await.is_ok() {
                self.cuts += 1;
            }
            self.trainer.network.set(condition);
            self.start()?;
        }
        self.trainer.network.set(NetworkCondition::Normal);
        self.trainer
            .wait_for_view(|view| view["uploads"] == serde_json::json!([]) && with_video(view).is_some())
            .await?;
        self.check().await
    }

    fn start(&mut self) -> Result<(), String> {
        let seed = self.random.random();
        self.trainer.start(self.desktop, seed)
    }

    async fn check(&mut self) -> Result<(), String> {
        let device = Device::sign_in(&self.server, &self.trainer.account).await.map_err(|error| error.to_string())?;
        let truth = device.snapshot().await.map_err(|error| error.to_string())?;
        let exercise = with_video(&truth).ok_or("the exercise has no video")?;
        if exercise["version"] != 2 {
            return Err(format!("the exercise was not given its video once: {exercise}"));
        }
        let video = exercise["video"]["id"].as_str().unwrap_or_default();
        if device.bytes(&format!("/v1/videos/{video}")).await.map_err(|error| error.to_string())? != self.content {
            return Err("the video is not what was given".to_owned());
        }
        self.trainer.end().await;
        self.trainer.check_faults()?;
        // What the killed applications left there is removed by the next start at the latest.
        self.trainer.forget_lines();
        self.start()?;
        self.trainer.wait_for_view(|view| view["link"]["state"] == "live").await?;
        self.trainer.end().await;
        self.trainer.check_faults()?;
        let left = std::fs::read_dir(&self.staged).map_or(0, Iterator::count);
        if left == 0 { Ok(()) } else { Err(format!("{left} files are left in {}", self.staged.display())) }
    }
}

fn is_on_its_way(view: &Value) -> bool {
    view["uploads"].as_array().is_some_and(|uploads| !uploads.is_empty())
}

/// The exercise that has a video, in a view or a snapshot.
fn with_video(of: &Value) -> Option<&Value> {
    of["exercises"].as_array()?.iter().find(|exercise| exercise["video"].is_object())
}
