//! The code of an invitation.

use std::fmt;
use std::str::FromStr;

/// Crockford's base 32: no letter that is mistaken for a digit or, read aloud, for another letter of it.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code: 28 symbols of five bits, shown in groups of four.
#[derive(Clone, PartialEq, Eq)]
pub struct InvitationCode(String);

/// The text is not a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the code of an invitation")]
pub struct InvalidInvitationCode;

impl InvitationCode {
    /// How many symbols a code has; it carries 140 random bits.
    pub const SYMBOLS: usize = 28;

    /// The code of these random bytes, of each of which five bits count.
    pub fn from_random(bytes: [u8; Self::SYMBOLS]) -> Self {
        Self(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect())
    }
}

impl fmt::Display for InvitationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, symbol) in self.0.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{symbol}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for InvitationCode {
    /// Without the code, which is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InvitationCode")
    }
}

impl FromStr for InvitationCode {
    type Err = InvalidInvitationCode;

    /// Reads a code however it was typed: in any case, grouped in any way, with letters for the digits they look like.
    fn from_str(text: &str) -> Result<Self, InvalidInvitationCode> {
        let mut symbols = String::with_capacity(Self::SYMBOLS);
        for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let symbol = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let is_known = u8::try_from(symbol).is_ok_and(|symbol| ALPHABET.contains(&symbol));
            if !is_known || symbols.len() == Self::SYMBOLS {
                return Err(InvalidInvitationCode);
            }
            symbols.push(symbol);
        }
        if symbols.len() == Self::SYMBOLS { Ok(Self(symbols)) } else { Err(InvalidInvitationCode) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_typed() {
        let code: InvitationCode = "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV".parse().expect("a code");
        for typed in [
            "0123456789abcdefghjkmnpqrstv",
            " o i2 3-4567-89AB-CDEF-GHJK-MNPQ-RSTV\n",
            "Ol23-4567-89ab-cdef-ghjk-mnpq-rstv",
        ] {
            assert_eq!(typed.parse(), Ok(code.clone()), "{typed:?}");
        }
        assert_eq!(format!("{code:?}"), "InvitationCode", "a log does not have it");
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "0123", "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTU", "0123-4567-89AB-CDEF-GHJK-MNPQ-RSTVW", "ä", "\0"]
        {
            assert_eq!(text.parse::<InvitationCode>(), Err(InvalidInvitationCode), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_code_reads_back_as_it_is_shown(bytes: [u8; InvitationCode::SYMBOLS]) {
            let code = InvitationCode::from_random(bytes);
            prop_assert_eq!(code.to_string().parse(), Ok(code.clone()));
            prop_assert_eq!(code.to_string().len(), 34);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,60}") {
            let _ = text.parse::<InvitationCode>();
        }
    }
}
