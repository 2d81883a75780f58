//! What is planned of one exercise: values, a range of repetitions, and where a weight comes from.

use serde::{Deserialize, Deserializer, Serialize};

use super::values::Values;
use crate::ranges::{LoadLimits, ValueLimits};
use crate::refusal::{FieldCode, Findings};
use crate::vocabulary::vocabulary;

vocabulary! {
    /// What an exercise of a round is there for.
    ExerciseKind {
        /// To train.
        Working = "working",
        /// To prepare for what follows; it counts for nothing but history.
        WarmUp = "warm_up",
        /// To go on with less weight and no rest.
        Drop = "drop",
    }
}

#[allow(clippy::derivable_impls, reason = "a vocabulary has no attributes on its words")]
impl Default for ExerciseKind {
    fn default() -> Self {
        Self::Working
    }
}

/// Planned values of one exercise; each may be absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default)]
pub struct PlannedValues {
    /// Weight in kilograms, −200 to 2,000. Less than nothing is help: an assisted pull-up takes 20 kg off.
    pub weight_kg: Option<f64>,
    /// Repetitions, 1 to 10,000; the least of them where `reps_to` is present.
    pub reps: Option<u32>,
    /// The most repetitions of a range, not less than `reps`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional = nullable))]
    pub reps_to: Option<u32>,
    /// As many repetitions as the athlete can.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
    pub to_failure: bool,
    /// Distance in metres, 0 to 1,000,000.
    pub distance_m: Option<f64>,
    /// Time in seconds, 1 to 86,400.
    pub time_s: Option<u32>,
    /// Intended effort, 0 to 10.
    pub effort: Option<u8>,
    /// Where the weight comes from. In a template it stands in place of a weight; in a round beside the weight that was
    /// worked out, which is absent where the athlete has done nothing to work it out from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional = nullable))]
    pub load: Option<Load>,
}

/// A weight that depends on what the athlete has done.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "LoadMembers", into = "LoadMembers")]
pub enum Load {
    /// So many percent of their estimated one-repetition maximum.
    PercentOfE1rm(f64),
    /// So many kilograms more than the last time.
    LastPlusKg(f64),
    /// A rule of a newer version. It is shown neutrally, and refused when it is sent back.
    Unknown,
}

/// A load as it is written: an object with one member.
#[derive(Serialize, Deserialize)]
struct LoadMembers {
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    percent_of_e1rm: Option<f64>,
    #[serde(default, deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    last_plus_kg: Option<f64>,
}

/// A member that is present is a number and never `null`.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    f64::deserialize(deserializer).map(Some)
}

impl From<LoadMembers> for Load {
    fn from(members: LoadMembers) -> Self {
        match members {
            LoadMembers { percent_of_e1rm: Some(percent), last_plus_kg: None } => Self::PercentOfE1rm(percent),
            LoadMembers { percent_of_e1rm: None, last_plus_kg: Some(more) } => Self::LastPlusKg(more),
            _ => Self::Unknown,
        }
    }
}

impl From<Load> for LoadMembers {
    fn from(load: Load) -> Self {
        let (percent_of_e1rm, last_plus_kg) = match load {
            Load::PercentOfE1rm(percent) => (Some(percent), None),
            Load::LastPlusKg(more) => (None, Some(more)),
            Load::Unknown => (None, None),
        };
        Self { percent_of_e1rm, last_plus_kg }
    }
}

impl Load {
    fn check(self, pointer: &str, findings: &mut Findings) {
        let (field, range, value) = match self {
            Self::PercentOfE1rm(percent) => ("percent_of_e1rm", LoadLimits::CURRENT.percent_of_e1rm, percent),
            Self::LastPlusKg(more) => ("last_plus_kg", LoadLimits::CURRENT.last_plus_kg, more),
            Self::Unknown => return findings.add(pointer, FieldCode::Invalid),
        };
        if !range.contains(value) {
            findings.add(format!("{pointer}/{field}"), FieldCode::OutOfRange);
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Load {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let number = |meaning: &str| ObjectBuilder::new().schema_type(Type::Number).description(Some(meaning));
        ObjectBuilder::new()
            .description(Some("A weight that depends on what the athlete has done: one of the two."))
            .property("percent_of_e1rm", number("So many percent of their estimated one-repetition maximum."))
            .property("last_plus_kg", number("So many kilograms more than the last time."))
            .min_properties(Some(1))
            .max_properties(Some(1))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Load {}

#[cfg(feature = "typescript")]
impl ts_rs::TS for Load {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "Load".to_owned()
    }

    fn ident(config: &ts_rs::Config) -> String {
        Self::name(config)
    }

    fn inline(_: &ts_rs::Config) -> String {
        // The last is a rule that only a newer server knows.
        "{ percent_of_e1rm: number; last_plus_kg?: never } | { last_plus_kg: number; percent_of_e1rm?: never } | \
         { percent_of_e1rm?: never; last_plus_kg?: never }"
            .to_owned()
    }

    fn decl(config: &ts_rs::Config) -> String {
        format!("type Load = {};", Self::inline(config))
    }

    fn output_path() -> Option<std::path::PathBuf> {
        Some("Load.ts".into())
    }
}

impl PlannedValues {
    /// Reports what is wrong with these values, with `pointer` as their JSON pointer.
    pub(crate) fn check(&self, pointer: &str, findings: &mut Findings) {
        self.done_as_planned().check(&ValueLimits::PLANNED, pointer, findings);
        if let Some(reps_to) = self.reps_to {
            if !ValueLimits::PLANNED.reps.contains(f64::from(reps_to)) {
                findings.add(format!("{pointer}/reps_to"), FieldCode::OutOfRange);
            } else if self.reps.is_some_and(|reps| reps_to < reps) {
                findings.add(format!("{pointer}/reps_to"), FieldCode::OutOfOrder);
            }
        }
        if let Some(load) = self.load {
            load.check(&format!("{pointer}/load"), findings);
        }
    }

    /// What was done where it was done as planned: of a range, the least.
    pub fn done_as_planned(&self) -> Values {
        let Self { weight_kg, reps, distance_m, time_s, effort, .. } = *self;
        Values { weight_kg, reps, distance_m, time_s, effort }
    }

    /// Whether it has something that versions before ranges and loads would lose.
    pub fn has_more_than_values(&self) -> bool {
        *self != Self::from(self.done_as_planned())
    }
}

impl From<Values> for PlannedValues {
    fn from(values: Values) -> Self {
        let Values { weight_kg, reps, distance_m, time_s, effort } = values;
        Self { weight_kg, reps, distance_m, time_s, effort, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PlannedValues {
        serde_json::from_str(text).expect("planned values")
    }

    #[test]
    fn what_is_not_planned_is_not_written() {
        let values = read(r#"{"reps":8}"#);
        let written = serde_json::to_string(&values).expect("JSON");
        assert_eq!(written, r#"{"weight_kg":null,"reps":8,"distance_m":null,"time_s":null,"effort":null}"#);
    }

    #[test]
    fn b32_a_load_is_an_object_with_one_member() {
        for (text, load) in [
            (r#"{"percent_of_e1rm":80.0}"#, Load::PercentOfE1rm(80.0)),
            (r#"{"last_plus_kg":2.5}"#, Load::LastPlusKg(2.5)),
        ] {
            assert_eq!(serde_json::from_str::<Load>(text).expect("a load"), load);
            assert_eq!(serde_json::to_string(&load).expect("JSON"), text);
        }
    }

    #[test]
    fn a_load_of_a_newer_version_is_read_and_refused_when_it_is_sent_back() {
        let values = read(r#"{"load":{"percent_of_body_weight":50}}"#);
        assert_eq!(values.load, Some(Load::Unknown));
        let mut findings = Findings::default();
        values.check("/planned", &mut findings);
        let refused = findings.into_result().expect_err("refused").into_fields();
        assert_eq!((refused[0].pointer.as_str(), refused[0].code), ("/planned/load", FieldCode::Invalid));
    }
}
