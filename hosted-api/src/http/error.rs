//! The one place where an error becomes an HTTP answer.
//!
//! An [`ApiError`] leaves an endpoint as an extension of an empty response; the boundary logs it once and writes the
//! problem document, because only the boundary knows the request's id.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use training::wire::Role;
use training::{FieldCode, FieldProblem, Problem, ProblemCode, Refusal};

use crate::accounts::PasswordError;
use crate::store::StoreError;

/// Why a request failed.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) code: ProblemCode,
    detail: Option<String>,
    fields: Vec<FieldProblem>,
    retry_after: Option<Duration>,
    /// For the log only: what went wrong on our side.
    pub(crate) cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl ApiError {
    pub(crate) fn new(code: ProblemCode) -> Self {
        Self { code, detail: None, fields: Vec::new(), retry_after: None, cause: None }
    }

    /// Input with findings.
    pub(crate) fn invalid(fields: Vec<FieldProblem>) -> Self {
        Self::refused(ProblemCode::Invalid, fields)
    }

    /// A refused command, with the findings in its input if they are the reason.
    pub(crate) fn refused(code: ProblemCode, fields: Vec<FieldProblem>) -> Self {
        Self { fields, ..Self::new(code) }
    }

    /// Input with one finding.
    pub(crate) fn invalid_field(pointer: impl Into<String>, code: FieldCode) -> Self {
        Self::invalid(vec![FieldProblem { pointer: pointer.into(), code }])
    }

    /// Our own failure.
    pub(crate) fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self { cause: Some(Arc::new(cause)), ..Self::new(ProblemCode::Internal) }
    }

    /// The database is temporarily unavailable.
    pub(crate) fn unavailable(cause: impl Error + Send + Sync + 'static) -> Self {
        Self { cause: Some(Arc::new(cause)), ..Self::new(ProblemCode::Unavailable) }.retry_after(Duration::from_secs(1))
    }

    /// A file can't be written or read. A full disk is told apart: somebody can make room.
    pub(crate) fn file(cause: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        let code = match cause.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => ProblemCode::StorageFull,
            _ => ProblemCode::Internal,
        };
        Self { cause: Some(Arc::new(cause)), ..Self::new(code) }
    }

    /// The server is shutting down; another one takes over.
    pub(crate) fn draining() -> Self {
        Self::new(ProblemCode::Draining).retry_after(Duration::from_secs(1))
    }

    /// More is asked of the server than it can do or hold right now.
    pub(crate) fn busy() -> Self {
        Self::new(ProblemCode::Busy).retry_after(Duration::from_secs(1))
    }

    /// The caller lacks this role.
    pub(crate) fn role(role: Role) -> Self {
        Self::new(ProblemCode::RoleForbidden).detail(format!("this needs the role {role:?}").to_lowercase())
    }

    #[must_use]
    pub(crate) fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    #[must_use]
    pub(crate) fn retry_after(self, after: Duration) -> Self {
        Self { retry_after: Some(after), ..self }
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whole seconds for `Retry-After`, never zero.
    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        self.retry_after.map(|after| after.as_secs() + u64::from(after.subsec_nanos() > 0)).map(|s| s.max(1))
    }

    /// The problem document for the request with this id.
    pub(crate) fn problem(self, request_id: &str) -> Problem {
        let problem = Problem::new(self.code, request_id);
        Problem { detail: self.detail.or(problem.detail), fields: self.fields, ..problem }
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let code = ProblemCode::from(&refusal);
        Self::refused(code, refusal.into_fields())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_transient() { Self::unavailable(error) } else { Self::internal(error) }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => Self::busy(),
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// For unknown paths.
pub(crate) async fn not_found() -> ApiError {
    ApiError::new(ProblemCode::NotFound)
}

/// For methods a path does not have.
pub(crate) async fn method_not_allowed() -> ApiError {
    ApiError::new(ProblemCode::MethodNotAllowed)
}
