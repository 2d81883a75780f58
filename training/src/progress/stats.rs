//! What `GET /v1/athletes/{id}/stats` answers: series, bests and sums, in the units of the wire.
//!
//! Deliberately absent: names of muscles in anybody's language (they are the studio's own words), and any judgement: the
//! ratio of acute to chronic load is contested, so a load is a number and no warning.

use serde::{Deserialize, Serialize};

use super::record::Estimate;
use super::week::Week;
use crate::ids::{ExerciseId, SessionId};
use crate::library::Category;
use crate::session::{Region, Values};
use crate::timestamp::Timestamp;
use crate::weights::Weight;

/// What an athlete's sessions say, over some time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Stats {
    /// The exercises that are named below, by name.
    pub exercises: Vec<StatsExercise>,
    /// Estimated one-repetition maxima, by exercise.
    pub e1rm: Vec<EstimateSeries>,
    /// Bests, by exercise.
    pub bests: Vec<ExerciseBests>,
    /// What was done each week, oldest first. Weeks without a session are absent.
    pub volume: Vec<WeekVolume>,
    /// Planned and felt effort, by exercise.
    pub effort: Vec<EffortSeries>,
    /// What hurt each week, oldest first.
    pub pain: Vec<WeekPain>,
    /// What they weighed, oldest first.
    #[serde(default)]
    pub weights: Vec<Weight>,
}

/// An exercise as far as a chart names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StatsExercise {
    /// The library's exercise.
    pub id: ExerciseId,
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub category: Category,
}

/// The estimates of an exercise over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EstimateSeries {
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// The greatest of each session, oldest first.
    pub points: Vec<Estimate>,
}

/// The bests of an exercise. Each is the earliest of those that are as great.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ExerciseBests {
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// The set with the most weight; null where it is the body's own.
    #[serde(default)]
    pub heaviest: Option<BestSet>,
    /// The most repetitions by weight, heaviest first: of two sets, the lighter one has more.
    pub reps: Vec<BestSet>,
    /// The greatest estimated one-repetition maximum.
    #[serde(default)]
    pub e1rm: Option<Estimate>,
    /// Whether that estimate beat one of a session before, of those that are asked for.
    #[serde(default)]
    pub e1rm_beat: bool,
    /// The session with the most volume.
    #[serde(default)]
    pub volume: Option<BestVolume>,
    /// The set that took longest.
    #[serde(default)]
    pub longest: Option<BestSet>,
    /// The set that went farthest.
    #[serde(default)]
    pub farthest: Option<BestSet>,
}

/// A set that holds a best.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BestSet {
    /// When it was done.
    pub at: Timestamp,
    /// The session it was done in.
    pub session_id: SessionId,
    /// What was done.
    pub actual: Values,
    /// Whether it beat what was done in a session before, of those that are asked for. The first beats nothing.
    #[serde(default)]
    pub beat: bool,
}

/// The session with the most volume of an exercise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BestVolume {
    /// When it began.
    pub at: Timestamp,
    /// Which session.
    pub session_id: SessionId,
    /// Weight times repetitions of all working sets, in kilograms.
    pub kg: f64,
}

/// What was done in a week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WeekVolume {
    /// The Monday it begins on.
    pub week: Week,
    /// How many sessions began in it. With `exercise_id`: how many had that exercise.
    pub sessions: u32,
    /// How many working sets were done.
    pub sets: u32,
    /// Weight times repetitions of all of them, in kilograms.
    pub kg: f64,
    /// The load of its sessions, mean effort times minutes; null where no effort is known, and with `exercise_id`.
    #[serde(default)]
    pub load: Option<f64>,
    /// The same by exercise.
    pub exercises: Vec<ExerciseVolume>,
    /// The same by muscle. A set counts for each muscle of its exercise.
    pub muscles: Vec<MuscleVolume>,
}

/// What was done with an exercise in a week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ExerciseVolume {
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// How many working sets were done.
    pub sets: u32,
    /// Weight times repetitions of all of them, in kilograms.
    pub kg: f64,
}

/// What was done for a muscle in a week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MuscleVolume {
    /// The muscle, in the studio's words.
    pub muscle: String,
    /// How many working sets were done.
    pub sets: u32,
    /// Weight times repetitions of all of them, in kilograms.
    pub kg: f64,
}

/// Planned and felt effort of an exercise over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EffortSeries {
    /// The library's exercise.
    pub exercise_id: ExerciseId,
    /// One point for each session, oldest first.
    pub points: Vec<EffortPoint>,
}

/// Planned and felt effort in a session: the means of the sets that have both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EffortPoint {
    /// When the session began.
    pub at: Timestamp,
    /// Which session.
    pub session_id: SessionId,
    /// What was planned, 0 to 10.
    pub planned: f64,
    /// What was felt, 0 to 10.
    pub felt: f64,
}

/// How often a region hurt in a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WeekPain {
    /// The Monday it begins on.
    pub week: Week,
    /// Where it hurt.
    pub region: Region,
    /// In how many exercises.
    pub times: u32,
}
