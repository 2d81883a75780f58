//! What all acts have in common: each is about one entity, is sent as one request, and can be decided locally.

use reqwest::Method;
use serde::Serialize;
use training::{Document, EntityRef, Event, ExerciseReport, ProblemCode, Refusal, Round, RoundId, RoundPlan, Session};

use super::acts::Act;
use super::projection::Deciding;
use super::{Answer, Entry};

/// An act of one kind; each has a file in [`acts`](super::acts).
pub(crate) trait Behaviour {
    /// The round it is about; `None` for an act on the whole entity, or one that creates a round.
    fn round(&self) -> Option<RoundId> {
        None
    }

    /// The request to send for it.
    fn request(&self, subject: EntityRef) -> Request;

    /// The events it causes on its subject in the given state. Empty if the subject already has them.
    ///
    /// # Errors
    /// The [`Refusal`] of the rules.
    fn decide(&self, subject: Option<&Document>, by: &Deciding<'_>) -> Result<Vec<Event>, Refusal>;

    /// The base version to send with it: the newest, if its content still matches what the act was based on. `None` for
    /// an act that needs no base version.
    ///
    /// # Errors
    /// The code of the refusal if the content no longer matches.
    fn version_to_send_on(&self, _newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(None)
    }

    /// The same act, rebased on the present state of its subject.
    fn rebased(&self, _subject: &Document) -> Option<Act> {
        None
    }

    /// The act without its second half, where it creates something and does more with it in the same act.
    fn first_half(&self) -> Option<Act> {
        None
    }

    /// Whether it creates something, which the window needs an id for.
    fn makes_something(&self) -> bool {
        false
    }

    /// What the user entered, to be shown again if the act is refused.
    fn entered(&self) -> Entered {
        Entered::default()
    }
}

/// What the user entered in an act.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entered {
    pub(crate) plan: Option<RoundPlan>,
    pub(crate) reports: Vec<ExerciseReport>,
    pub(crate) exercise: Option<training::library::ExerciseDraft>,
}

/// The HTTP request for an act.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) answer: AnsweredWith,
}

/// What a successful request is answered with. An empty answer is always possible, and means that the subject is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnsweredWith {
    /// The act's subject.
    Subject,
    /// A round of it.
    Round,
}

impl Request {
    /// A request without a body.
    pub(crate) fn new(method: Method, path: String, answer: AnsweredWith) -> Self {
        Self { method, path, body: None, answer }
    }

    /// The same request with a body.
    #[must_use]
    pub(crate) fn with(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("what we send can be written as JSON");
        Self { body: Some(body), ..self }
    }
}

/// The newest known state of an act's subject: the stored one, and the answers to earlier acts, which may be ahead of
/// the feed.
pub(crate) struct Newest<'a> {
    pub(crate) stored: Option<&'a Document>,
    /// Newest first.
    pub(crate) answers: Vec<&'a Answer>,
}

impl Newest<'_> {
    /// A round of it.
    pub(crate) fn round(&self, id: RoundId) -> Option<&Round> {
        let session: Option<&Session> = self.stored.and_then(|document| document.try_into().ok());
        let stored = session.and_then(|session| session.round(id));
        let answered = self.answers.iter().find_map(|answer| match answer {
            Answer::Round(round) if round.id == id => Some(&**round),
            _ => None,
        });
        match (stored, answered) {
            (Some(stored), Some(answered)) if answered.version > stored.version => Some(answered),
            (None, answered) => answered,
            (stored, _) => stored,
        }
    }

    /// The whole subject.
    pub(crate) fn document(&self) -> Option<&Document> {
        let answered = self.answers.iter().find_map(|answer| match answer {
            Answer::Entity(document) => Some(&**document),
            _ => None,
        });
        match (self.stored, answered) {
            (Some(stored), Some(answered)) if answered.version() > stored.version() => Some(answered),
            (None, answered) => answered,
            (stored, _) => stored,
        }
    }
}

impl Entry {
    /// The events it causes on its subject in the given state.
    pub(crate) fn decide(&self, subject: Option<&Document>, by: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        self.act.behaviour().decide(subject, by)
    }
}
