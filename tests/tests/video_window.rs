//! A video in real windows: chosen in the trainer's, and playing in the athlete's.

use system_tests::{Failure, Stage, story, video};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_that_the_trainer_chooses_plays_beside_the_athlete_s_plan() -> Result<(), Failure> {
    let stage = Stage::set().await?;
    let scenario = async |stage: &mut Stage| {
        let (trainer, athlete) = (&stage.trainer, &stage.athlete);
        video::choose(trainer, "Bankdr").await?;
        story::start_session(trainer, athlete).await?;
        story::join(trainer, athlete).await?;
        story::release_round(trainer, "Bankdr", "80x8", 1).await?;
        story::sees_round(athlete, 1).await?;
        video::plays(athlete).await?;
        assert_eq!(stage.console_problems()?, Vec::<String>::new());
        Ok(())
    };
    stage.play("video", scenario).await;
    Ok(())
}
