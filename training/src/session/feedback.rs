//! How hard an exercise was and where it hurt.

use serde::{Deserialize, Serialize};

use super::values::Values;
use crate::ids::ItemId;
use crate::ranges::{MAX_EFFORT, ValueLimits};
use crate::refusal::{FieldCode, Findings};
use crate::text::{is_plain_text, is_within, trimmed};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// A region of the body that can hurt; left and right are the athlete's own.
    Region {
        /// Neck and shoulders.
        NeckShoulders = "neck_shoulders",
        /// Chest.
        Chest = "chest",
        /// Upper back.
        UpperBack = "upper_back",
        /// Lower back.
        LowerBack = "lower_back",
        /// Abdomen.
        Abdomen = "abdomen",
        /// Left arm.
        LeftArm = "left_arm",
        /// Right arm.
        RightArm = "right_arm",
        /// Front of the left thigh.
        LeftThighFront = "left_thigh_front",
        /// Front of the right thigh.
        RightThighFront = "right_thigh_front",
        /// Back of the left thigh.
        LeftThighBack = "left_thigh_back",
        /// Back of the right thigh.
        RightThighBack = "right_thigh_back",
        /// Left calf.
        LeftCalf = "left_calf",
        /// Right calf.
        RightCalf = "right_calf",
        /// Left knee.
        LeftKnee = "left_knee",
        /// Right knee.
        RightKnee = "right_knee",
    }
}

/// What an athlete said about one exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Feedback {
    /// How hard it was, 0 to 10.
    pub effort: u8,
    /// Whether it hurt.
    pub pain: bool,
    /// Where it hurt: at least one region when it did, none when it did not.
    pub pain_regions: Vec<Region>,
    /// A note of at most 500 characters.
    pub note: Option<String>,
}

/// An athlete's answer for one exercise of a round they complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ExerciseReport {
    /// Which exercise of the round.
    pub id: ItemId,
    /// How hard it was, 0 to 10.
    pub effort: u8,
    /// Whether it hurt.
    pub pain: bool,
    /// Where it hurt.
    #[serde(default)]
    pub pain_regions: Vec<Region>,
    /// A note of at most 500 characters.
    #[serde(default)]
    pub note: Option<String>,
    /// What was really done; absent keeps what was logged while training.
    #[serde(default)]
    pub actual: Option<Values>,
}

/// Longest note, hint and reason, in characters.
pub const MAX_NOTE_CHARS: usize = 500;

impl ExerciseReport {
    /// Reports what is wrong with this answer, with `pointer` as its JSON pointer.
    pub(crate) fn check(&self, pointer: &str, findings: &mut Findings) {
        let Self { effort, pain, pain_regions, note, .. } = self;
        check_feedback((*effort, *pain, pain_regions, note.as_deref()), pointer, findings);
        if let Some(actual) = &self.actual {
            actual.check(&ValueLimits::ACTUAL, &format!("{pointer}/actual"), findings);
        }
    }

    /// The feedback of this answer; an empty note is none.
    pub(crate) fn feedback(&self) -> Feedback {
        Feedback {
            effort: self.effort,
            pain: self.pain,
            pain_regions: self.pain_regions.clone(),
            note: trimmed(self.note.as_deref()),
        }
    }
}

/// Reports what is wrong with effort, pain, regions and note of a feedback, with `pointer` as its JSON pointer.
pub(crate) fn check_feedback(
    (effort, pain, pain_regions, note): (u8, bool, &[Region], Option<&str>),
    pointer: &str,
    findings: &mut Findings,
) {
    if effort > MAX_EFFORT {
        findings.add(format!("{pointer}/effort"), FieldCode::OutOfRange);
    }
    let regions = format!("{pointer}/pain_regions");
    if pain && pain_regions.is_empty() {
        findings.add(regions, FieldCode::RegionsMissing);
    } else if !pain && !pain_regions.is_empty() {
        findings.add(regions, FieldCode::RegionsWithoutPain);
    } else if has_duplicates(pain_regions) {
        findings.add(regions, FieldCode::Duplicate);
    }
    check_text(note, &format!("{pointer}/note"), findings);
}

/// Reports a text that is too long or contains control characters other than line breaks and tabs.
pub(crate) fn check_text(text: Option<&str>, pointer: &str, findings: &mut Findings) {
    let Some(text) = text else { return };
    if !is_within(text, MAX_NOTE_CHARS) {
        findings.add(pointer.to_owned(), FieldCode::TooLong);
    } else if !is_plain_text(text) {
        findings.add(pointer.to_owned(), FieldCode::Invalid);
    }
}

fn has_duplicates(regions: &[Region]) -> bool {
    regions.iter().enumerate().any(|(i, region)| regions[..i].contains(region))
}
