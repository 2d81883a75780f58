//! Taking an exercise's video away. Based on the video that was there.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use training::library::{ExerciseState, set_video};
use training::{Document, EntityRef, Event, Exercise, ProblemCode, Refusal, VideoId};

use super::Act;
use super::Behaviour;
use super::edit_exercise::exercise;
use crate::documents::entity;
use crate::outbox::decision::DecisionContext;
use crate::outbox::request::{AnsweredWith, Newest, Request};

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct RemoveExerciseVideo {
    /// The video when the user took it away.
    pub(crate) base: Option<VideoId>,
}

impl Behaviour for RemoveExerciseVideo {
    fn request(&self, subject: EntityRef) -> Request {
        Request::new(Method::DELETE, format!("/v1/exercises/{}/video", subject.id), AnsweredWith::Subject)
    }

    fn decide(&self, subject: Option<&Document>, by: &DecisionContext<'_>) -> Result<Vec<Event>, Refusal> {
        let exercise = exercise(subject)?;
        if exercise.video.is_none() {
            return Ok(Vec::new());
        }
        let without = set_video(ExerciseState { exercise, based_on: None }, None)?;
        Ok(vec![Event::Saved { at: by.at, document: without.into() }])
    }

    fn version_to_send_on(&self, newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        let newest: &Exercise = entity(newest.document()).ok_or(ProblemCode::NotFound)?;
        let video = newest.video.as_ref().map(|video| video.id);
        // Somebody else's video, given meanwhile, is not the one that was to go.
        if video.is_none() || video == self.base { Ok(Some(newest.version)) } else { Err(ProblemCode::VersionMismatch) }
    }

    fn rebased(&self, subject: &Document) -> Option<Act> {
        let exercise: &Exercise = subject.try_into().ok()?;
        Some(Self { base: exercise.video.as_ref().map(|video| video.id) }.into())
    }
}
