//! The limits of what people enter in the windows, in one place, and those of the names and passwords of accounts.
//!
//! Only a limit that an input of a window has is in [`Limits`]: the others are the rules' alone.

use serde::Serialize;

use crate::imports::MAX_FILE_BYTES;
use crate::library::{ExerciseLimits, VideoLimits};
use crate::notes::MAX_PRIVATE_TEXT_CHARS;
use crate::ranges::{LoadLimits, MAX_EFFORT, Range, ValueLimits};
use crate::session::{MAX_NOTE_CHARS, RoundPlan, Session};
use crate::templates::TemplateLimits;
use crate::text::MAX_CODE_POINTS_PER_CHAR;
use crate::weights::WeightLimits;

/// See the module. Texts are counted in characters as people count them (see [`text`](crate::text)), passwords and
/// addresses in code points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// Planned values.
    pub planned: ValueLimits,
    /// Loads that are worked out.
    pub load: LoadLimits,
    /// Values as really done.
    pub actual: ValueLimits,
    /// What a person may weigh, in kilograms.
    pub body_weight_kg: Range,
    /// The effort of a feedback; a whole number.
    pub effort: Range,
    /// The rest after a round, in seconds; a whole number.
    pub rest_s: Range,
    /// Most rounds in a session.
    pub session_rounds: usize,
    /// The longest note, hint and reason.
    pub note_chars: usize,
    /// The longest private note on a session, and the longest journal entry.
    pub private_text_chars: usize,
    /// The length of a password.
    pub password_chars: Range,
    /// The longest name of a person, and the longest address.
    pub name_chars: usize,
    /// The longest name of an exercise.
    pub exercise_name_chars: usize,
    /// The longest name of a template.
    pub template_name_chars: usize,
    /// Most rounds in a template.
    pub template_rounds: usize,
    /// The longest cue of an exercise.
    pub cue_chars: usize,
    /// The largest video, in bytes.
    pub video_bytes: u64,
    /// The longest video, in seconds.
    pub video_s: f64,
    /// The largest poster of a video, in bytes.
    pub poster_bytes: u64,
    /// The largest file of another tracker, in bytes.
    pub import_bytes: usize,
    /// How many code points a text may have for each of its characters, on average.
    pub code_points_per_char: usize,
}

/// The longest name of a person, address and name of a device, in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// The shortest password, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// The longest password, in characters.
pub const MAX_PASSWORD_CHARS: usize = 200;

/// What one person may have at once, or do in a time: far more than anybody needs, and little enough that nobody can
/// fill a server. Each server counts for itself.
#[derive(Clone, Copy, Debug)]
pub struct PersonLimits;

impl PersonLimits {
    /// Streams of the feed that are open at once, on all devices; and as many polls that wait.
    pub const STREAMS: usize = 20;
    /// Commands a day. The first day's may be done at once; after that they are regained evenly.
    pub const COMMANDS_A_DAY: u32 = 10_000;
    /// Uploads that no exercise uses yet, complete or not.
    pub const UPLOADS: usize = 20;
    /// Sign-ins a day, counted like commands.
    pub const SIGN_INS_A_DAY: u32 = 1_000;
    /// Refreshes with one refresh token in the lifetime of an access token: attempts whose answers were lost.
    pub const REFRESHES_WITH_ONE_TOKEN: usize = 10;
    /// Refreshes of one device in the lifetime of an access token.
    pub const REFRESHES_OF_ONE_DEVICE: usize = 30;
}

impl Limits {
    /// The limits of this version.
    #[allow(clippy::cast_precision_loss, reason = "every one of them is far below 2^52")]
    pub const fn current() -> Self {
        Self {
            planned: ValueLimits::PLANNED,
            load: LoadLimits::CURRENT,
            actual: ValueLimits::ACTUAL,
            body_weight_kg: WeightLimits::WEIGHT_KG,
            effort: Range::of(0.0, MAX_EFFORT as f64),
            rest_s: Range::of(RoundPlan::MIN_REST_S as f64, RoundPlan::MAX_REST_S as f64),
            session_rounds: Session::MAX_ROUNDS,
            note_chars: MAX_NOTE_CHARS,
            private_text_chars: MAX_PRIVATE_TEXT_CHARS,
            password_chars: Range::of(MIN_PASSWORD_CHARS as f64, MAX_PASSWORD_CHARS as f64),
            name_chars: MAX_NAME_CHARS,
            exercise_name_chars: ExerciseLimits::MAX_NAME_CHARS,
            template_name_chars: TemplateLimits::MAX_NAME_CHARS,
            template_rounds: TemplateLimits::MAX_ROUNDS,
            cue_chars: ExerciseLimits::MAX_CUE_CHARS,
            video_bytes: VideoLimits::MAX_BYTES,
            video_s: VideoLimits::MAX_DURATION_S,
            poster_bytes: VideoLimits::MAX_POSTER_BYTES,
            import_bytes: MAX_FILE_BYTES,
            code_points_per_char: MAX_CODE_POINTS_PER_CHAR,
        }
    }
}
