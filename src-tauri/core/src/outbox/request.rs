//! The request for an act, and what is known from the answers.

use reqwest::Method;
use serde::Serialize;
use training::notes::JournalDraft;
use training::{
    Document, Entity, ExerciseReport, ItemId, ProblemCode, Round, RoundId, RoundPlan, Session, UserId, Values,
    WeightDraft,
};

use ts_rs::TS;

use crate::documents::entity;

/// The server's answer to an act.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The act's subject, created or changed.
    Entity(Box<Document>),
    /// A round of it, created or changed.
    Round(Box<Round>),
    /// The subject, or its round, is gone.
    Gone,
    /// It was done, but this version can't read the answer. The feed delivers the result.
    Done,
}

/// What the user entered in an act.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entered {
    pub(crate) plan: Option<RoundPlan>,
    pub(crate) reports: Vec<ExerciseReport>,
    pub(crate) exercise: Option<training::library::ExerciseDraft>,
    pub(crate) correction: Option<EnteredCorrection>,
    pub(crate) template: Option<training::TemplateDraft>,
    /// The text of a note.
    pub(crate) note: Option<String>,
    pub(crate) journal: Option<JournalDraft>,
    pub(crate) weight: Option<WeightDraft>,
    /// The athlete it is about, where its subject does not say so.
    pub(crate) athlete: Option<UserId>,
}

/// A correction as it was entered.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct EnteredCorrection {
    /// The exercise of the round.
    pub item_id: ItemId,
    /// What was really done.
    pub actual: Values,
    /// Why.
    pub reason: Option<String>,
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
        let stored = entity::<Session>(self.stored).and_then(|session| session.round(id));
        let answered = self.answers.iter().find_map(|answer| match answer {
            Answer::Round(round) if round.id == id => Some(&**round),
            _ => None,
        });
        newer(stored, answered, |round| round.version)
    }

    /// The whole subject.
    pub(crate) fn document(&self) -> Option<&Document> {
        let answered = self.answers.iter().find_map(|answer| match answer {
            Answer::Entity(document) => Some(&**document),
            _ => None,
        });
        newer(self.stored, answered, Document::version)
    }

    /// Its version, if it still says `base`.
    pub(crate) fn version_that_says<E, D>(&self, base: &D) -> Result<Option<u64>, ProblemCode>
    where
        E: Entity,
        D: PartialEq + for<'a> From<&'a E>,
        for<'a> &'a E: TryFrom<&'a Document>,
    {
        let newest: &E = entity(self.document()).ok_or(ProblemCode::NotFound)?;
        if *base == newest.into() { Ok(Some(newest.version())) } else { Err(ProblemCode::VersionMismatch) }
    }
}

/// The answered one only if it is newer than the stored one.
fn newer<'a, T>(stored: Option<&'a T>, answered: Option<&'a T>, version: impl Fn(&T) -> u64) -> Option<&'a T> {
    match (stored, answered) {
        (Some(stored), Some(answered)) if version(answered) > version(stored) => Some(answered),
        (stored, answered) => stored.or(answered),
    }
}
