//! Maps internal errors to the failures reported to a window.

use training::{Problem, ProblemCode, Refusal};

use crate::bridge::{Failure, FailureCode, LocalCode};
use crate::environment::TransportError;

/// What can go wrong between this machine and the server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// The server refused the request, and says why.
    #[error("the server refused: {:?}", .problem.code)]
    Refused {
        /// Its problem document.
        problem: Box<Problem>,
        /// After how many seconds a retry makes sense.
        retry_after_s: Option<u32>,
    },
    /// No connection could be made, or it broke before an answer.
    #[error("the server can't be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No answer came in time.
    #[error("the server did not answer in time")]
    NoAnswer,
    /// An error of the server, or of a gateway in front of it, without a problem document.
    #[error("the server answered {status}")]
    ServerError {
        /// The HTTP status.
        status: u16,
        /// After how many seconds a retry makes sense.
        retry_after_s: Option<u32>,
    },
    /// This machine does not trust the server's certificate.
    #[error("the server's certificate is not trusted")]
    Certificate {
        /// Who issued it, where somebody is told of it and it could be found out.
        issuer: Option<String>,
    },
    /// The proxy of this network demands a user name and a password.
    #[error("the proxy demands a sign-in")]
    ProxySignIn,
    /// Something between here and the server refused the request with a client error of its own.
    #[error("an intermediary answered {status}")]
    Intermediary {
        /// The HTTP status.
        status: u16,
        /// After how many seconds a retry makes sense.
        retry_after_s: Option<u32>,
    },
    /// The response is larger than it may be.
    #[error("the response is larger than it may be")]
    TooLarge,
    /// The response does not come from a Ringside server.
    #[error("the response is not from a Ringside server")]
    NotRingside,
    /// The server speaks another version of the wire contract.
    #[error("the server speaks another version")]
    OtherVersion,
    /// The server claims our version, but its response can't be parsed: it is not quite our version.
    #[error("the server's response can't be parsed")]
    Unreadable,
    /// Nobody is signed in on this profile, or the server ended the sign-in.
    #[error("nobody is signed in")]
    NotSignedIn,
}

impl ApiError {
    /// The server's code, where the server gave one.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused { problem, .. } => Some(problem.code),
            _ => None,
        }
    }

    /// Whether the server has certainly not done what it was asked, and would refuse it again.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::Refused { problem, .. } if refuses_for_good(problem.status))
    }

    /// Whether the server found something wrong with the field at this JSON pointer.
    pub(crate) fn finds(&self, pointer: &str) -> bool {
        matches!(self, Self::Refused { problem, .. } if problem.fields.iter().any(|field| field.pointer == pointer))
    }

    /// How long the server asks us to wait before a retry, in seconds.
    pub(crate) fn retry_after_s(&self) -> Option<u32> {
        match self {
            Self::Refused { retry_after_s, .. }
            | Self::ServerError { retry_after_s, .. }
            | Self::Intermediary { retry_after_s, .. } => *retry_after_s,
            _ => None,
        }
    }

    /// The code the connection indicator shows for it.
    pub(crate) fn local_code(&self) -> LocalCode {
        match self {
            Self::Refused { .. } | Self::ServerError { .. } => LocalCode::ServerError,
            Self::Unreachable(_) => LocalCode::Unreachable,
            Self::NoAnswer => LocalCode::NoAnswer,
            Self::Certificate { .. } => LocalCode::Certificate,
            Self::ProxySignIn => LocalCode::ProxySignIn,
            Self::Intermediary { .. } | Self::NotRingside | Self::TooLarge => LocalCode::NotRingside,
            Self::OtherVersion | Self::Unreadable => LocalCode::OtherVersion,
            Self::NotSignedIn => LocalCode::NotSignedIn,
        }
    }
}

/// Whether a status refuses a request for what it is, and would again. It says so also for a code of a newer version.
pub(crate) fn refuses_for_good(status: u16) -> bool {
    (400..500).contains(&status) && ![401, 407, 408, 421, 425, 429].contains(&status)
}

impl From<TransportError> for ApiError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Timeout => Self::NoAnswer,
            TransportError::Certificate => Self::Certificate { issuer: None },
            TransportError::ProxySignIn => Self::ProxySignIn,
            TransportError::Broken(error) => Self::Unreachable(error),
        }
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let retry_after_s = error.retry_after_s();
        match error {
            ApiError::Refused { problem, .. } => Self {
                code: FailureCode::Server(problem.code),
                fields: problem.fields,
                detail: problem.detail,
                request_id: Some(problem.request_id),
                retry_after_s,
            },
            ApiError::Certificate { issuer } => Self { detail: issuer, ..Self::local(LocalCode::Certificate) },
            other => Self { retry_after_s, ..Self::local(other.local_code()) },
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = FailureCode::Server(ProblemCode::from(&refusal));
        Self { code, fields: refusal.into_fields(), detail: None, request_id: None, retry_after_s: None }
    }
}
