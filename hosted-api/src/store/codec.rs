//! How domain values are written into columns: instants as milliseconds, words as words, the rest as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use training::Timestamp;
use uuid::Uuid;

use super::StoreError;

/// A value as JSON text.
pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Unreadable { what: "value", source })
}

/// A value from JSON text.
pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Unreadable { what, source })
}

/// A word of a fixed vocabulary (a status, a language) as it is written on the wire.
pub(super) fn word(value: &impl Serialize) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Ok(word),
        Ok(other) => json(&other),
        Err(source) => Err(StoreError::Unreadable { what: "word", source }),
    }
}

/// A word of a fixed vocabulary, read back.
pub(super) fn from_word<T: DeserializeOwned>(what: &'static str, word: String) -> Result<T, StoreError> {
    serde_json::from_value(Value::String(word)).map_err(|source| StoreError::Unreadable { what, source })
}

/// An id, read back.
pub(super) fn id<T: From<Uuid>>(what: &'static str, text: String) -> Result<T, StoreError> {
    from_word::<Uuid>(what, text).map(T::from)
}

/// Sorts after every id, whatever the database's collation makes of punctuation.
pub(super) const MAX_ID: &str = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/// An instant, read back.
pub(super) fn instant(ms: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(ms).ok_or_else(|| unreadable("instant", "beyond the calendar"))
}

/// The error for a stored value that is not valid for its type.
pub(super) fn unreadable(what: &'static str, why: &'static str) -> StoreError {
    use serde::de::Error;
    StoreError::Unreadable { what, source: serde_json::Error::custom(why) }
}

/// A count that is never negative, read back.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// A count as the databases store it: a signed 64-bit integer.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
