//! What travels between a desktop and the hosted API besides entities and events: requests, the snapshot, the feed.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::entity::Documents;
use crate::feed::Envelope;
use crate::ids::{SessionId, UserId};
pub use crate::people::{Account, Locale, Role, Studio};
use crate::session::{ExerciseReport, PlannedExercise, Round, RoundPlan, Values};
use crate::timestamp::Timestamp;
use crate::vocabulary::vocabulary;
use crate::weights::WeightUnit;

/// Body of `POST /v1/auth/login`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// What the person calls this device, 1 to 100 characters.
    pub device_name: String,
    /// The token that this device got at its last sign-in. With it, the person's sign-in waits for nobody who guesses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
}

/// Body of `POST /v1/auth/refresh`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshTokens {
    /// The refresh token got last.
    pub refresh_token: String,
}

/// The times both ends of a feed agree on.
#[derive(Clone, Copy, Debug)]
pub struct FeedTiming;

impl FeedTiming {
    /// How often a byte comes on a stream when nothing happens.
    pub const KEEP_ALIVE: Duration = Duration::from_secs(15);
    /// After how long without a byte a stream counts as dead: one keep-alive is missing.
    pub const SILENCE: Duration = Duration::from_secs(20);
    /// How long the server holds a poll open at most, in seconds.
    pub const MAX_POLL_WAIT_S: u32 = 25;
}

/// The times of [`Presence`].
#[derive(Clone, Copy, Debug)]
pub struct PresenceTiming;

impl PresenceTiming {
    /// How long after their last stream or poll has ended somebody counts as offline: a reconnection is no absence.
    pub const OFFLINE_AFTER: Duration = Duration::from_secs(20);
    /// After how long on a new stream a desktop takes those that were not announced as offline. The stream says who is online
    /// right after its `hello`.
    pub const ANNOUNCED_WITHIN: Duration = Duration::from_secs(2);
}

/// Answer to signing in and to refreshing.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedIn {
    /// Goes into `Authorization: Bearer …`.
    pub access_token: String,
    /// How long the access token is good for, in seconds.
    pub access_expires_in_s: u32,
    /// Gets the next pair of tokens, once.
    pub refresh_token: String,
    /// Who signed in.
    pub user: Account,
    /// In the answer to a sign-in: what the device says at its next one, so that it is known again. It opens nothing.
    /// Servers before this field say nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
}

/// Body of `POST /v1/auth/logout`; may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SignOut {
    /// On every device instead of this one.
    pub everywhere: bool,
}

/// Body of `PATCH /v1/me`; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChangeMe {
    /// The new name, 1 to 100 characters.
    pub name: Option<String>,
    /// The new language.
    pub locale: Option<Locale>,
    /// The new unit of weights.
    pub weight_unit: Option<WeightUnit>,
}

/// Body of `POST /v1/me/password`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangePassword {
    /// The password so far.
    pub current_password: String,
    /// The new one, 8 to 200 characters.
    pub new_password: String,
}

/// Body of `POST /v1/sessions/{id}/cancel`; may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CancelSession {
    /// Why, in at most 500 characters.
    pub reason: Option<String>,
}

/// Body of `POST /v1/sessions/{id}/rounds`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveRound {
    /// Whether completing it completes the session.
    #[serde(default)]
    pub is_final: bool,
    /// Rest after it: 1 to 3,600 seconds, or none.
    #[serde(default)]
    pub rest_after_s: Option<u32>,
    /// The exercises in order, 1 to 50.
    pub exercises: Vec<PlannedExercise>,
    /// Whether the round is released in the same act.
    #[serde(default)]
    pub release: bool,
}

impl SaveRound {
    /// The plan, without what is to be done with it.
    pub fn into_plan(self) -> RoundPlan {
        RoundPlan { is_final: self.is_final, rest_after_s: self.rest_after_s, exercises: self.exercises }
    }

    /// The body that saves `plan`.
    pub fn new(plan: RoundPlan, release: bool) -> Self {
        Self { is_final: plan.is_final, rest_after_s: plan.rest_after_s, exercises: plan.exercises, release }
    }
}

/// Body of `PUT /v1/rounds/{id}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditRound {
    /// Whether completing it completes the session.
    #[serde(default)]
    pub is_final: bool,
    /// Rest after it: 1 to 3,600 seconds, or none.
    #[serde(default)]
    pub rest_after_s: Option<u32>,
    /// The exercises in order, 1 to 50.
    pub exercises: Vec<PlannedExercise>,
    /// Whether the round is released in the same act.
    #[serde(default)]
    pub release: bool,
    /// Where it was, with `If-Match: "0"`: a deleted draft is created anew there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<RoundPlace>,
}

/// Where a deleted draft was.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoundPlace {
    /// In which session.
    pub session_id: SessionId,
    /// Its number. It keeps it, unless another round has it now; then it becomes the last.
    pub number: u32,
    /// Its last version, after which the versions go on.
    pub version: u64,
}

impl EditRound {
    /// The plan, without what is to be done with it.
    pub fn into_plan(self) -> RoundPlan {
        RoundPlan { is_final: self.is_final, rest_after_s: self.rest_after_s, exercises: self.exercises }
    }

    /// The body that changes a round to `plan`.
    pub fn new(plan: RoundPlan, release: bool) -> Self {
        let RoundPlan { is_final, rest_after_s, exercises } = plan;
        Self { is_final, rest_after_s, exercises, release, place: None }
    }

    /// The body that creates a deleted draft anew, as it was.
    pub fn recreating(draft: &Round) -> Self {
        let place = RoundPlace { session_id: draft.session_id, number: draft.number, version: draft.version };
        Self { place: Some(place), ..Self::new(RoundPlan::anew(draft), false) }
    }
}

/// Body of `PUT /v1/rounds/{id}/exercises/{item_id}/log`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogExercise {
    /// What was really done; `null` takes the tick back. It must be said: an empty body takes nothing back.
    #[serde(deserialize_with = "Option::deserialize")]
    #[cfg_attr(feature = "openapi", schema(required))]
    pub actual: Option<Values>,
}

/// Body of `PATCH /v1/rounds/{id}/exercises/{item_id}/actual`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CorrectExercise {
    /// What was really done.
    pub actual: Values,
    /// Why it is corrected, in at most 500 characters.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Body of `POST /v1/rounds/{id}/complete`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CompleteRound {
    /// One answer for each exercise of the round.
    pub exercises: Vec<ExerciseReport>,
}

/// Everything a device starts from, as of one cursor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// Where the feed goes on after this.
    pub cursor: Cursor,
    /// Who asks.
    pub me: Account,
    /// Entities by kind. Of sessions, the open ones and the last twenty ended ones, newest first; for trainers and admins,
    /// the studio's exercises by name, also archived ones; for trainers, the active athletes assigned to them, by name, the
    /// templates they see, newest first, the private notes on these sessions, and of the journal about each athlete the
    /// pinned entries and the last twenty. Of weights, those of the last 90 days, newest first: one's own, and for trainers
    /// those of their athletes.
    #[serde(flatten)]
    pub documents: Documents,
}

impl Snapshot {
    /// How many ended sessions it has at most; a device keeps as many.
    pub const ENDED_SESSIONS: u32 = 20;
}

/// A page of the feed, polled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedPage {
    /// The events after the cursor that was asked for.
    pub events: Vec<Envelope>,
    /// Where to go on.
    pub cursor: Cursor,
    /// Whether more are there already.
    pub more: bool,
}

/// The version of the wire contract, as every answer names it in `Ringside-Api-Version` and a stream in its `hello`.
pub const API_VERSION: &str = "1";

/// The stream's first message, `event: hello`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hello {
    /// Where the stream goes on after this.
    pub cursor: Cursor,
    /// Whether it continues from the cursor that was asked for; false when none was.
    pub resumed: bool,
    /// How often a byte comes when nothing happens, in seconds.
    pub keep_alive_s: u32,
    /// The server's clock.
    pub server_time: Timestamp,
    /// The version of the wire contract, as in the header `Ringside-Api-Version`: for clients whose library for event
    /// streams does not show the headers of an answer. Servers before this field say nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
}

vocabulary! {
    /// Why the server ends a stream on purpose, `event: bye`.
    ByeReason {
        /// The access token the stream was opened with has run out.
        TokenExpired = "token-expired",
        /// The device was signed out.
        SignedOut = "signed-out",
        /// The server is shutting down; another one takes over.
        Draining = "draining",
        /// The client does not read as fast as events come.
        TooSlow = "too-slow",
    }
}

/// The stream's last message, `event: bye`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bye {
    /// Why.
    pub reason: ByeReason,
}

/// Whether an athlete is there, for the trainer they are assigned to: `event: presence-changed`.
///
/// It is true only now, so it is no event of the feed: it has no id, and is lost when nobody listens. A stream says who is
/// online right after its `hello`, and then each change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Presence {
    /// Who.
    pub athlete_id: UserId,
    /// Whether they have a stream or a poll, or had one within the last 20 seconds.
    pub online: bool,
    /// Since when, by the server's clock; offline, since their last stream or poll ended.
    pub since: Timestamp,
}

vocabulary! {
    /// The name of a message on the stream that is not an event of the feed.
    StreamSignal {
        /// The first message.
        Hello = "hello",
        /// The cursor can't be continued: a new snapshot is needed.
        Reset = "reset",
        /// The last message.
        Bye = "bye",
        /// An athlete has come or gone.
        PresenceChanged = "presence-changed",
    }
}

/// A place in one person's feed, written `<epoch>.<seq>`.
///
/// The epoch is opaque to a client; it changes when numbers can no longer be compared (a restored database).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    /// Which run of numbers.
    pub epoch: String,
    /// The last number seen; 0 before the first.
    pub seq: u64,
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Cursor {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("A place in one person's feed: `<epoch>.<seq>`."))
            // Eighteen digits are within 64 bits, and more than any feed will see.
            .pattern(Some("^[A-Za-z0-9-]{1,64}\\.[0-9]{1,18}$"))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Cursor {}

/// A text that is not a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is written <epoch>.<seq>")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (epoch, seq) = text.rsplit_once('.').ok_or(NotACursor)?;
        let is_epoch = (1..=64).contains(&epoch.len()) && epoch.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let is_number = !seq.is_empty() && seq.bytes().all(|b| b.is_ascii_digit());
        if !is_epoch || !is_number {
            return Err(NotACursor);
        }
        // A feed is numbered with signed 64-bit integers in the databases.
        let seq = seq.parse().ok().filter(|seq| i64::try_from(*seq).is_ok()).ok_or(NotACursor)?;
        Ok(Self { epoch: epoch.to_owned(), seq })
    }
}

impl TryFrom<String> for Cursor {
    type Error = NotACursor;

    fn try_from(text: String) -> Result<Self, NotACursor> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_it_was_written() {
        let cursor = Cursor { epoch: "0199-a".to_owned(), seq: 42 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
    }

    #[test]
    fn what_is_not_a_cursor_is_refused() {
        for text in ["", ".", "a", "a.", ".1", "a.-1", "a.+1", "a.1x", "a b.1", "a.9223372036854775808", "ä.1"] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text:?}");
        }
    }
}
