//! The answer to a command, both the first one and its replays.

use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use training::{FieldProblem, ProblemCode, Refusal};

use crate::http::{ApiError, etag};

/// The answer to a command, as stored under its idempotency key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// It was done.
    Done(Body),
    /// The state forbade it. Stored as well: the same command, resent, is not tried again.
    Refused {
        code: ProblemCode,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldProblem>,
    },
}

/// The response to a command that was done.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Body {
    status: u16,
    /// The version of what was changed, for the `ETag`.
    #[serde(default)]
    version: Option<u64>,
    /// The created or changed entity; none if it was deleted.
    #[serde(default)]
    entity: Option<Box<RawValue>>,
}

impl Answer {
    /// An entity was created.
    pub(crate) fn created(entity: &impl Serialize, version: Option<u64>) -> Result<Self, ApiError> {
        Self::done(StatusCode::CREATED, entity, version)
    }

    /// An entity was changed.
    pub(crate) fn changed(entity: &impl Serialize, version: Option<u64>) -> Result<Self, ApiError> {
        Self::done(StatusCode::OK, entity, version)
    }

    /// An entity was deleted.
    pub(crate) fn gone() -> Self {
        Self::Done(Body { status: StatusCode::NO_CONTENT.as_u16(), version: None, entity: None })
    }

    /// What was stored of an answer that holds a secret; none if the command was refused.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<Option<T>, ApiError> {
        match self {
            Self::Done(Body { entity: Some(entity), .. }) => {
                serde_json::from_str(entity.get()).map(Some).map_err(ApiError::internal)
            }
            _ => Ok(None),
        }
    }

    /// The rules refused it.
    pub(crate) fn refused(refusal: Refusal) -> Self {
        Self::Refused { code: ProblemCode::from(&refusal), fields: refusal.into_fields() }
    }

    fn done(status: StatusCode, entity: &impl Serialize, version: Option<u64>) -> Result<Self, ApiError> {
        let entity = to_raw_value(entity).map_err(ApiError::internal)?;
        Ok(Self::Done(Body { status: status.as_u16(), version, entity: Some(entity) }))
    }
}

/// An answer read back from the database, in whichever format it was stored.
#[derive(Debug)]
pub(super) struct StoredAnswer(pub(super) Answer);

impl<'de> Deserialize<'de> for StoredAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not an untagged enum: that would buffer the entity, which must be replayed byte for byte.
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let answer = serde_json::from_str(text.get()).or_else(|error| {
            let earlier = serde_json::from_str::<EarlierFormat>(text.get()).ok();
            earlier.and_then(EarlierFormat::into_answer).ok_or_else(|| serde::de::Error::custom(error))
        });
        answer.map(Self)
    }
}

/// How answers were stored before version 0.2.
#[derive(Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
enum EarlierFormat {
    SessionCreated {
        session: serde_json::Value,
    },
    Session {
        session: serde_json::Value,
    },
    RoundCreated {
        round: serde_json::Value,
    },
    Round {
        round: serde_json::Value,
    },
    Deleted,
    Refused {
        code: ProblemCode,
        #[serde(default)]
        fields: Vec<FieldProblem>,
    },
}

impl EarlierFormat {
    fn into_answer(self) -> Option<Answer> {
        let (status, has_tag, entity) = match self {
            Self::SessionCreated { session } => (StatusCode::CREATED, false, session),
            Self::Session { session } => (StatusCode::OK, false, session),
            Self::RoundCreated { round } => (StatusCode::CREATED, true, round),
            Self::Round { round } => (StatusCode::OK, true, round),
            Self::Deleted => return Some(Answer::gone()),
            Self::Refused { code, fields } => return Some(Answer::Refused { code, fields }),
        };
        let version = entity["version"].as_u64().filter(|_| has_tag);
        Answer::done(status, &entity, version).ok()
    }
}

/// An answer, and whether it is a replay of an earlier one.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) replayed: bool,
}

/// How a command ended, for the metrics.
pub(super) fn outcome_label(result: &Result<Answered, ApiError>) -> &'static str {
    match result {
        Ok(Answered { answer: Answer::Refused { .. }, .. }) => "refused",
        result => failure_label(result.as_ref().err()),
    }
}

/// The same of what has no answer of its own.
pub(super) fn failure_label(error: Option<&ApiError>) -> &'static str {
    match error {
        None => "done",
        Some(error) if error.status().is_server_error() => "failed",
        Some(_) => "refused",
    }
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let mut response = match self.answer {
            Answer::Done(body) => body.into_response(),
            Answer::Refused { code, fields } => ApiError::refused(code, fields).into_response(),
        };
        if self.replayed {
            let replayed = HeaderName::from_static("idempotency-replayed");
            response.headers_mut().insert(replayed, HeaderValue::from_static("true"));
        }
        response
    }
}

impl IntoResponse for Body {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let Some(entity) = self.entity else { return status.into_response() };
        let mut response = (status, String::from(Box::<str>::from(entity))).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(version) = self.version {
            response.headers_mut().insert(ETAG, etag(version));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Answer {
        let StoredAnswer(answer) = serde_json::from_str(text).expect("an answer");
        answer
    }

    #[test]
    fn an_answer_is_read_back_byte_for_byte() {
        let stored = Answer::created(&serde_json::json!({ "b": 1, "a": 2 }), Some(4)).expect("it can be stored");
        let text = serde_json::to_string(&stored).expect("JSON");
        let Answer::Done(body) = read(&text) else { panic!("it was done") };
        assert_eq!((body.status, body.version), (201, Some(4)));
        assert_eq!(body.entity.expect("it is there").get(), r#"{"a":2,"b":1}"#);
        assert!(matches!(read(&serde_json::to_string(&Answer::gone()).expect("JSON")), Answer::Done(_)));
    }

    #[test]
    fn answers_stored_by_earlier_versions_are_replayed() {
        let Answer::Done(body) = read(r#"{"answer":"round_created","round":{"id":"x","version":3}}"#) else {
            panic!("it was done")
        };
        assert_eq!((body.status, body.version), (201, Some(3)));
        let Answer::Done(body) = read(r#"{"answer":"session","session":{"id":"x","version":3}}"#) else {
            panic!("it was done")
        };
        assert_eq!((body.status, body.version), (200, None));
        assert!(matches!(
            read(r#"{"answer":"refused","code":"session-open"}"#),
            Answer::Refused { code: ProblemCode::SessionOpen, .. }
        ));
    }
}
