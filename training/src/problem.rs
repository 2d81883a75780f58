//! The problem document (RFC 9457) both ends of the wire share.

use serde::{Deserialize, Serialize};

use crate::refusal::{FieldProblem, Refusal};

/// The stable code of a problem; what a window translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each name says the problem; those that need more have it in `title`")]
pub enum ProblemCode {
    // The request as such.
    MalformedJson,
    InvalidParameter,
    UnsupportedMediaType,
    NotAcceptable,
    PayloadTooLarge,
    MethodNotAllowed,
    Invalid,
    // Who asks.
    TokenMissing,
    TokenInvalid,
    TokenReused,
    WrongCredentials,
    TooManyAttempts,
    RoleForbidden,
    NotYourPart,
    NotFound,
    // Concurrency.
    IdempotencyMismatch,
    VersionMissing,
    VersionMismatch,
    CursorExpired,
    // What the state forbids.
    NoTrainer,
    SessionOpen,
    SessionNotWaiting,
    SessionNotActive,
    SessionEnded,
    RoundNotDraft,
    RoundNotOut,
    RoundBegun,
    RoundCompleted,
    AnotherRoundOut,
    FinalRoundExists,
    EntriesWouldBeLost,
    // The server.
    Draining,
    Unavailable,
    Timeout,
    Internal,
    /// What only a newer version has a code for. No server of this version sends it.
    #[serde(other)]
    Unknown,
}

impl ProblemCode {
    /// The HTTP status this problem is answered with.
    pub fn status(self) -> u16 {
        match self {
            Self::MalformedJson | Self::InvalidParameter => 400,
            Self::TokenMissing | Self::TokenInvalid | Self::TokenReused | Self::WrongCredentials => 401,
            Self::RoleForbidden | Self::NotYourPart => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::NotAcceptable => 406,
            Self::Timeout => 408,
            Self::NoTrainer
            | Self::SessionOpen
            | Self::SessionNotWaiting
            | Self::SessionNotActive
            | Self::SessionEnded
            | Self::RoundNotDraft
            | Self::RoundNotOut
            | Self::RoundBegun
            | Self::RoundCompleted
            | Self::AnotherRoundOut
            | Self::FinalRoundExists
            | Self::EntriesWouldBeLost => 409,
            Self::CursorExpired => 410,
            Self::VersionMismatch => 412,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid | Self::IdempotencyMismatch => 422,
            Self::VersionMissing => 428,
            Self::TooManyAttempts => 429,
            Self::Internal | Self::Unknown => 500,
            Self::Draining | Self::Unavailable => 503,
        }
    }

    /// The code as it is written on the wire.
    pub fn name(self) -> String {
        slug(self)
    }

    /// What the problem is, in a few English words, the same for every occurrence.
    pub fn title(self) -> &'static str {
        match self {
            Self::MalformedJson => "The body is not JSON",
            Self::InvalidParameter => "A parameter of the request is invalid",
            Self::UnsupportedMediaType => "The body must be application/json",
            Self::NotAcceptable => "None of the accepted media types is available",
            Self::PayloadTooLarge => "The body is too large",
            Self::MethodNotAllowed => "The method is not allowed here",
            Self::Invalid => "The input is invalid",
            Self::TokenMissing => "An access token is required",
            Self::TokenInvalid => "The token is unknown, expired or revoked",
            Self::TokenReused => "The refresh token was used before; its sign-in is revoked",
            Self::WrongCredentials => "E-mail or password is wrong",
            Self::TooManyAttempts => "Too many attempts",
            Self::RoleForbidden => "Not for your role",
            Self::NotYourPart => "Not for your part in this session",
            Self::NotFound => "Not found",
            Self::IdempotencyMismatch => "The idempotency key was used for another request",
            Self::VersionMissing => "If-Match with the round's version is required",
            Self::VersionMismatch => "The round has changed since",
            Self::CursorExpired => "The feed can't be continued from this cursor",
            Self::NoTrainer => "No trainer is assigned",
            Self::SessionOpen => "A session is already open",
            Self::SessionNotWaiting => "The session is not waiting",
            Self::SessionNotActive => "The session is not active",
            Self::SessionEnded => "The session has ended",
            Self::RoundNotDraft => "The round is not a draft",
            Self::RoundNotOut => "The round is not out",
            Self::RoundBegun => "The round has begun",
            Self::RoundCompleted => "The round is completed",
            Self::AnotherRoundOut => "Another round is out",
            Self::FinalRoundExists => "Another round is the final one",
            Self::EntriesWouldBeLost => "An exercise with the athlete's entries would be dropped",
            Self::Draining => "The server is shutting down",
            Self::Unavailable => "The database does not answer or has no room",
            Self::Timeout => "The request took too long",
            Self::Internal => "Something went wrong on the server",
            Self::Unknown => "A problem this version does not know",
        }
    }

    /// What it means for whoever sent the request, in an English sentence, where nothing more is known of the occurrence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::MalformedJson => "The body ends early, has something after its end, or is no JSON in UTF-8.",
            Self::InvalidParameter => "A parameter or a header of the request is not what it may be.",
            Self::UnsupportedMediaType => "Send the body with Content-Type: application/json.",
            Self::NotAcceptable => "Accept application/json or, for the feed, text/event-stream.",
            Self::PayloadTooLarge => "Nothing that is valid needs a body as large as this.",
            Self::MethodNotAllowed => "The Allow header names the methods of this path.",
            Self::Invalid => "Nothing was changed; see the fields.",
            Self::TokenMissing => "Send Authorization: Bearer with an access token.",
            Self::TokenInvalid => "Refresh the pair of tokens, or sign in.",
            Self::TokenReused => "Somebody else may have had it. Sign in.",
            Self::WrongCredentials => "Nobody signs in with this pair, or they are not active.",
            Self::TooManyAttempts => "Try again after the time in the Retry-After header.",
            Self::RoleForbidden => "The account does not have the role that this takes.",
            Self::NotYourPart => "This is for the other one in the session.",
            Self::NotFound => "There is nothing here, or nothing that you may know of.",
            Self::IdempotencyMismatch => "A key is for one request; use a new one for another.",
            Self::VersionMissing => "Send If-Match with the version in quotes that the change is based on.",
            Self::VersionMismatch => "Read the round again and decide on what is there now.",
            Self::CursorExpired => "Take a new snapshot and go on from its cursor.",
            Self::NoTrainer => "Nobody would see the session.",
            Self::SessionOpen => "An athlete has one open session at a time.",
            Self::SessionNotWaiting => "A trainer has joined it already.",
            Self::SessionNotActive => "No trainer has joined it yet.",
            Self::SessionEnded => "It was completed or cancelled, and nothing in it changes any more.",
            Self::RoundNotDraft => "The athlete knows of it already.",
            Self::RoundNotOut => "It is not in front of the athlete.",
            Self::RoundBegun => "The athlete has begun it.",
            Self::RoundCompleted => "Its feedback was given, and nothing in it changes any more.",
            Self::AnotherRoundOut => "One round at a time is in front of the athlete.",
            Self::FinalRoundExists => "One round of a session is the final one.",
            Self::EntriesWouldBeLost => "The athlete has ticked it off or said how it was; keep it in the round.",
            Self::Draining => "Another server takes over. Try again after the time in the Retry-After header.",
            Self::Unavailable => "Try again after the time in the Retry-After header, under the same Idempotency-Key.",
            Self::Timeout => "Try again, a command under the same Idempotency-Key: it may have been done.",
            Self::Internal => "The server's log has it under the request's id.",
            Self::Unknown => "A newer server knows it.",
        }
    }
}

/// A problem document (`application/problem+json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI for this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the problem is, in a few English words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, or else what it means, in English, for whoever reads a log. Servers of today always say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The stable code.
    pub code: ProblemCode,
    /// The request this answers, as in the `X-Request-Id` header and the server's log.
    pub request_id: String,
    /// What is wrong with which field.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldProblem>,
}

impl Problem {
    /// A problem without field findings, and with no more to say of it than what it means.
    pub fn new(code: ProblemCode, request_id: impl Into<String>) -> Self {
        let name = code.title();
        Self {
            kind: format!("urn:ringside:problem:{}", slug(code)),
            title: name.to_owned(),
            status: code.status(),
            detail: Some(code.explanation().to_owned()),
            code,
            request_id: request_id.into(),
            fields: Vec::new(),
        }
    }
}

impl From<&Refusal> for ProblemCode {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Invalid(_) | Refusal::DoesNotFit(_) => Self::Invalid,
            Refusal::NotFound => Self::NotFound,
            Refusal::NotYourPart => Self::NotYourPart,
            Refusal::VersionMismatch => Self::VersionMismatch,
            Refusal::NoTrainer => Self::NoTrainer,
            Refusal::SessionOpen => Self::SessionOpen,
            Refusal::SessionNotWaiting => Self::SessionNotWaiting,
            Refusal::SessionNotActive => Self::SessionNotActive,
            Refusal::SessionEnded => Self::SessionEnded,
            Refusal::RoundNotDraft => Self::RoundNotDraft,
            Refusal::RoundNotOut => Self::RoundNotOut,
            Refusal::RoundBegun => Self::RoundBegun,
            Refusal::RoundCompleted => Self::RoundCompleted,
            Refusal::AnotherRoundOut => Self::AnotherRoundOut,
            Refusal::FinalRoundExists => Self::FinalRoundExists,
            Refusal::EntriesWouldBeLost => Self::EntriesWouldBeLost,
        }
    }
}

/// The code as it is written on the wire.
fn slug(code: ProblemCode) -> String {
    // The debug name is the variant's; kebab case is what serde writes for it (a test holds the two together).
    let mut slug = String::new();
    for c in format!("{code:?}").chars() {
        if c.is_ascii_uppercase() && !slug.is_empty() {
            slug.push('-');
        }
        slug.push(c.to_ascii_lowercase());
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_in_a_sentence_what_it_means() {
        let problem = Problem::new(ProblemCode::CursorExpired, "r");
        assert_eq!(problem.detail.as_deref(), Some("Take a new snapshot and go on from its cursor."));
    }

    #[test]
    fn the_type_of_a_problem_ends_in_its_code() {
        for code in [ProblemCode::MalformedJson, ProblemCode::RoundNotOut, ProblemCode::Internal] {
            let written = serde_json::to_value(Problem::new(code, "r")).expect("a problem serialises");
            let code = written["code"].as_str().expect("the code is a string");
            assert_eq!(written["type"], format!("urn:ringside:problem:{code}"));
        }
    }
}
