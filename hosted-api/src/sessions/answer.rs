//! What a command is answered with, the first time and every other.

use axum::Json;
use axum::http::header::ETAG;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use training::{FieldProblem, ProblemCode, Round, Session};

use crate::http::{ApiError, etag};

/// The answer to a command, as it is kept under its idempotency key.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub(crate) enum Answer {
    /// A session was started.
    SessionCreated { session: Session },
    /// A session was changed.
    Session { session: Session },
    /// A round was created.
    RoundCreated { round: Round },
    /// A round was changed.
    Round { round: Round },
    /// A round was deleted.
    Deleted,
    /// The state forbade it. Kept as well: the same command sent again is not tried again.
    Refused {
        code: ProblemCode,
        /// Empty in what older versions kept.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldProblem>,
    },
}

/// An answer, and whether it is that of an earlier request.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) answer: Answer,
    pub(crate) replayed: bool,
}

/// How a command ended, for the metrics.
pub(super) fn outcome(result: &Result<Answered, ApiError>) -> &'static str {
    match result {
        Ok(Answered { answer: Answer::Refused { .. }, .. }) => "refused",
        Ok(_) => "done",
        Err(error) if error.status().is_server_error() => "failed",
        Err(_) => "refused",
    }
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let mut response = match self.answer {
            Answer::SessionCreated { session } => (StatusCode::CREATED, Json(session)).into_response(),
            Answer::Session { session } => Json(session).into_response(),
            Answer::RoundCreated { round } => {
                (StatusCode::CREATED, [(ETAG, etag(round.version))], Json(round)).into_response()
            }
            Answer::Round { round } => ([(ETAG, etag(round.version))], Json(round)).into_response(),
            Answer::Deleted => StatusCode::NO_CONTENT.into_response(),
            Answer::Refused { code, fields } => ApiError::refused(code, fields).into_response(),
        };
        if self.replayed {
            let replayed = HeaderName::from_static("idempotency-replayed");
            response.headers_mut().insert(replayed, HeaderValue::from_static("true"));
        }
        response
    }
}
