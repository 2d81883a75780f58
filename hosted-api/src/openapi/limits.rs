//! The lengths, ranges and patterns of request fields and parameters, for the API's description.
//!
//! The derived schemas define the type of a field. The numbers are the constants that the checks use, so they are added
//! here and not by attributes, which take literals only. A test fails when a text, number or list of a request has no
//! limit.
//!
//! Deliberately absent: what depends on the state, and dependencies between fields, except between pain and its
//! regions.

use imports::ImportLimits;
use training::library::{ExerciseLimits, VideoLimits};
use training::notes::MAX_PRIVATE_TEXT_CHARS;
use training::templates::TemplateLimits;
use training::text::MAX_CODE_POINTS_PER_CHAR;
use training::weights::WeightLimits;
use training::wire::Role;
use training::{
    Field, LoadLimits, MAX_EFFORT, MAX_NAME_CHARS, MAX_NOTE_CHARS, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS, Range,
    Region, Round, RoundPlan, Session, ValueLimits,
};
use utoipa::Number;
use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::{ArrayItems, Object, OneOfBuilder};
use utoipa::openapi::{Components, RefOr, Schema};

use crate::endpoints::athletes::stats::MAX_TIME_ZONE_CHARS;
use crate::endpoints::feed::follow::MAX_WAIT_S;
use crate::endpoints::users::list::MAX_QUERY_CHARS;
use crate::http::{MAX_KEY_CHARS, PageSize};
use crate::updates::{Bucket, Channel};

/// A line of text: no control characters, and one that can be seen. What can't be seen (`training::text::INVISIBLE`) is
/// left out by the server.
const LINE: &str = concat!(
    r"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*",
    r"[^\s\u0000-\u001F\u007F-\u009F\u2028\u2029\u2800",
    r"\u00AD\u034F\u061C\u115F-\u1160\u17B4-\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E",
    r"\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB]",
    r"[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*$"
);
/// Text of several lines: no control characters except line breaks and tabs.
const LINES: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$";
/// Text of several lines of which something can be seen: no control characters except line breaks and tabs.
const VISIBLE_LINES: &str = concat!(
    r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*",
    r"[^\s\u0000-\u001F\u007F-\u009F\u2028\u2029\u2800",
    r"\u00AD\u034F\u061C\u115F-\u1160\u17B4-\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E",
    r"\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB]",
    r"[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]*$"
);
/// A mailbox at a host, perhaps with spaces around, which don't count.
const ADDRESS: &str = r"^ *[^\s\u0000-\u001F\u007F-\u009F@]+@[^\s\u0000-\u001F\u007F-\u009F@]+ *$";
/// Text that is safe in a header.
const VISIBLE_ASCII: &str = "^[!-~]+$";
/// A version in quotes as the server writes it. Eighteen digits are within 64 bits, and more than any entity will see.
const TAG: &str = r#"^"(0|[1-9][0-9]{0,17})"$"#;
/// A version as semver.org defines it, with numbers of at most eighteen digits.
const SEMANTIC_VERSION: &str = concat!(
    r"^(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})\.(0|[1-9][0-9]{0,17})",
    r"(-(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?",
    r"(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$"
);
/// A name as the IANA database has them. Which there are changes with its releases.
const TIME_ZONE: &str = "^[A-Za-z][A-Za-z0-9_+/-]*$";
/// SHA-256 in hexadecimal.
const HASH: &str = "^[0-9a-f]{64}$";

/// What a field or a parameter may hold.
#[derive(Clone, Copy, Debug)]
enum Limit {
    /// A text of so many characters as people count them, and perhaps a pattern. A schema counts code points, of which a
    /// character may have several, so what it states is the most of them.
    Prose { min: usize, max: usize, pattern: Option<&'static str> },
    /// A text with limits on its length in code points, and perhaps a pattern.
    Text { min: usize, max: usize, pattern: Option<&'static str> },
    /// A text of a certain form, however long.
    Pattern(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A whole number.
    Integer(usize, usize),
    /// A number.
    Decimal(Range),
    /// A whole number, as a range of the rules has it.
    IntegerIn(Range),
    /// A limited number of distinct entries.
    Set { min: usize, max: usize },
    /// A limited number of entries.
    List { min: usize, max: usize },
    /// A limited number of texts.
    TextList { max: usize, each_max: usize },
    /// Whatever the server gave out or the standard allows.
    Opaque,
}

use Limit::{Decimal, Integer, IntegerIn, List, OneOf, Opaque, Pattern, Prose, Set, Text, TextList};

const NAME: Limit = Prose { min: 1, max: MAX_NAME_CHARS, pattern: Some(LINE) };
/// An address to sign in with: whatever is typed.
const SIGN_IN_EMAIL: Limit = Text { min: 1, max: MAX_NAME_CHARS, pattern: Some(LINE) };
/// An address, as far as it can be told one without a mail.
const EMAIL: Limit = Text { min: 3, max: MAX_NAME_CHARS, pattern: Some(ADDRESS) };
const NOTE: Limit = Prose { min: 0, max: MAX_NOTE_CHARS, pattern: Some(LINES) };
/// An existing password. None is longer.
const PASSWORD: Limit = Text { min: 0, max: MAX_PASSWORD_CHARS, pattern: None };
const NEW_PASSWORD: Limit = Text { min: MIN_PASSWORD_CHARS, max: MAX_PASSWORD_CHARS, pattern: None };
const EFFORT: Limit = Integer(0, MAX_EFFORT as usize);

/// Schema, field and limit.
#[allow(clippy::cast_possible_truncation, reason = "a video is far smaller than 4 GB")]
#[rustfmt::skip]
const FIELDS: &[(&str, &str, Limit)] = &[
    ("SignIn",          "email",            SIGN_IN_EMAIL),
    ("SignIn",          "password",         PASSWORD),
    ("SignIn",          "device_name",      NAME),
    ("SignIn",          "device_token",     Opaque),
    ("RefreshTokens",   "refresh_token",    Opaque),
    ("ChangeMe",        "name",             NAME),
    ("ChangePassword",  "current_password", PASSWORD),
    ("ChangePassword",  "new_password",     NEW_PASSWORD),
    ("LookAtInvitation", "code",            Opaque),
    ("ClaimInvitation", "code",             Opaque),
    ("ClaimInvitation", "password",         NEW_PASSWORD),
    ("ClaimInvitation", "device_name",      NAME),
    ("ClaimInvitation", "device_token",     Opaque),
    ("CreateUser",      "name",             NAME),
    ("CreateUser",      "email",            EMAIL),
    ("CreateUser",      "roles",            Set { min: 1, max: Role::ALL.len() }),
    ("ChangeUser",      "name",             NAME),
    ("ChangeUser",      "email",            EMAIL),
    ("ChangeUser",      "roles",            Set { min: 1, max: Role::ALL.len() }),
    ("EraseUser",       "confirm",          NAME),
    ("CancelSession",   "reason",           NOTE),
    ("SaveRound",       "rest_after_s",     Integer(RoundPlan::MIN_REST_S as usize, RoundPlan::MAX_REST_S as usize)),
    ("SaveRound",       "exercises",        List { min: 1, max: RoundPlan::MAX_EXERCISES }),
    ("EditRound",       "rest_after_s",     Integer(RoundPlan::MIN_REST_S as usize, RoundPlan::MAX_REST_S as usize)),
    ("EditRound",       "exercises",        List { min: 1, max: RoundPlan::MAX_EXERCISES }),
    ("RoundPlace",      "number",           Integer(1, Round::MAX_NUMBER as usize)),
    ("RoundPlace",      "version",          Integer(1, Round::MAX_VERSION as usize)),
    ("PlannedExerciseInput", "trainer_notes", NOTE),
    ("TemplateDraft",   "name",             Prose { min: 1, max: TemplateLimits::MAX_NAME_CHARS, pattern: Some(LINE) }),
    ("TemplateDraft",   "rounds",           List { min: 1, max: TemplateLimits::MAX_ROUNDS }),
    ("RoundPlanInput",  "rest_after_s",     Integer(RoundPlan::MIN_REST_S as usize, RoundPlan::MAX_REST_S as usize)),
    ("RoundPlanInput",  "exercises",        List { min: 1, max: RoundPlan::MAX_EXERCISES }),
    ("CompleteRound",   "exercises",        List { min: 1, max: RoundPlan::MAX_EXERCISES }),
    ("ExerciseReport",  "effort",           EFFORT),
    ("ExerciseReport",  "pain_regions",     Set { min: 0, max: Region::ALL.len() }),
    ("ExerciseReport",  "note",             NOTE),
    ("CorrectExercise", "reason",           NOTE),
    ("SessionRecord",   "rounds",           List { min: 1, max: Session::MAX_ROUNDS }),
    ("RecordedRound",   "exercises",        List { min: 1, max: RoundPlan::MAX_EXERCISES }),
    ("RecordedFeedback", "effort",          EFFORT),
    ("RecordedFeedback", "pain_regions",    Set { min: 0, max: Region::ALL.len() }),
    ("RecordedFeedback", "note",            NOTE),
    ("PlannedValuesInput", "weight_kg",     Decimal(ValueLimits::PLANNED.weight_kg)),
    ("PlannedValuesInput", "reps",          IntegerIn(ValueLimits::PLANNED.reps)),
    ("PlannedValuesInput", "reps_to",       IntegerIn(ValueLimits::PLANNED.reps)),
    ("PlannedValuesInput", "distance_m",    Decimal(ValueLimits::PLANNED.distance_m)),
    ("PlannedValuesInput", "time_s",        IntegerIn(ValueLimits::PLANNED.time_s)),
    ("PlannedValuesInput", "effort",        IntegerIn(ValueLimits::PLANNED.effort)),
    ("LoadInput",       "percent_of_e1rm",  Decimal(LoadLimits::CURRENT.percent_of_e1rm)),
    ("LoadInput",       "last_plus_kg",     Decimal(LoadLimits::CURRENT.last_plus_kg)),
    ("ValuesInput",     "weight_kg",        Decimal(ValueLimits::ACTUAL.weight_kg)),
    ("ValuesInput",     "reps",             IntegerIn(ValueLimits::ACTUAL.reps)),
    ("ValuesInput",     "distance_m",       Decimal(ValueLimits::ACTUAL.distance_m)),
    ("ValuesInput",     "time_s",           IntegerIn(ValueLimits::ACTUAL.time_s)),
    ("ValuesInput",     "effort",           IntegerIn(ValueLimits::ACTUAL.effort)),
    ("ExerciseDraft",   "name",             Prose { min: 1, max: ExerciseLimits::MAX_NAME_CHARS, pattern: Some(LINE) }),
    ("ExerciseDraft",   "fields",           Set { min: 1, max: Field::ALL.len() }),
    ("ExerciseDraft",   "aliases",          TextList { max: ExerciseLimits::MAX_ALIASES, each_max: ExerciseLimits::MAX_NAME_CHARS }),
    ("ExerciseDraft",   "muscles",          TextList { max: ExerciseLimits::MAX_MUSCLES, each_max: ExerciseLimits::MAX_MUSCLE_CHARS }),
    ("StartUpload",     "size_bytes",       Integer(1, VideoLimits::MAX_BYTES as usize)),
    ("StartUpload",     "sha256",           Pattern(HASH)),
    ("NoteDraft",       "text",             Prose { min: 0, max: MAX_PRIVATE_TEXT_CHARS, pattern: Some(LINES) }),
    ("JournalDraft",    "text",             Prose { min: 1, max: MAX_PRIVATE_TEXT_CHARS, pattern: Some(VISIBLE_LINES) }),
    ("CommitImport",    "mapping",          List { min: 0, max: ImportLimits::MAX_EXERCISES }),
    ("MappedExerciseInput", "name",         Prose { min: 1, max: ExerciseLimits::MAX_NAME_CHARS, pattern: Some(LINE) }),
    ("WeightDraft",     "weight_kg",        Decimal(WeightLimits::WEIGHT_KG)),
    ("WeightDraft",     "note",             Prose { min: 0, max: WeightLimits::MAX_NOTE_CHARS, pattern: Some(LINES) }),
    ("ExerciseDraft",   "cue",              Prose { min: 0, max: ExerciseLimits::MAX_CUE_CHARS, pattern: Some(LINES) }),
];

/// Parameter and limit; a name means the same everywhere. Parameters with a schema of their own, such as ids and
/// cursors, have their limits there.
#[allow(clippy::cast_possible_truncation, reason = "a video is far smaller than 4 GB")]
#[rustfmt::skip]
const PARAMETERS: &[(&str, Limit)] = &[
    ("Idempotency-Key",         Text { min: 1, max: MAX_KEY_CHARS, pattern: Some(VISIBLE_ASCII) }),
    ("If-Match",                Pattern(TAG)),
    ("limit",                   Integer(1, PageSize::MAX as usize)),
    ("q",                       Text { min: 0, max: MAX_QUERY_CHARS, pattern: None }),
    ("wait",                    Integer(0, MAX_WAIT_S as usize)),
    ("channel",                 OneOf(Channel::WORDS)),
    // Unknown platforms get an answer too: there is no update for them.
    ("target",                  Opaque),
    ("arch",                    Opaque),
    ("bundle",                  Opaque),
    ("current_version",         Pattern(SEMANTIC_VERSION)),
    ("Ringside-Rollout-Bucket", Integer(0, Bucket::MAX as usize)),
    ("timezone",                Text { min: 1, max: MAX_TIME_ZONE_CHARS, pattern: Some(TIME_ZONE) }),
    ("Upload-Offset",           Integer(0, VideoLimits::MAX_BYTES as usize)),
    ("sha256",                  Pattern(HASH)),
    ("file_name",               Pattern(VISIBLE_ASCII)),
    ("Accept-Language",         Opaque),
    ("Range",                   Opaque),
    ("If-Range",                Opaque),
    ("If-None-Match",           Opaque),
];

/// States the limits of the fields of requests.
pub(super) fn limit_fields(components: &mut Components) {
    for (schema, field, limit) in FIELDS {
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(*schema)
            && let Some(RefOr::T(field)) = object.properties.get_mut(*field)
        {
            limit.apply_to(field);
        }
    }
    for with_pain in ["ExerciseReport", "RecordedFeedback"] {
        if let Some(report @ RefOr::T(Schema::Object(_))) = components.schemas.get_mut(with_pain) {
            *report = split_by_pain(report);
        }
    }
}

/// States the limits of a parameter.
pub(super) fn limit_parameter(parameter: &mut Parameter) {
    let limit = PARAMETERS.iter().find(|(name, _)| *name == parameter.name);
    if let (Some((_, limit)), Some(RefOr::T(schema))) = (limit, &mut parameter.schema) {
        limit.apply_to(schema);
    }
}

impl Limit {
    fn apply_to(self, schema: &mut Schema) {
        match (self, schema) {
            (Prose { min, max, pattern }, schema) => {
                Text { min, max: max * MAX_CODE_POINTS_PER_CHAR, pattern }.apply_to(schema);
            }
            (Text { min, max, pattern }, Schema::Object(text)) => {
                text.min_length = (min > 0).then_some(min);
                text.max_length = Some(max);
                text.pattern = pattern.map(str::to_owned);
            }
            (Pattern(pattern), Schema::Object(text)) => text.pattern = Some(pattern.to_owned()),
            (OneOf(words), Schema::Object(text)) => {
                text.enum_values = Some(words.iter().map(|&word| word.into()).collect());
            }
            (Integer(min, max), Schema::Object(number)) => {
                number.minimum = Some(Number::UInt(min));
                number.maximum = Some(Number::UInt(max));
            }
            (Decimal(range), Schema::Object(number)) => {
                number.minimum = Some(Number::Float(range.min));
                number.maximum = Some(Number::Float(range.max));
            }
            #[allow(clippy::cast_possible_truncation, reason = "the bounds of a whole number are whole and small")]
            (IntegerIn(range), Schema::Object(number)) => {
                number.minimum = Some(Number::Int(range.min as isize));
                number.maximum = Some(Number::Int(range.max as isize));
            }
            (List { min, max }, Schema::Array(list)) => {
                list.min_items = Some(min);
                list.max_items = Some(max);
            }
            (Set { min, max }, Schema::Array(list)) => {
                list.min_items = (min > 0).then_some(min);
                list.max_items = Some(max);
                list.unique_items = true;
            }
            (TextList { max, each_max }, Schema::Array(list)) => {
                list.max_items = Some(max);
                if let ArrayItems::RefOrSchema(each) = &mut list.items
                    && let RefOr::T(each) = each.as_mut()
                {
                    Prose { min: 1, max: each_max, pattern: Some(LINE) }.apply_to(each);
                }
            }
            _ => {}
        }
    }
}

/// The schema of a report as one of two: with pain and its regions, or without pain.
fn split_by_pain(report: &RefOr<Schema>) -> RefOr<Schema> {
    let with = |pain: bool| {
        let RefOr::T(Schema::Object(mut report)) = report.clone() else { return report.clone() };
        report.description = Some(if pain { "It hurt." } else { "It did not hurt." }.to_owned());
        if let Some(RefOr::T(Schema::Object(field))) = report.properties.get_mut("pain") {
            field.enum_values = Some(vec![pain.into()]);
        }
        if let Some(RefOr::T(Schema::Array(regions))) = report.properties.get_mut("pain_regions") {
            if pain {
                regions.min_items = Some(1);
            } else {
                regions.max_items = Some(0);
            }
        }
        if pain {
            for field in ["pain", "pain_regions"] {
                if !report.required.iter().any(|required| required == field) {
                    report.required.push(field.to_owned());
                }
            }
        }
        RefOr::T(Schema::Object(report))
    };
    let description = match report {
        RefOr::T(Schema::Object(Object { description, .. })) => description.clone(),
        _ => None,
    };
    OneOfBuilder::new().description(description).item(with(true)).item(with(false)).into()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use training::text::INVISIBLE;

    use super::*;
    use crate::openapi::tests::document;

    /// The keywords that limit a text, a number or a list.
    const LIMITS: [&str; 5] = ["maxLength", "maximum", "maxItems", "pattern", "enum"];

    fn has_limit(schema: &Value) -> bool {
        LIMITS.iter().any(|keyword| schema.get(keyword).is_some())
    }

    /// Whether it is a text, number or list without a limit.
    fn needs_limit(schema: &Value) -> bool {
        let is = |word: &str| {
            schema["type"] == word || schema["type"].as_array().is_some_and(|types| types.contains(&word.into()))
        };
        let is_limited_by_format = ["uuid", "date-time"].into_iter().any(|format| schema["format"] == format);
        ["string", "integer", "number", "array"].into_iter().any(is) && !is_limited_by_format
    }

    fn is_opaque<'a>(limits: impl IntoIterator<Item = (&'a str, &'a Limit)>, name: &str) -> bool {
        limits.into_iter().any(|(it, limit)| it == name && matches!(limit, Opaque))
    }

    /// Name and properties of every object that a request may hold.
    fn requests(document: &Value) -> Vec<(String, Value)> {
        let schemas = document["components"]["schemas"].as_object().expect("schemas");
        let objects = schemas.iter().flat_map(|(name, schema)| {
            let either = schema["oneOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
            either.into_iter().map(move |schema| (name.clone(), schema))
        });
        objects
            .filter(|(_, schema)| schema["additionalProperties"] == false)
            .map(|(name, schema)| (name, schema["properties"].clone()))
            .collect()
    }

    #[test]
    fn every_request_field_has_a_limit() {
        let requests = requests(&document());
        for (name, properties) in &requests {
            for (field, schema) in properties.as_object().into_iter().flatten() {
                let of_schema =
                    FIELDS.iter().filter(|(schema, ..)| schema == name).map(|(_, field, limit)| (*field, limit));
                assert!(
                    !needs_limit(schema) || has_limit(schema) || is_opaque(of_schema, field),
                    "{name}.{field}: {schema}"
                );
            }
        }
        for (name, field, limit) in FIELDS {
            let mut stated = requests.iter().filter(|(it, _)| it == name).map(|(_, properties)| &properties[field]);
            let first = stated.next().unwrap_or(&Value::Null);
            assert!(first.is_object() && (has_limit(first) || matches!(limit, Opaque)), "{name}.{field}: {first}");
        }
    }

    #[test]
    fn every_parameter_has_a_limit() {
        let document = document();
        let operations = document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object());
        let parameters: Vec<&Value> =
            operations.flatten().filter_map(|(_, operation)| operation["parameters"].as_array()).flatten().collect();
        for parameter in &parameters {
            let (name, schema) = (parameter["name"].as_str().expect("a name"), &parameter["schema"]);
            let limits = PARAMETERS.iter().map(|(name, limit)| (*name, limit));
            assert!(!needs_limit(schema) || has_limit(schema) || is_opaque(limits, name), "{name}: {schema}");
        }
        for (name, limit) in PARAMETERS {
            let stated =
                parameters.iter().find(|parameter| parameter["name"] == *name).map(|parameter| &parameter["schema"]);
            assert!(stated.is_some_and(|schema| has_limit(schema) || matches!(limit, Opaque)), "{name}: {stated:?}");
        }
    }

    #[test]
    fn a_line_excludes_what_the_rules_call_invisible() {
        let escaped = |c: char| format!("\\u{:04X}", u32::from(c));
        let in_the_basic_plane = INVISIBLE.iter().filter(|(_, last)| u32::from(*last) <= 0xFFFF);
        let ranges = in_the_basic_plane.map(|(first, last)| {
            if first == last { escaped(*first) } else { format!("{}-{}", escaped(*first), escaped(*last)) }
        });
        let class: String = ranges.collect();
        for pattern in [LINE, VISIBLE_LINES] {
            assert!(pattern.contains(&format!("\\u2800{class}]")), "{class}");
        }
    }

    #[test]
    fn a_report_of_pain_requires_a_region() {
        let document = document();
        let [with_pain, without_pain] =
            document["components"]["schemas"]["ExerciseReport"]["oneOf"].as_array().expect("two").as_slice()
        else {
            panic!("it is one of two")
        };
        assert_eq!(with_pain["properties"]["pain_regions"]["minItems"], 1);
        assert!(with_pain["required"].as_array().expect("names").contains(&"pain_regions".into()));
        assert_eq!(without_pain["properties"]["pain_regions"]["maxItems"], 0);
    }
}
