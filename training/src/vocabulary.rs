//! Open vocabularies: fixed lists of words on the wire, to which a newer version may add.
//!
//! A word that this version doesn't know is kept as written, within limits ([`Unrecognised`]): it is shown neutrally
//! and forwarded unchanged. Refusing unknown words is up to the server's request reader, which asks serde for the list
//! of known words and compares.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use serde::{Serialize, Serializer};

/// A word that this version doesn't know.
///
/// Words are kept for as long as the process lives, so that a vocabulary stays as cheap to copy as its known words are.
/// There are few: a newer server adds a handful. Beyond [`Unrecognised::MOST`] words, or
/// [`Unrecognised::MAX_BYTES`] for one, they are all the empty word, which no server accepts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unrecognised(&'static str);

impl Unrecognised {
    /// How many different words are kept.
    pub const MOST: usize = 1_000;
    /// The longest word that is kept, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// The word, kept as it was written.
    pub fn new(word: &str) -> Self {
        static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
        // Nothing here panics half-way through a change, so a poisoned lock can still be used.
        let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = words.get(word) {
            return Self(known);
        }
        if words.len() >= Self::MOST || word.len() > Self::MAX_BYTES {
            return Self("");
        }
        let kept: &'static str = Box::leak(word.to_owned().into_boxed_str());
        words.insert(kept);
        Self(kept)
    }

    /// The word as it was written.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Debug for Unrecognised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

impl Serialize for Unrecognised {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

/// In the windows' TypeScript: a string that no literal is equal to, so that a window has to say what it shows for it.
#[cfg(feature = "typescript")]
impl ts_rs::TS for Unrecognised {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        "Unrecognised".to_owned()
    }

    fn ident(config: &ts_rs::Config) -> String {
        Self::name(config)
    }

    fn inline(_: &ts_rs::Config) -> String {
        "string & { readonly unrecognised: true }".to_owned()
    }

    fn decl(config: &ts_rs::Config) -> String {
        format!("type Unrecognised = {};", Self::inline(config))
    }

    fn output_path() -> Option<std::path::PathBuf> {
        Some("Unrecognised.ts".into())
    }
}

/// Declares vocabularies: each word once, with its name in Rust and what it means.
macro_rules! vocabulary {
    ($(
        $(#[$meta:meta])*
        $vocabulary:ident {
            $($(#[doc = $doc:literal])* $(#[default $($default:tt)?])? $name:ident = $word:literal),+ $(,)?
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $vocabulary {
            $($(#[doc = $doc])* $name,)+
            /// A word of a newer version.
            Unknown($crate::vocabulary::Unrecognised),
        }

        impl $vocabulary {
            /// Every word this version knows, in the order of their declaration.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as it is written on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                    Self::Unknown(word) => word.as_str(),
                }
            }

            /// What the word says; [`Self::Unknown`] for one that this version doesn't know.
            pub fn from_word(word: &str) -> Self {
                match word {
                    $($word => Self::$name,)+
                    other => Self::Unknown($crate::vocabulary::Unrecognised::new(other)),
                }
            }

            /// Whether this version knows the word.
            pub fn is_known(self) -> bool {
                !matches!(self, Self::Unknown(_))
            }
        }

        impl serde::Serialize for $vocabulary {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $vocabulary {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                // As an enum, so that a strict reader receives the list of known words.
                let visitor = $crate::vocabulary::WordVisitor;
                let word = deserializer.deserialize_enum(stringify!($vocabulary), Self::WORDS, visitor)?;
                Ok(Self::from_word(&word))
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $vocabulary {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(Self::WORDS.iter().copied()))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $vocabulary {}

        #[cfg(feature = "typescript")]
        impl ts_rs::TS for $vocabulary {
            type WithoutGenerics = Self;
            type OptionInnerType = Self;

            fn name(_: &ts_rs::Config) -> String {
                stringify!($vocabulary).to_owned()
            }

            fn ident(config: &ts_rs::Config) -> String {
                Self::name(config)
            }

            fn inline(_: &ts_rs::Config) -> String {
                let words: Vec<String> = Self::WORDS.iter().map(|word| format!("{word:?}")).collect();
                format!("{} | Unrecognised", words.join(" | "))
            }

            fn decl(config: &ts_rs::Config) -> String {
                format!("type {} = {};", stringify!($vocabulary), Self::inline(config))
            }

            fn visit_dependencies(visitor: &mut impl ts_rs::TypeVisitor)
            where
                Self: 'static,
            {
                visitor.visit::<$crate::vocabulary::Unrecognised>();
            }

            fn output_path() -> Option<std::path::PathBuf> {
                Some(concat!(stringify!($vocabulary), ".ts").into())
            }
        }
    )+};
}

pub(crate) use vocabulary;

/// Reads any word.
pub(crate) struct WordVisitor;

impl<'de> serde::de::Visitor<'de> for WordVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(self, access: A) -> Result<String, A::Error> {
        let (word, variant) = access.variant::<String>()?;
        serde::de::VariantAccess::unit_variant(variant)?;
        Ok(word)
    }
}

#[cfg(test)]
mod tests {
    use crate::library::{Category, Field};

    #[test]
    fn a_word_of_a_newer_version_is_kept_as_it_was_written() {
        let read: Vec<Category> = serde_json::from_str(r#"["legs","yoga","yoga"]"#).expect("words");
        assert_eq!(read[0], Category::Legs);
        assert!(!read[1].is_known());
        assert_eq!(read[1], read[2]);
        assert_eq!(serde_json::to_string(&read).expect("words"), r#"["legs","yoga","yoga"]"#);
    }

    #[test]
    fn every_word_reads_back_as_it_was_written() {
        for field in Field::ALL {
            let written = serde_json::to_string(field).expect("a word");
            assert_eq!(serde_json::from_str::<Field>(&written).expect("a word"), *field);
        }
    }

    #[test]
    fn only_a_string_is_a_word() {
        for text in ["1", "null", "[\"legs\"]", r#"{"legs":1}"#] {
            assert!(serde_json::from_str::<Category>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn words_beyond_reason_are_not_kept() {
        let long = "x".repeat(super::Unrecognised::MAX_BYTES + 1);
        assert_eq!(Category::from_word(&long).as_str(), "");
    }
}
