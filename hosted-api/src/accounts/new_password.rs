//! What a new password must be: long enough, and nothing that is guessed first.
//!
//! Whoever guesses begins with the most common passwords and with what everybody knows of a person. Everything else is
//! left to the person: rules about digits and signs make passwords harder to remember, not to guess.

use std::collections::HashSet;
use std::sync::LazyLock;

use training::{FieldCode, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS};

/// The most common passwords that are long enough, in lower case, one a line: from the nearly 20,000 of
/// `django/contrib/auth/common-passwords.txt.gz` (Django 5.2.19 on `PyPI`, BSD-3-Clause, see `common_passwords.LICENSE`),
/// which Royce Williams counted in the passwords of many leaks.
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// The shortest part of a name that a password must not contain. Shorter ones are in many words.
const MIN_PART_CHARS: usize = 4;
/// The shortest whole name, or whole part of an address before its `@`.
const MIN_WHOLE_CHARS: usize = 3;

/// What is wrong with a new password of the person with this name and address.
pub(crate) fn check_new_password(password: &str, name: &str, email: &str) -> Result<(), FieldCode> {
    let chars = password.chars().count();
    if chars < MIN_PASSWORD_CHARS {
        Err(FieldCode::TooShort)
    } else if chars > MAX_PASSWORD_CHARS {
        Err(FieldCode::TooLong)
    } else if COMMON.contains(password.trim().to_lowercase().as_str()) {
        Err(FieldCode::TooCommon)
    } else if names_person(password, name, email) {
        Err(FieldCode::ContainsName)
    } else {
        Ok(())
    }
}

/// Whether a password contains a person's name or address, or a part of them, however it is written.
fn names_person(password: &str, name: &str, email: &str) -> bool {
    let password = plain(password);
    let mailbox = email.split('@').next().unwrap_or_default();
    let contains = |text: &str, min: usize| {
        let text = plain(text);
        text.chars().count() >= min && password.contains(&text)
    };
    let part = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|part| contains(part, MIN_PART_CHARS));
    [name, mailbox, email].iter().any(|whole| contains(whole, MIN_WHOLE_CHARS)) || part(name) || part(mailbox)
}

/// Letters and digits in lower case.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), FieldCode> {
        check_new_password(password, "Leonie Krämer-Li", "l.kraemer@studio.example")
    }

    #[test]
    fn common_passwords_are_refused_in_any_spelling() {
        for password in ["password", "PassWord", "password1", "qwertyuiop", "12345678", "iloveyou", " password "] {
            assert_eq!(check(password), Err(FieldCode::TooCommon), "{password:?}");
        }
    }

    #[test]
    fn passwords_with_the_person_s_name_or_address_are_refused() {
        for password in
            ["leonie2026", "2026LEONIE!", "krämer-2026", "leoniekrämerli", "x-L.Kraemer-x", "l.kraemer@studio.example"]
        {
            assert_eq!(check(password), Err(FieldCode::ContainsName), "{password:?}");
        }
        assert_eq!(check_new_password("rui12345678", "Rui", "office@studio.example"), Err(FieldCode::ContainsName));
        assert_eq!(check_new_password("ana-and-more", "A B", "ana@studio.example"), Err(FieldCode::ContainsName));
    }

    #[test]
    fn other_passwords_are_accepted() {
        for password in ["long enough", "a new password", "correct horse", "little-lion", "ÄÖÜäöüßß", "🏋🏋🏋🏋🏋🏋🏋🏋"]
        {
            assert_eq!(check(password), Ok(()), "{password:?}");
        }
        assert_eq!(check_new_password("a new password", "", "@"), Ok(()), "nothing is in every password");
    }

    #[test]
    fn the_length_is_counted_in_characters() {
        let lengths = [(7, Err(FieldCode::TooShort)), (8, Ok(())), (200, Ok(())), (201, Err(FieldCode::TooLong))];
        for (chars, expected) in lengths {
            assert_eq!(check(&"ß".repeat(chars)), expected, "{chars}");
        }
    }

    #[test]
    fn the_list_is_in_lower_case_and_holds_only_what_is_long_enough() {
        assert!(COMMON.len() > 8_000);
        for password in &*COMMON {
            assert!(
                password.chars().count() >= MIN_PASSWORD_CHARS && *password == password.to_lowercase(),
                "{password:?}"
            );
        }
    }
}
