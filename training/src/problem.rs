//! The problem document (RFC 9457) both ends of the wire share.

use serde::{Deserialize, Serialize};

use crate::refusal::{FieldProblem, Refusal};
use crate::vocabulary::vocabulary;

/// The table of problems: name, code on the wire, HTTP status, title, and explanation for the client.
macro_rules! problems {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $explanation:literal;)+) => {
        vocabulary! {
            /// The stable code of a problem; what a window translates.
            ProblemCode { $(#[doc = $title] $name = $code,)+ }
        }

        impl ProblemCode {
            /// The HTTP status this problem is answered with.
            pub fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status,)+
                    Self::Unknown(_) => 500,
                }
            }

            /// What the problem is, in a few English words, the same for every occurrence.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)+
                    Self::Unknown(_) => "A problem this version does not know",
                }
            }

            /// What it means for whoever sent the request, in an English sentence, where nothing more is known of the
            /// occurrence.
            pub fn explanation(self) -> &'static str {
                match self {
                    $(Self::$name => $explanation,)+
                    Self::Unknown(_) => "A newer server knows it.",
                }
            }
        }
    };
}

problems! {
    // The request as such.
    MalformedJson = "malformed-json", 400, "The body is not JSON",
        "The body ends early, has something after its end, or is no JSON in UTF-8.";
    InvalidParameter = "invalid-parameter", 400, "A parameter of the request is invalid",
        "A parameter or a header of the request is not what it may be.";
    UnsupportedMediaType = "unsupported-media-type", 415, "The body must be application/json",
        "Send the body with Content-Type: application/json.";
    NotAcceptable = "not-acceptable", 406, "None of the accepted media types is available",
        "Accept application/json or, for the feed, text/event-stream.";
    PayloadTooLarge = "payload-too-large", 413, "The body is too large",
        "Nothing that is valid needs a body as large as this.";
    MethodNotAllowed = "method-not-allowed", 405, "The method is not allowed here",
        "The Allow header names the methods of this path.";
    Invalid = "invalid", 422, "The input is invalid",
        "Nothing was changed; see the fields.";
    // Authentication.
    TokenMissing = "token-missing", 401, "An access token is required",
        "Send Authorization: Bearer with an access token.";
    TokenInvalid = "token-invalid", 401, "The token is unknown, expired or revoked",
        "Refresh the pair of tokens, or sign in.";
    TokenReused = "token-reused", 401, "The refresh token was used before; its sign-in is revoked",
        "Somebody else may have had it. Sign in.";
    WrongCredentials = "wrong-credentials", 401, "E-mail or password is wrong",
        "Nobody signs in with this pair, or they are not active.";
    TooManyAttempts = "too-many-attempts", 429, "Too many attempts",
        "Try again after the time in the Retry-After header.";
    RoleForbidden = "role-forbidden", 403, "Not for your role",
        "The account does not have the role that this takes.";
    NotYourPart = "not-your-part", 403, "Not for your part in this session",
        "This is for the other one in the session.";
    NotOwner = "not-owner", 403, "It is somebody else's",
        "Only whose it is may change it.";
    NotFound = "not-found", 404, "Not found",
        "There is nothing here, or nothing that you may know of.";
    // Concurrency.
    IdempotencyMismatch = "idempotency-mismatch", 422, "The idempotency key was used for another request",
        "A key is for one request; use a new one for another.";
    VersionMissing = "version-missing", 428, "If-Match with the version is required",
        "Send If-Match with the version in quotes that the change is based on.";
    VersionMismatch = "version-mismatch", 412, "It has changed since",
        "Read it again and decide on what is there now.";
    CursorExpired = "cursor-expired", 410, "The feed can't be continued from this cursor",
        "Take a new snapshot and go on from its cursor.";
    // Conflicts with the current state.
    NoTrainer = "no-trainer", 409, "No trainer is assigned",
        "Nobody would see the session.";
    SessionOpen = "session-open", 409, "A session is already open",
        "An athlete has one open session at a time.";
    SessionNotWaiting = "session-not-waiting", 409, "The session is not waiting",
        "A trainer has joined it already.";
    SessionNotActive = "session-not-active", 409, "The session is not active",
        "No trainer has joined it yet.";
    SessionEnded = "session-ended", 409, "The session has ended",
        "It was completed or cancelled, and nothing in it changes any more.";
    RoundNotDraft = "round-not-draft", 409, "The round is not a draft",
        "The athlete knows of it already.";
    RoundNotOut = "round-not-out", 409, "The round is not out",
        "It is not in front of the athlete.";
    RoundBegun = "round-begun", 409, "The round has begun",
        "The athlete has begun it.";
    RoundCompleted = "round-completed", 409, "The round is completed",
        "Its feedback was given, and nothing in it changes any more.";
    NothingNoted = "nothing-noted", 409, "Nothing is noted",
        "The athlete has noted nothing of this exercise that could be corrected.";
    AnotherRoundOut = "another-round-out", 409, "Another round is out",
        "One round at a time is in front of the athlete.";
    FinalRoundExists = "final-round-exists", 409, "Another round is the final one",
        "One round of a session is the final one.";
    SessionFull = "session-full", 409, "The session is full",
        "It has as many rounds, or as much planned in them, as a session may have. Delete drafts, or start another.";
    EntriesWouldBeLost = "entries-would-be-lost", 409, "An exercise with the athlete's entries would be dropped",
        "The athlete has ticked it off or said how it was; keep it in the round.";
    NameTaken = "name-taken", 409, "The name is taken",
        "Another exercise of the studio has it, perhaps an archived one.";
    EmailTaken = "email-taken", 409, "The address is taken",
        "Somebody on this server signs in with it.";
    LastAdmin = "last-admin", 409, "This is the last active admin",
        "Nobody else could administer the studio. Make somebody else an admin first.";
    HasAthletes = "has-athletes", 409, "Athletes are assigned to this trainer",
        "Assign them to somebody else first.";
    Deactivated = "deactivated", 409, "The person is deactivated",
        "Reactivate them first.";
    InvitationEnded = "invitation-ended", 409, "The invitation has ended",
        "It was used, taken back or replaced since this was first sent.";
    LibraryFull = "library-full", 409, "The library is full",
        "It has as many exercises as a studio may have, archived ones included. Archive one that no round and no \
         template uses: it is deleted.";
    TemplatesFull = "templates-full", 409, "There is no room for more templates",
        "One trainer has a number of templates, and so much in them together. Delete one first.";
    JournalFull = "journal-full", 409, "The journal is full",
        "It has as many entries, or as many pinned ones, as a journal about one athlete may have.";
    WeightsFull = "weights-full", 409, "There is no room for more weights",
        "An athlete has at most 20,000. Delete one first.";
    // Files.
    UploadTooLarge = "upload-too-large", 413, "The file is too large",
        "A video has at most 50,000,000 bytes, and its poster 40,960.";
    NotAVideo = "not-a-video", 415, "The file is not a video that can be used",
        "A video is a whole MP4, MOV or WebM file with a picture, of at most ten minutes.";
    NotAPicture = "not-a-picture", 415, "The poster is not a picture that can be used",
        "A poster is a JPEG, PNG or WebP file of at most 40,960 bytes.";
    WrongHash = "wrong-hash", 422, "The bytes that came are not those that were announced",
        "Their SHA-256 is another, so they were discarded. Begin the upload again.";
    WrongOffset = "wrong-offset", 409, "The upload has another offset",
        "Ask for its offset with HEAD and go on from there. Another request may be adding to it.";
    UploadIncomplete = "upload-incomplete", 409, "The upload is not complete",
        "Send the rest of its bytes first.";
    UnreadableFile = "unreadable-file", 415, "The file can't be read",
        "It is empty, no text, or a ZIP without exactly one CSV file in it. Export it as CSV.";
    UnknownFormat = "unknown-format", 415, "The file is of no known tracker",
        "It is no export of Ringside, Strong, Hevy, FitNotes, StrongLifts or GymBook.";
    ImportTooLarge = "import-too-large", 413, "The file holds too much",
        "A file has at most 20 MB, 200,000 rows, 500 columns and 2,000 exercises.";
    ImportFinal = "import-final", 409, "The import can't be taken back any more",
        "That is possible for 30 days.";
    TooManyUploads = "too-many-uploads", 409, "Too many uploads were begun",
        "One person has a number of uploads that no exercise uses yet. Use some, or leave them for a day.";
    StorageFull = "storage-full", 507, "The server has no room for the file",
        "Its disk is full. Nothing was changed; whoever runs the server has to make room.";
    // Limits of one person.
    TooManyStreams = "too-many-streams", 429, "Too many streams are open",
        "One person has a number of streams and of waiting polls at once. Close some, or try again after the time in \
         the Retry-After header.";
    TooManyCommands = "too-many-commands", 429, "Too many commands in one day",
        "Nothing was changed. Try again after the time in the Retry-After header, under the same Idempotency-Key.";
    // The server.
    Busy = "busy", 503, "The server has too much to do",
        "It has not looked at the request. Try again after the time in the Retry-After header.";
    Draining = "draining", 503, "The server is shutting down",
        "Another server takes over. Try again after the time in the Retry-After header.";
    Unavailable = "unavailable", 503, "The database does not answer or has no room",
        "Try again after the time in the Retry-After header, under the same Idempotency-Key.";
    Timeout = "timeout", 408, "The request took too long",
        "Try again, a command under the same Idempotency-Key: it may have been done.";
    Internal = "internal", 500, "Something went wrong on the server",
        "The server's log has it under the request's id.";
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
    /// A problem without field findings, whose detail is just the general explanation.
    pub fn new(code: ProblemCode, request_id: impl Into<String>) -> Self {
        let name = code.title();
        Self {
            kind: format!("urn:ringside:problem:{}", code.as_str()),
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
            Refusal::NotOwner => Self::NotOwner,
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
            Refusal::NothingNoted => Self::NothingNoted,
            Refusal::AnotherRoundOut => Self::AnotherRoundOut,
            Refusal::FinalRoundExists => Self::FinalRoundExists,
            Refusal::SessionFull => Self::SessionFull,
            Refusal::EntriesWouldBeLost => Self::EntriesWouldBeLost,
            Refusal::NameTaken => Self::NameTaken,
            Refusal::EmailTaken => Self::EmailTaken,
            Refusal::LastAdmin => Self::LastAdmin,
            Refusal::HasAthletes => Self::HasAthletes,
            Refusal::Deactivated => Self::Deactivated,
            Refusal::InvitationEnded => Self::InvitationEnded,
            Refusal::LibraryFull => Self::LibraryFull,
            Refusal::TemplatesFull => Self::TemplatesFull,
            Refusal::JournalFull => Self::JournalFull,
            Refusal::WeightsFull => Self::WeightsFull,
        }
    }
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
