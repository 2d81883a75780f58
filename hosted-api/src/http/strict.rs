//! A strict deserializer for requests: objects with known fields, and enums with known variants, in no other form.
//!
//! The domain types are read tolerantly everywhere else: a field or variant that only a newer version knows is no
//! error. But the sender of a request must learn what would be ignored, so strictness is implemented here and in no
//! type.
//!
//! serde also reads a struct from an array, by the order of its fields. On the wire that would be a second encoding,
//! one that can't have unknown fields and changes its meaning when a field is moved. It also reads `{"de":null}` as the
//! `"de"` of an enum. serde has no switch for either, so this asks the format for a map wherever a struct is wanted,
//! and for a string wherever an enum is, at every level. Types that serde buffers (`flatten`, `tag`, `untagged`) are
//! out of its reach below the first level; no body uses them.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};

/// Wraps a deserializer, seed, visitor or access. Structs are read only from objects without unknown fields, and enums
/// (none in a body has fields) only from known names.
pub(super) struct Strict<T>(pub(super) T);

/// Forwards a call, with the visitor wrapped.
macro_rules! forward {
    ($($method:ident($($argument:ident: $kind:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* Strict(visitor))
        }
    )*};
}

/// Forwards a call for an integer.
macro_rules! forward_integer {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method(Integer(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Fields { visitor, known: fields })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_str(VariantName { visitor, known: variants })
    }

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_i128();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_identifier();
        deserialize_ignored_any();
    }

    forward_integer! {
        deserialize_i8
        deserialize_i16
        deserialize_i32
        deserialize_i64
        deserialize_u8
        deserialize_u16
        deserialize_u32
        deserialize_u64
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// Forwards a value unchanged.
macro_rules! visit {
    ($($method:ident($kind:ty);)*) => {$(
        fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.0.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_some(Strict(deserializer))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.0.visit_newtype_struct(Strict(deserializer))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.0.visit_seq(Strict(access))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(Strict(access))
    }
}

/// The visitor of an integer. `5.0` is one in JSON Schema, so a client that follows the description may send it.
struct Integer<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Integer<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    visit! {
        visit_i64(i64);
        visit_u64(u64);
    }

    #[allow(
        clippy::cast_possible_truncation,
        reason = "it is whole, and within the integers that a double tells apart"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<V::Value, E> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if value.fract() == 0.0 && value.abs() < EXACT {
            self.0.visit_i64(value as i64)
        } else {
            self.0.visit_f64(value)
        }
    }
}

/// The visitor of an enum, which passes on only known variant names.
struct VariantName<V> {
    visitor: V,
    known: &'static [&'static str],
}

impl<'de, V: Visitor<'de>> Visitor<'de> for VariantName<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<V::Value, E> {
        if self.known.contains(&word) {
            self.visitor.visit_enum(word.into_deserializer())
        } else {
            Err(E::unknown_variant(word, self.known))
        }
    }
}

/// The visitor of a struct, which passes on only known fields.
struct Fields<V> {
    visitor: V,
    known: &'static [&'static str],
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Fields<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(KnownFields { access, known: self.known })
    }
}

/// An object's members, each of which must be a known field.
struct KnownFields<A> {
    access: A,
    known: &'static [&'static str],
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for KnownFields<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.access.next_key_seed(KnownField { seed, known: self.known })
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.access.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

/// A member's name, which must be that of a known field.
struct KnownField<S> {
    seed: S,
    known: &'static [&'static str],
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for KnownField<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let name = String::deserialize(deserializer)?;
        if self.known.contains(&name.as_str()) {
            self.seed.deserialize(name.into_deserializer())
        } else {
            Err(D::Error::unknown_field(&name, self.known))
        }
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Strict(deserializer))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(Strict(seed))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Strict(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Inner {
        a: u8,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Wrapped(Inner);

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Kind {
        OneOfThem,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        list: Vec<Inner>,
        named: BTreeMap<String, Inner>,
        perhaps: Option<Inner>,
        wrapped: Wrapped,
        pair: (u8, String),
        kind: Kind,
    }

    fn read(text: &str) -> Result<Outer, serde_json::Error> {
        Outer::deserialize(Strict(&mut serde_json::Deserializer::from_str(text)))
    }

    #[test]
    fn everything_but_structs_and_enums_is_read_as_serde_reads_it() {
        let text = r#"{"list":[{"a":1}],"named":{"x":{"a":2}},"perhaps":{"a":3},"wrapped":{"a":4},"pair":[5,"b"],"kind":"one-of-them"}"#;
        let expected: Outer = serde_json::from_str(text).expect("serde reads it");
        assert_eq!(read(text).expect("so do we"), expected);
    }

    #[test]
    fn a_whole_number_is_an_integer_in_every_notation() {
        let text = |number: &str| {
            format!(
                r#"{{"list":[{{"a":{number}}}],"named":{{}},"wrapped":{{"a":4}},"pair":[5,"b"],"kind":"one-of-them"}}"#
            )
        };
        for number in ["7", "7.0", "7e0", "0.7e1", "-0.0"] {
            assert!(read(&text(number)).is_ok(), "{number}");
        }
        for number in ["7.5", "256.0", "-1.0", "1e300", "\"7\""] {
            assert!(read(&text(number)).is_err(), "{number}");
        }
    }

    #[test]
    fn unknown_fields_and_words_are_refused_at_every_depth() {
        let right = r#"{"list":[{"a":1}],"named":{"x":{"a":2}},"wrapped":{"a":4},"pair":[5,"b"],"kind":"one-of-them"}"#;
        assert!(read(right).is_ok());
        for (from, to) in [
            (r#""list":[{"a":1}]"#, r#""list":[{"a":1,"b":2}]"#),
            (r#"{"x":{"a":2}}"#, r#"{"x":{"b":1,"a":2}}"#),
            (r#""wrapped":{"a":4}"#, r#""wrapped":{"a":4},"more":1"#),
            ("one-of-them", "another"),
        ] {
            let text = right.replace(from, to);
            assert!(text != right && read(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn structs_are_read_only_from_objects_and_enums_only_from_strings() {
        let whole = [
            ("list", r#"[{"a":1}]"#, "[[1]]"),
            ("named", r#"{"x":{"a":2}}"#, r#"{"x":[2]}"#),
            ("perhaps", r#"{"a":3}"#, "[3]"),
            ("wrapped", r#"{"a":4}"#, "[4]"),
            ("kind", r#""one-of-them""#, r#"{"one-of-them":null}"#),
        ];
        for (replaced, _, _) in whole {
            let fields: Vec<String> = whole
                .iter()
                .map(|(name, right, wrong)| format!("\"{name}\":{}", if *name == replaced { wrong } else { right }))
                .collect();
            let text = format!(r#"{{{},"pair":[5,"b"]}}"#, fields.join(","));
            assert!(serde_json::from_str::<Outer>(&text).is_ok(), "serde alone reads {text}");
            assert!(read(&text).is_err(), "{text}");
        }
        assert!(read(r#"[[],{},null,{"a":4},[5,"b"],"one-of-them"]"#).is_err());
    }
}
