//! Videos for tests: real ones, as small as the server's tests have them, and as large as it takes.

use ringside_core::Agent;
use ringside_core::bridge::{Failure, LibraryCalls};
use serde_json::json;
use training::ExerciseId;

use crate::failure;
use crate::page::{IS_SHOWN, selector};
use crate::stage::Stage;
use crate::story;
use crate::window::Window;

/// A small real video that plays where VP9 does.
pub const WEBM: &[u8] = include_bytes!("../../hosted-api/src/tests/media/squat-vp9.webm");
/// A small real video as telephones film them.
pub const MP4: &[u8] = include_bytes!("../../hosted-api/src/tests/media/squat.mp4");

/// A real video of at least `bytes` bytes: after the small one comes a box that players skip.
pub fn large_mp4(bytes: u32) -> Vec<u8> {
    let mut video = MP4.to_vec();
    video.extend(bytes.to_be_bytes());
    video.extend(b"free");
    let filling = (0..bytes - 8).map(|at| (at ^ (at >> 8) ^ (at >> 16)).to_le_bytes()[0]);
    video.extend(filling);
    video
}

/// Hands a video over as a window does, and gives it to an exercise.
///
/// # Errors
/// The failure of the first call that fails.
pub async fn give_video(agent: &Agent, exercise: ExerciseId, media_type: &str, video: &[u8]) -> Result<(), Failure> {
    let file = agent.stage_file(video.len() as u64).await?.id;
    let mut offset = 0;
    for piece in video.chunks(ringside_core::bridge::FILE_PIECE_BYTES) {
        offset = agent.put_file(file, offset, piece.to_vec()).await?;
    }
    agent.set_exercise_video(exercise, "squat".to_owned(), media_type.to_owned(), file, None).await
}

/// In the trainer's window: a file is chosen for the video of the first exercise that is found by `name`.
///
/// # Errors
/// [`failure::Failure`] when the window does not do so.
pub async fn choose(trainer: &Window, name: &str) -> Result<(), failure::Failure> {
    trainer.click("open-library").await?;
    trainer.view("library").await?;
    trainer.fill("library-search", name).await?;
    trainer.click("exercise-row").await?;
    choose_here(trainer).await?;
    trainer.click("open-today").await
}

/// The same for the exercise that is open in the library.
///
/// # Errors
/// [`failure::Failure`] when the window does not do so.
pub async fn choose_here(trainer: &Window) -> Result<(), failure::Failure> {
    trainer.find("exercise-video").await?;
    // What the system's dialog would do, which no driver can use.
    let script = "const file = new File([new Uint8Array(arguments[0])], 'squat.webm', { type: 'video/webm' });
        const chosen = new DataTransfer();
        chosen.items.add(file);
        const input = document.querySelector(\"[data-testid='video-file']\");
        input.files = chosen.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    trainer.run_script::<()>(script, vec![json!(WEBM)]).await?;
    // A system may take longer to show its first video than the window looks at it. Then the window asks.
    let outcome = format!(
        "{IS_SHOWN} const isShown = (css) => [...document.querySelectorAll(css)].some(shown);
        return [...arguments].find(isShown) ?? null"
    );
    let (video, unseen) = (selector("exercise-video [data-testid='video']"), selector("video-unseen"));
    let outcomes = vec![json!(video), json!(unseen)];
    let shown: String = trainer.until("the video, or that the window can't show it", &outcome, outcomes).await?;
    if shown == unseen {
        trainer.click("send-unseen").await?;
    }
    trainer.find("exercise-video [data-testid='video']").await?;
    trainer.wait_until_gone("video-upload").await
}

/// Waits until the video that is shown has moved on twice.
///
/// # Errors
/// [`failure::Failure`] when it does not.
pub async fn plays(window: &Window) -> Result<(), failure::Failure> {
    let moved = "const video = document.querySelector(\"[data-testid='video'] video\");
        const now = video?.currentTime ?? 0;
        return now > 0 && now !== arguments[0] && !video.paused && now";
    let first: f64 = window.until("the video to play", moved, vec![json!(0)]).await?;
    window.until::<f64>("the video to go on playing", moved, vec![json!(first)]).await?;
    window.find("video[data-state='playing']").await.map(drop)
}

/// The trainer gives an exercise a video, and trains an athlete with it. `picture` is called with the name of a step and
/// the window to look at, once its result is on screen.
///
/// # Errors
/// [`failure::Failure`] when a window does not do so.
pub async fn play_story(
    stage: &Stage,
    mut picture: impl AsyncFnMut(&str, &Window) -> Result<(), failure::Failure>,
) -> Result<(), failure::Failure> {
    let Stage { trainer, athlete, .. } = stage;
    choose(trainer, "Bankdr").await?;
    story::start_session(trainer, athlete).await?;
    story::join(trainer, athlete).await?;
    story::release_round(trainer, "Bankdr", "80x8", 1).await?;
    story::sees_round(athlete, 1).await?;
    plays(athlete).await?;
    picture("12-athlete-sees-the-video", athlete).await
}
