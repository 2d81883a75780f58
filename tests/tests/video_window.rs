//! A video in real windows: chosen in the trainer's, and playing in the athlete's.

use serde_json::json;
use system_tests::{Failure, Stage, Window, story, video};

/// The trainer chooses a file for the video of the first exercise that is found by `name`.
async fn choose_video(trainer: &Window, name: &str) -> Result<(), Failure> {
    trainer.click("open-library").await?;
    trainer.view("library").await?;
    trainer.fill("library-search", name).await?;
    trainer.click("exercise-row").await?;
    trainer.find("exercise-video").await?;
    // What the system's dialog would do, which no driver can use.
    let script = "const file = new File([new Uint8Array(arguments[0])], 'squat.webm', { type: 'video/webm' });
        const chosen = new DataTransfer();
        chosen.items.add(file);
        const input = document.querySelector(\"[data-testid='video-file']\");
        input.files = chosen.files;
        input.dispatchEvent(new Event('change', { bubbles: true }));";
    trainer.run_script::<()>(script, vec![json!(video::WEBM)]).await?;
    trainer.find("exercise-video [data-testid='video']").await?;
    trainer.wait_until_gone("video-upload").await?;
    trainer.click("close-library").await
}

/// Waits until the video that is shown has moved on twice.
async fn sees_video_play(window: &Window) -> Result<(), Failure> {
    let moved = "const video = document.querySelector(\"[data-testid='video'] video\");
        const now = video?.currentTime ?? 0;
        return now > 0 && now !== arguments[0] && !video.paused && now";
    let first: f64 = window.until("the video to play", moved, vec![json!(0)]).await?;
    window.until::<f64>("the video to go on playing", moved, vec![json!(first)]).await?;
    window.find("video[data-state='playing']").await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_that_the_trainer_chooses_plays_beside_the_athlete_s_plan() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    let scenario = async |stage: &mut Stage| {
        let (trainer, athlete) = (&stage.trainer, &stage.athlete);
        choose_video(trainer, "Bankdr").await?;
        story::start_session(trainer, athlete).await?;
        story::join(trainer, athlete).await?;
        story::release_round(trainer, "Bankdr", "80x8", 1).await?;
        story::sees_round(athlete, 1).await?;
        sees_video_play(athlete).await?;
        assert_eq!(stage.console_problems()?, Vec::<String>::new());
        Ok(())
    };
    stage.play("video", scenario).await;
    Ok(())
}
