//! What a person's name and address must look like. What a password must: see `new_password`.

use training::{FieldCode, text};

pub(crate) use training::{MAX_NAME_CHARS, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS};

/// An address as it is stored and compared: without surrounding white space, in lower case.
pub(crate) fn normalised_email(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// A name as it is kept.
///
/// # Errors
/// What keeps it from being a name of 1 to 100 characters.
pub(crate) fn name(typed: &str) -> Result<String, FieldCode> {
    text::name(typed, MAX_NAME_CHARS)
}

/// Whether an address has 1 to 100 code points, none of them a control character.
pub(crate) fn is_valid_email(address: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&address.chars().count()) && !address.chars().any(char::is_control)
}
