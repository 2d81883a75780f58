//! Videos for tests: real ones, as small as the server's tests have them, and as large as it takes.

use ringside_core::Agent;
use ringside_core::bridge::{Failure, LibraryCalls};
use training::ExerciseId;

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
