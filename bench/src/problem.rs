//! Why a benchmark has no result.

use system_tests::Failure;

/// Why a benchmark has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error(transparent)]
    Stage(#[from] Failure),
    #[error("{what}: {cause}")]
    Io { what: String, cause: std::io::Error },
    #[error("{0}")]
    Unexpected(String),
}

/// The problem of a failed input or output operation.
pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Problem {
    let what = what.into();
    |cause| Problem::Io { what, cause }
}

/// The problem of an unexpected error.
pub(crate) fn unexpected(error: &impl std::error::Error) -> Problem {
    Problem::Unexpected(error.to_string())
}
