//! What a person's name, address and password must look like.

/// Longest address and name and device name, in characters.
pub(crate) const MAX_NAME_CHARS: usize = 100;
/// Shortest password, in characters.
pub(crate) const MIN_PASSWORD_CHARS: usize = 8;
/// Longest password, in characters.
pub(crate) const MAX_PASSWORD_CHARS: usize = 200;

/// An address as it is stored and compared: without surrounding white space, in lower case.
pub(crate) fn address(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// Whether a (trimmed) name has 1 to 100 characters, none of them a control character.
pub(crate) fn is_acceptable_name(name: &str) -> bool {
    (1..=MAX_NAME_CHARS).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

/// Whether a password has 8 to 200 characters.
pub(crate) fn is_acceptable_password(password: &str) -> bool {
    (MIN_PASSWORD_CHARS..=MAX_PASSWORD_CHARS).contains(&password.chars().count())
}
