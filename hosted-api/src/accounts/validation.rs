//! What a person's name and address must look like. What a password must: see `new_password`.

pub(crate) use training::{MAX_NAME_CHARS, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS};

/// An address as it is stored and compared: without surrounding white space, in lower case.
pub(crate) fn normalised_email(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// Whether a (trimmed) name has 1 to 100 characters, none of them a control character.
pub(crate) fn is_valid_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}
