//! JSON: read strictly, with findings that point to the field.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};
use training::{FieldCode, ProblemCode};

use super::ApiError;
use super::strict::Strict;

/// A value from JSON that is called JSON.
pub(super) fn parse<T: DeserializeOwned>(headers: &HeaderMap, bytes: &[u8]) -> Result<T, ApiError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(ApiError::new(ProblemCode::UnsupportedMediaType));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value =
        serde_path_to_error::deserialize(Strict(&mut json)).map_err(|error| finding(error.path(), error.inner()))?;
    json.end().map_err(|_| ApiError::new(ProblemCode::MalformedJson))?;
    Ok(value)
}

fn finding(path: &Path, error: &serde_json::Error) -> ApiError {
    if error.classify() != Category::Data {
        return ApiError::new(ProblemCode::MalformedJson);
    }
    // serde reports the kind of finding only as text; these are its fixed phrases.
    let text = error.to_string();
    let named = |phrase: &str| Some(text.strip_prefix(phrase)?.split('`').nth(1)?.to_owned());
    let (code, field) = if let Some(field) = named("unknown field") {
        (FieldCode::UnknownField, Some(field))
    } else if let Some(field) = named("missing field") {
        (FieldCode::Required, Some(field))
    } else if let Some(field) = named("duplicate field") {
        (FieldCode::Duplicate, Some(field))
    } else {
        (FieldCode::Invalid, None)
    };
    ApiError::invalid_field(pointer(path, field.as_deref()), code)
}

/// The JSON pointer of a path plus a field, which the path may or may not already end with.
fn pointer(path: &Path, field: Option<&str>) -> String {
    let mut tokens: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(index.to_string()),
            Segment::Map { key } => Some(key.clone()),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    if let Some(field) = field
        && tokens.last().is_none_or(|last| last != field)
    {
        tokens.push(field.to_owned());
    }
    tokens
        .iter()
        .fold(String::new(), |pointer, token| format!("{pointer}/{}", token.replace('~', "~0").replace('/', "~1")))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use training::wire::{CancelSession, ChangeMe, SaveRound};

    use super::*;
    use crate::http::Nothing;

    fn json() -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))])
    }

    fn refused<T: DeserializeOwned>(body: &str) -> (ProblemCode, Vec<(String, FieldCode)>) {
        let error = parse::<T>(&json(), body.as_bytes()).err().expect("refused");
        let fields = error.clone().problem("r").fields;
        (error.code, fields.into_iter().map(|field| (field.pointer, field.code)).collect())
    }

    #[test]
    fn findings_point_to_the_field() {
        let id = "01890000-0000-7000-8000-000000000000";
        for (body, pointer, code) in [
            ("{}".to_owned(), "/exercises", FieldCode::Required),
            (r#"{"exercises":[],"extra":1}"#.to_owned(), "/extra", FieldCode::UnknownField),
            (r#"{"exercises":[],"exercises":[]}"#.to_owned(), "/exercises", FieldCode::Duplicate),
            (r#"{"exercises":[{}]}"#.to_owned(), "/exercises/0/exercise_id", FieldCode::Required),
            (r#"{"exercises":[{"exercise_id":"x"}]}"#.to_owned(), "/exercises/0/exercise_id", FieldCode::Invalid),
            (
                format!(r#"{{"exercises":[{{"exercise_id":"{id}","planned":{{"reps":-1}}}}]}}"#),
                "/exercises/0/planned/reps",
                FieldCode::Invalid,
            ),
            ("[]".to_owned(), "", FieldCode::Invalid),
            (
                format!(r#"{{"exercises":[{{"exercise_id":"{id}","planned":[100,5]}}]}}"#),
                "/exercises/0/planned",
                FieldCode::Invalid,
            ),
            (
                format!(r#"{{"exercises":[{{"exercise_id":"{id}","planned":{{"a/b":1}}}}]}}"#),
                "/exercises/0/planned/a~1b",
                FieldCode::UnknownField,
            ),
        ] {
            assert_eq!(refused::<SaveRound>(&body), (ProblemCode::Invalid, vec![(pointer.to_owned(), code)]), "{body}");
        }
    }

    #[test]
    fn non_json_bodies_are_malformed() {
        for body in ["", "{", "{} {}", "nope", "\u{feff}{}"] {
            assert_eq!(refused::<CancelSession>(body).0, ProblemCode::MalformedJson, "{body:?}");
        }
    }

    #[test]
    fn other_content_types_are_refused() {
        let error = parse::<CancelSession>(&HeaderMap::new(), b"{}").expect_err("refused");
        assert_eq!(error.code, ProblemCode::UnsupportedMediaType);
    }

    #[test]
    fn enums_are_not_read_from_objects() {
        assert_eq!(refused::<ChangeMe>(r#"{"locale":{"de":null}}"#).1, [("/locale".to_owned(), FieldCode::Invalid)]);
    }

    #[test]
    fn a_body_without_data_is_an_empty_object() {
        assert_eq!(refused::<Nothing>("[]").1, [(String::new(), FieldCode::Invalid)]);
        assert_eq!(refused::<Nothing>(r#"{"a":1}"#).1, [("/a".to_owned(), FieldCode::UnknownField)]);
    }
}
