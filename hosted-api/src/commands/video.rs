//! An exercise's video: trainers and admins set and remove it.

use training::library::{ExerciseState, set_video};
use training::people::AuditAct;
use training::{Exercise, ExerciseId, FieldCode, Findings, StudioId, Video, VideoId};
use uuid::Uuid;

use super::exercise::{locked, record, saved, unchanged};
use super::{Answer, Command, CommandContext, CommandError, Outcome};
use crate::clock;
use crate::http::{ApiError, Caller, IfMatch};
use crate::store::{Poster, Tx, UploadRow, VideoRow, seconds};
use crate::videos::VideoFacts;

/// The uploads that an exercise's video is made of, looked into before the command: that takes too long for a
/// transaction.
pub(crate) struct CheckedVideo {
    pub(crate) upload: UploadRow,
    pub(crate) facts: VideoFacts,
    /// The picture's upload, and its media type.
    pub(crate) poster: Option<(UploadRow, &'static str)>,
}

/// Gives an exercise another video, based on the version it names.
pub(crate) struct SetVideo {
    pub(crate) exercise: ExerciseId,
    pub(crate) version: IfMatch,
    /// The video, or why it can't be used.
    pub(crate) video: Result<CheckedVideo, CommandError>,
}

/// Removes an exercise's video, based on the version it names.
pub(crate) struct RemoveVideo(pub(crate) ExerciseId, pub(crate) IfMatch);

impl Command for SetVideo {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be_staff()
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let studio = context.caller.account.studio.id;
        let before = locked(tx, studio, self.exercise).await?;
        let state = ExerciseState { exercise: &before, based_on: Some(self.version.version()?) };
        // The version first: what has changed since has another video, perhaps.
        set_video(state, before.video.clone())?;
        let CheckedVideo { upload, facts, poster } = self.video?;
        let (mut findings, mut used) = (Findings::default(), Vec::new());
        let uploads = [("/upload_id", Some(&upload)), ("/poster_upload_id", poster.as_ref().map(|(upload, _)| upload))];
        for (pointer, upload) in uploads.into_iter().filter_map(|(pointer, upload)| Some((pointer, upload?))) {
            match tx.upload(context.caller.account.id, upload.id).await? {
                Some(UploadRow { complete: true, .. }) => used.push(upload.id),
                _ => findings.add_mismatch(pointer, FieldCode::UnknownReference),
            }
        }
        findings.into_result()?;
        for upload in used {
            tx.delete_upload(upload).await?;
        }
        let row = video_row(&upload, &facts, poster);
        let exercise = set_video(state, Some(row.video.clone()))?;
        tx.add_video(studio, exercise.id, &row, facts.duration_ms, clock::now()).await?;
        changed(tx, context, studio, &before, exercise).await
    }
}

impl Command for RemoveVideo {
    fn authorise(&self, caller: &Caller) -> Result<(), ApiError> {
        caller.must_be_staff()
    }

    async fn perform(self, tx: &mut Tx, context: &CommandContext) -> Result<Outcome, CommandError> {
        let Self(id, version) = self;
        let studio = context.caller.account.studio.id;
        let before = locked(tx, studio, id).await?;
        let state = ExerciseState { exercise: &before, based_on: Some(version.version()?) };
        let exercise = set_video(state, None)?;
        if exercise == before { unchanged(&exercise) } else { changed(tx, context, studio, &before, exercise).await }
    }
}

fn video_row(upload: &UploadRow, facts: &VideoFacts, poster: Option<(UploadRow, &'static str)>) -> VideoRow {
    let video = Video {
        id: VideoId(Uuid::now_v7()),
        size_bytes: upload.size_bytes,
        duration_s: seconds(facts.duration_ms),
        width: facts.width,
        height: facts.height,
        media_type: facts.media_type.to_owned(),
        has_poster: poster.is_some(),
    };
    let poster = poster.map(|(upload, media_type)| Poster { hash: upload.hash, media_type: media_type.to_owned() });
    VideoRow { video, hash: upload.hash.clone(), poster }
}

async fn changed(
    tx: &mut Tx,
    context: &CommandContext,
    studio: StudioId,
    before: &Exercise,
    exercise: Exercise,
) -> Result<Outcome, CommandError> {
    if let Some(video) = &before.video {
        tx.replace_video(video.id).await?;
    }
    record(tx, context, AuditAct::VideoChanged, &exercise).await?;
    tx.save_exercise(&exercise).await?;
    let answer = Answer::changed(&exercise, Some(exercise.version))?;
    Ok(Outcome::new(answer, saved(tx, studio, exercise).await?))
}
