//! What a person's name and address must look like, wherever they are typed: by admins, by the person, on the command
//! line.

use crate::limits::MAX_NAME_CHARS;
use crate::refusal::FieldCode;
use crate::text;

/// The name of a person, a studio or a device as it is kept: see [`text::name`].
///
/// # Errors
/// [`FieldCode::Required`] when nothing visible is left, [`FieldCode::TooLong`], [`FieldCode::Invalid`].
pub fn display_name(typed: &str) -> Result<String, FieldCode> {
    text::name(typed, MAX_NAME_CHARS)
        .map_err(|code| if code == FieldCode::TooShort { FieldCode::Required } else { code })
}

/// An address as it is stored and compared: without surrounding spaces, in lower case. Whether it exists only a mail
/// could tell.
///
/// # Errors
/// [`FieldCode::Required`] when nothing is left, [`FieldCode::TooLong`], [`FieldCode::Invalid`] when it is not one
/// mailbox at one host.
pub fn address(typed: &str) -> Result<String, FieldCode> {
    let trimmed = typed.trim_matches(' ');
    let is_part =
        |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@');
    if trimmed.is_empty() {
        Err(FieldCode::Required)
    } else if typed.chars().count() > MAX_NAME_CHARS {
        Err(FieldCode::TooLong)
    } else if !trimmed.split_once('@').is_some_and(|(mailbox, host)| is_part(mailbox) && is_part(host)) {
        Err(FieldCode::Invalid)
    } else {
        Ok(trimmed.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_is_a_mailbox_at_a_host_in_lower_case() {
        let long = format!("{}@b", "a".repeat(99));
        for (typed, expected) in [
            ("a@b", Ok("a@b")),
            (" Ada@Studio.Example ", Ok("ada@studio.example")),
            ("ÖZLEM@münchen.example", Ok("özlem@münchen.example")),
            ("", Err(FieldCode::Required)),
            ("  ", Err(FieldCode::Required)),
            ("nobody", Err(FieldCode::Invalid)),
            ("a b@c", Err(FieldCode::Invalid)),
            ("a@b c", Err(FieldCode::Invalid)),
            ("a@@b", Err(FieldCode::Invalid)),
            ("@b", Err(FieldCode::Invalid)),
            ("a@", Err(FieldCode::Invalid)),
            ("a\u{0}@b", Err(FieldCode::Invalid)),
            ("\ta@b", Err(FieldCode::Invalid)),
            (long.as_str(), Err(FieldCode::TooLong)),
        ] {
            assert_eq!(address(typed), expected.map(str::to_owned), "{typed:?}");
        }
    }

    #[test]
    fn a_name_is_required_and_has_an_end() {
        assert_eq!(display_name(" Mara\u{200B} ").as_deref(), Ok("Mara"));
        assert_eq!(display_name("\u{200B}"), Err(FieldCode::Required));
        assert_eq!(display_name(&"x".repeat(101)), Err(FieldCode::TooLong));
        assert_eq!(display_name("a\u{7}b"), Err(FieldCode::Invalid));
    }

    proptest! {
        #[test]
        fn a_stored_address_contains_no_space_and_one_at_sign(typed in "[ -~äÖİ\u{0}\u{202E}]{0,110}") {
            if let Ok(stored) = address(&typed) {
                prop_assert_eq!(stored.matches('@').count(), 1);
                prop_assert!(!stored.chars().any(|c| c.is_whitespace() || c.is_control()));
            }
        }
    }
}
