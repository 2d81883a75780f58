//! What an athlete weighed at an instant.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{UserId, WeightId};
use crate::ranges::Range;
use crate::refusal::{FieldCode, Findings, Refusal};
use crate::session::{MAX_NOTE_CHARS, check_text};
use crate::text::trimmed;
use crate::timestamp::Timestamp;

/// What a weight may be, how many there may be, and how many of them every device has.
#[derive(Clone, Copy, Debug)]
pub struct WeightLimits;

impl WeightLimits {
    /// What a person may weigh, in kilograms.
    pub const WEIGHT_KG: Range = Range { min: 20.0, max: 300.0 };
    /// The longest note, in characters.
    pub const MAX_NOTE_CHARS: usize = MAX_NOTE_CHARS;
    /// Most weights of one athlete: one a day for more than fifty years.
    pub const MAX_WEIGHTS: usize = 20_000;
    /// The earliest instant, in milliseconds after the Unix epoch: 1900 in every time zone. Years before are typing errors.
    pub const EARLIEST_MS: i64 = -2_209_075_200_000;
    /// How far an instant may be ahead of the server's clock. Clocks differ.
    pub const MAX_AHEAD: Duration = Duration::from_mins(5);
    /// How many days back the weights in a snapshot go; a device keeps as many.
    pub const LAST_DAYS: u64 = 90;
    /// Most weights of one athlete in a snapshot: the last ones.
    pub const LAST_WEIGHTS: usize = 300;
    /// How large the weights in one snapshot may be together, in bytes. Of more, the oldest ones are left out.
    pub const MAX_SNAPSHOT_BYTES: usize = 2 * 1024 * 1024;
}

/// What an athlete weighed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Weight {
    /// Its id.
    pub id: WeightId,
    /// Whose it is.
    pub athlete_id: UserId,
    /// Kilograms, with three decimals.
    pub weight_kg: f64,
    /// When they weighed that.
    pub at: Timestamp,
    /// A note.
    #[serde(default)]
    pub note: Option<String>,
    /// Grows by one with every change; goes into `If-Match`.
    pub version: u64,
}

/// What an athlete enters: the body of `POST /v1/athletes/{id}/weights` and `PUT /v1/weights/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct WeightDraft {
    /// Kilograms, 20 to 300. Rounded to three decimals.
    pub weight_kg: f64,
    /// When they weighed that, at most five minutes ahead of the server's clock and not before 1900. Absent or null: now,
    /// or as it was.
    #[serde(default)]
    pub at: Option<Timestamp>,
    /// A note of at most 500 characters.
    #[serde(default)]
    pub note: Option<String>,
}

impl From<&Weight> for WeightDraft {
    /// The draft that saves a weight as it is.
    fn from(weight: &Weight) -> Self {
        Self { weight_kg: weight.weight_kg, at: Some(weight.at), note: weight.note.clone() }
    }
}

impl WeightDraft {
    /// Checks it, but not whether it lies in the future: an import does so for a whole file.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with every finding.
    pub fn check(&self) -> Result<(), Refusal> {
        self.findings().into_result()
    }

    fn findings(&self) -> Findings {
        let mut findings = Findings::default();
        if !WeightLimits::WEIGHT_KG.contains(self.weight_kg) {
            findings.add("/weight_kg", FieldCode::OutOfRange);
        }
        if self.at.is_some_and(|at| at.as_millisecond() < WeightLimits::EARLIEST_MS) {
            findings.add("/at", FieldCode::OutOfRange);
        }
        check_text(self.note.as_deref(), "/note", &mut findings);
        findings
    }

    fn check_at(&self, now: Timestamp) -> Result<(), Refusal> {
        let mut findings = self.findings();
        let ahead = |at: Timestamp| at.as_millisecond().saturating_sub(now.as_millisecond());
        if self.at.is_some_and(|at| u128::try_from(ahead(at)).is_ok_and(|ms| ms > WeightLimits::MAX_AHEAD.as_millis()))
        {
            findings.add_mismatch("/at", FieldCode::InFuture);
        }
        findings.into_result()
    }
}

/// Enters a weight. `others` is how many the athlete has.
///
/// # Errors
/// [`Refusal::Invalid`] and [`Refusal::DoesNotFit`] name what is wrong with it; [`Refusal::WeightsFull`] when the athlete
/// has as many as they may have.
pub fn create(
    id: WeightId,
    athlete_id: UserId,
    draft: &WeightDraft,
    now: Timestamp,
    others: usize,
) -> Result<Weight, Refusal> {
    draft.check_at(now)?;
    check_room(others)?;
    let blank = Weight { id, athlete_id, weight_kg: 0.0, at: now, note: None, version: 0 };
    Ok(filled(&blank, draft))
}

/// Corrects a weight. No change if it says the same already.
///
/// # Errors
/// As [`create`]; [`Refusal::VersionMismatch`] when it has changed since `based_on`, which is `None` if the correction
/// applies to any version.
pub fn edit(before: &Weight, based_on: Option<u64>, draft: &WeightDraft, now: Timestamp) -> Result<Weight, Refusal> {
    draft.check_at(now)?;
    check_version(before, based_on)?;
    let after = filled(before, draft);
    let same = Weight { version: before.version, ..after.clone() };
    Ok(if same == *before { same } else { after })
}

/// Checks whether a weight may be deleted.
///
/// # Errors
/// [`Refusal::VersionMismatch`] when it has changed since `based_on`.
pub fn remove(before: &Weight, based_on: Option<u64>) -> Result<(), Refusal> {
    check_version(before, based_on)
}

/// Recreates a deleted weight under its old id, which undoes the deletion: `before` is the weight as it was deleted. Its
/// version goes on from there, so that nothing written before the deletion can overwrite it.
///
/// # Errors
/// As [`create`]; [`Refusal::NotFound`] unless `based_on` is 0, the version of a missing weight.
pub fn recreate(
    before: &Weight,
    based_on: u64,
    draft: &WeightDraft,
    now: Timestamp,
    others: usize,
) -> Result<Weight, Refusal> {
    draft.check_at(now)?;
    if based_on != 0 {
        return Err(Refusal::NotFound);
    }
    check_room(others)?;
    Ok(filled(before, draft))
}

/// The weights of one athlete that a device keeps, newest first: the last ones of the last [`WeightLimits::LAST_DAYS`]
/// days.
pub fn kept<'a>(weights: impl IntoIterator<Item = &'a Weight>, now: Timestamp) -> impl Iterator<Item = &'a Weight> {
    let since = now.as_millisecond().saturating_sub(LAST_MS);
    let mut weights: Vec<&Weight> = weights.into_iter().filter(|weight| weight.at.as_millisecond() >= since).collect();
    weights.sort_unstable_by_key(|weight| std::cmp::Reverse((weight.at, weight.id)));
    weights.into_iter().take(WeightLimits::LAST_WEIGHTS)
}

/// [`WeightLimits::LAST_DAYS`] in milliseconds.
#[allow(clippy::cast_possible_wrap, reason = "ninety days")]
const LAST_MS: i64 = WeightLimits::LAST_DAYS as i64 * 24 * 60 * 60 * 1_000;

fn filled(before: &Weight, draft: &WeightDraft) -> Weight {
    Weight {
        weight_kg: to_grams(draft.weight_kg),
        at: draft.at.unwrap_or(before.at),
        note: trimmed(draft.note.as_deref()),
        version: before.version + 1,
        ..*before
    }
}

/// A weight rounded to whole grams, in kilograms.
fn to_grams(kg: f64) -> f64 {
    (kg * 1_000.0).round() / 1_000.0
}

fn check_room(others: usize) -> Result<(), Refusal> {
    if others < WeightLimits::MAX_WEIGHTS { Ok(()) } else { Err(Refusal::WeightsFull) }
}

fn check_version(weight: &Weight, based_on: Option<u64>) -> Result<(), Refusal> {
    match based_on {
        Some(version) if version != weight.version => Err(Refusal::VersionMismatch),
        _ => Ok(()),
    }
}
