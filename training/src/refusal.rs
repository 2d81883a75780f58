//! Why something was refused: stable codes that the windows translate, never prose.

use serde::{Deserialize, Serialize};

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What is wrong with one field of an input.
    FieldCode {
        /// Must be there.
        Required = "required",
        /// Not of the form that is asked for.
        Invalid = "invalid",
        /// Not a field of this input.
        UnknownField = "unknown-field",
        /// Too few characters or entries.
        TooShort = "too-short",
        /// Too many characters or entries.
        TooLong = "too-long",
        /// A number or an instant outside its range.
        OutOfRange = "out-of-range",
        /// Comes before what it must not come before, such as an end before its start.
        OutOfOrder = "out-of-order",
        /// Lies in the future.
        InFuture = "in-future",
        /// Named twice.
        Duplicate = "duplicate",
        /// Names something that does not exist here.
        UnknownReference = "unknown-reference",
        /// It hurt, but no region says where.
        RegionsMissing = "regions-missing",
        /// It did not hurt, yet regions are named.
        RegionsWithoutPain = "regions-without-pain",
        /// Not the current password.
        WrongPassword = "wrong-password",
        /// One of the passwords that are guessed first.
        TooCommon = "too-common",
        /// A password with the person's name or address in it.
        ContainsName = "contains-name",
        /// Not the same as what it has to repeat.
        NotRepeated = "not-repeated",
    }
}

/// One finding: where, as a JSON pointer (RFC 6901) into the input, and what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FieldProblem {
    /// JSON pointer of the field.
    pub pointer: String,
    /// What is wrong with it.
    pub code: FieldCode,
}

/// Everything wrong with an input, so that a person sees all of it at once and not one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    all: Vec<FieldProblem>,
    /// Whether one of them would be found whatever the state is.
    is_malformed: bool,
}

impl Findings {
    /// Adds a finding about the input itself.
    pub fn add(&mut self, pointer: impl Into<String>, code: FieldCode) {
        self.is_malformed = true;
        self.add_mismatch(pointer, code);
    }

    /// Adds a finding that depends on the current state: at another moment it might not be one.
    pub fn add_mismatch(&mut self, pointer: impl Into<String>, code: FieldCode) {
        self.all.push(FieldProblem { pointer: pointer.into(), code });
    }

    /// An error holding the findings, if there are any.
    pub fn into_result(self) -> Result<(), Refusal> {
        match self {
            Self { all, .. } if all.is_empty() => Ok(()),
            Self { all, is_malformed: true } => Err(Refusal::Invalid(all)),
            Self { all, .. } => Err(Refusal::DoesNotFit(all)),
        }
    }
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The input itself is wrong, in these fields.
    #[error("the input is invalid")]
    Invalid(Vec<FieldProblem>),
    /// The input names what is not there now, or leaves out what is, in these fields.
    #[error("the input does not fit what is there")]
    DoesNotFit(Vec<FieldProblem>),
    /// What it names does not exist, or not for this person.
    #[error("not found")]
    NotFound,
    /// The other part's act.
    #[error("this is for the other part in the session")]
    NotYourPart,
    /// What it changes was changed since the version it is based on.
    #[error("it has changed since")]
    VersionMismatch,
    /// No trainer is assigned to the athlete.
    #[error("no trainer is assigned")]
    NoTrainer,
    /// The athlete has an open session.
    #[error("a session is already open")]
    SessionOpen,
    /// Somebody joined before.
    #[error("the session is not waiting")]
    SessionNotWaiting,
    /// The trainer has not joined yet.
    #[error("the session is not active")]
    SessionNotActive,
    /// The session was completed or cancelled.
    #[error("the session has ended")]
    SessionEnded,
    /// Only a draft can be released or deleted.
    #[error("the round is not a draft")]
    RoundNotDraft,
    /// The round is not in front of the athlete.
    #[error("the round is not out")]
    RoundNotOut,
    /// The athlete has begun, so it can't be taken back, or begun again.
    #[error("the round has begun")]
    RoundBegun,
    /// The round is done and stays as it is.
    #[error("the round is completed")]
    RoundCompleted,
    /// The athlete has noted nothing that could be corrected.
    #[error("nothing is noted")]
    NothingNoted,
    /// Another round is in front of the athlete.
    #[error("another round is out")]
    AnotherRoundOut,
    /// Another round is the final one.
    #[error("another round is the final one")]
    FinalRoundExists,
    /// It has as many rounds, or as much planned, as a session may have.
    #[error("the session is full")]
    SessionFull,
    /// The athlete has entered something for an exercise the edit would drop.
    #[error("an exercise with entries would be dropped")]
    EntriesWouldBeLost,
    /// Another exercise of the studio has the name.
    #[error("the name is taken")]
    NameTaken,
    /// Somebody on this server has the address.
    #[error("the address is taken")]
    EmailTaken,
    /// Nobody else could administer the studio.
    #[error("nobody else is an active admin")]
    LastAdmin,
    /// Athletes are assigned to them.
    #[error("athletes are assigned to them")]
    HasAthletes,
    /// They can't sign in any more.
    #[error("the person is deactivated")]
    Deactivated,
    /// It was used, or another took its place.
    #[error("the invitation is over")]
    InvitationEnded,
    /// It is somebody else's.
    #[error("it is somebody else's")]
    NotOwner,
    /// They have as many templates, or as much in them, as one trainer may have.
    #[error("no more templates")]
    TemplatesFull,
    /// The studio has as many exercises as it may have.
    #[error("the library is full")]
    LibraryFull,
    /// The journal has as many entries, or as many pinned ones, as it may have.
    #[error("the journal is full")]
    JournalFull,
    /// The athlete has as many weights as they may have.
    #[error("no more weights")]
    WeightsFull,
}

impl Refusal {
    /// Whether the same command might have been done at another moment.
    ///
    /// If so, the refusal must be the command's final outcome. Otherwise a copy delayed by the network could succeed
    /// later, after the caller was told that it was refused. An edit of an older version can never succeed later:
    /// versions only rise.
    pub fn depends_on_state(&self) -> bool {
        !matches!(self, Self::Invalid(_) | Self::NotYourPart | Self::NotOwner | Self::VersionMismatch)
    }

    /// The findings by field; empty when the refusal is not about fields.
    pub fn into_fields(self) -> Vec<FieldProblem> {
        match self {
            Self::Invalid(fields) | Self::DoesNotFit(fields) => fields,
            _ => Vec::new(),
        }
    }
}
