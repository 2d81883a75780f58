//! What all acts have in common: each is about an entity, is sent as one request, and can be decided here.

use reqwest::Method;
use serde::Serialize;
use training::{Document, EntityRef, Event, ExerciseReport, ProblemCode, Refusal, Round, RoundId, RoundPlan, Session};

use super::acts::Act;
use super::projection::Deciding;
use super::{Answer, Entry};

/// An act of one kind; each has a file in [`acts`](super::acts).
pub(crate) trait Behaviour {
    /// The round of a session it is about; none for one about the whole entity, or that makes a round.
    fn round(&self) -> Option<RoundId> {
        None
    }

    /// What is sent for it about `subject`.
    fn request(&self, subject: EntityRef) -> Request;

    /// What it makes happen to its subject as it stands. Nothing, when it has happened already.
    ///
    /// # Errors
    /// The [`Refusal`] of the rules.
    fn decide(&self, subject: Option<&Document>, by: &Deciding<'_>) -> Result<Vec<Event>, Refusal>;

    /// Which version it is to be sent on: the newest, if that still is what the act was done on. None for an act that is
    /// based on no version.
    ///
    /// # Errors
    /// The code of the refusal where it isn't.
    fn version_to_send_on(&self, _newest: &Newest<'_>) -> Result<Option<u64>, ProblemCode> {
        Ok(None)
    }

    /// The same act meant anew, on its subject as it is now.
    fn rebased(&self, _subject: &Document) -> Option<Act> {
        None
    }

    /// The same without its second half, where it makes something and does more with it in the same act.
    fn first_half(&self) -> Option<Act> {
        None
    }

    /// Whether it makes something, which the window has to be able to name.
    fn makes_something(&self) -> bool {
        false
    }

    /// What the person entered, to be shown again when the act is refused.
    fn entered(&self) -> Entered {
        Entered::default()
    }
}

/// What a person entered in an act.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entered {
    pub(crate) plan: Option<RoundPlan>,
    pub(crate) reports: Vec<ExerciseReport>,
    pub(crate) exercise: Option<training::library::ExerciseDraft>,
}

/// What an act is sent as.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) answer: AnsweredWith,
}

/// What a request is answered with when it was done; nothing at all is always possible, and means that it is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AnsweredWith {
    /// The act's subject.
    Subject,
    /// A round of it.
    Round,
}

impl Request {
    /// One without a body.
    pub(crate) fn new(method: Method, path: String, answer: AnsweredWith) -> Self {
        Self { method, path, body: None, answer }
    }

    /// The same with a body.
    #[must_use]
    pub(crate) fn with(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("what we send can be written as JSON");
        Self { body: Some(body), ..self }
    }
}

/// The newest that is known of an act's subject: as it is stored, and as acts before it were answered, which may be ahead
/// of the feed.
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

    /// The whole of it.
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
    /// What it makes happen to its subject as it stands.
    pub(crate) fn decide(&self, subject: Option<&Document>, by: &Deciding<'_>) -> Result<Vec<Event>, Refusal> {
        self.act.behaviour().decide(subject, by)
    }
}
