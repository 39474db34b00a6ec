//! Typed values out of a tree, with errors that know the place and the dotted key.

use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};

use super::error::{ConfigError, ConfigErrorKind, nearest};
use super::tree::{Entry, Node, Origin, Value};

/// Reads a tree as a type.
pub(super) fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, ConfigError> {
    T::deserialize(FromNode(node)).map_err(|fault| {
        let key = fault.path.iter().rev().cloned().collect::<Vec<_>>().join(".");
        ConfigError { place: fault.place, key: (!key.is_empty()).then(|| key.into()), kind: *fault.kind }
    })
}

/// An error on its way up: each level adds its key, the innermost knows the place.
#[derive(Debug)]
struct Fault {
    path: Vec<String>,
    place: Option<Origin>,
    kind: Box<ConfigErrorKind>,
}

impl Fault {
    fn of(kind: ConfigErrorKind) -> Self {
        Self { path: Vec::new(), place: None, kind: Box::new(kind) }
    }

    fn at(mut self, place: &Origin) -> Self {
        self.place.get_or_insert_with(|| place.clone());
        self
    }

    fn below(mut self, key: impl Into<String>) -> Self {
        self.path.push(key.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::of(ConfigErrorKind::Invalid { why: message.to_string() })
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::of(ConfigErrorKind::WrongType { found: found.to_string(), expected: expected.to_string() })
    }

    fn unknown_variant(found: &str, allowed: &'static [&'static str]) -> Self {
        Self::of(ConfigErrorKind::NotAllowed {
            found: found.to_owned(),
            nearest: nearest(found, allowed.iter().copied()),
            allowed: allowed.iter().map(|word| (*word).to_owned()).collect(),
        })
    }

    fn unknown_field(found: &str, known: &'static [&'static str]) -> Self {
        Self::of(ConfigErrorKind::UnknownKey {
            nearest: nearest(found, known.iter().copied()),
            known: known.iter().map(|key| (*key).to_owned()).collect(),
        })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::of(ConfigErrorKind::Missing).below(key)
    }
}

struct FromNode<'a>(&'a Node);

impl<'a> FromNode<'a> {
    /// What stands here, in words that give away no value which may be secret.
    fn found(&self) -> String {
        match &self.0.value {
            Value::Null => "nothing".to_owned(),
            Value::Plain(_) | Value::Text(_) => "text".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
        }
    }

    fn wrong(&self, expected: impl Into<String>) -> Fault {
        let kind = ConfigErrorKind::WrongType { found: self.found(), expected: expected.into() };
        Fault::of(kind).at(&self.0.origin)
    }

    /// The text of a number or a truth value. It is never secret, so errors may repeat it.
    fn plain(&self, expected: impl Into<String>) -> Result<&'a str, Fault> {
        match &self.0.value {
            Value::Plain(text) => Ok(text),
            _ => Err(self.wrong_word(expected)),
        }
    }

    fn wrong_word(&self, expected: impl Into<String>) -> Fault {
        let found = self.0.scalar().map_or_else(|| self.found(), |text| format!("{text:?}"));
        Fault::of(ConfigErrorKind::WrongType { found, expected: expected.into() }).at(&self.0.origin)
    }

    fn text(&self) -> Result<&'a str, Fault> {
        self.0.scalar().ok_or_else(|| self.wrong("text"))
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $ty:ty, $expected:expr;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let value: $ty = self.plain($expected)?.parse().map_err(|_| self.wrong_word($expected))?;
            visitor.$visit(value).map_err(|fault: Fault| fault.at(&self.0.origin))
        }
    )*};
}

fn whole(from: impl fmt::Display, to: impl fmt::Display) -> String {
    format!("a whole number from {from} to {to}")
}

impl<'de> Deserializer<'de> for FromNode<'_> {
    type Error = Fault;

    numbers! {
        deserialize_bool visit_bool bool, "true or false";
        deserialize_i8 visit_i8 i8, whole(i8::MIN, i8::MAX);
        deserialize_i16 visit_i16 i16, whole(i16::MIN, i16::MAX);
        deserialize_i32 visit_i32 i32, whole(i32::MIN, i32::MAX);
        deserialize_i64 visit_i64 i64, whole(i64::MIN, i64::MAX);
        deserialize_u8 visit_u8 u8, whole(0, u8::MAX);
        deserialize_u16 visit_u16 u16, whole(0, u16::MAX);
        deserialize_u32 visit_u32 u32, whole(0, u32::MAX);
        deserialize_u64 visit_u64 u64, whole(0, u64::MAX);
        deserialize_f32 visit_f32 f32, "a number";
        deserialize_f64 visit_f64 f64, "a number";
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::Null => visitor.visit_unit(),
            Value::Plain(text) | Value::Text(text) => visitor.visit_str(text),
            Value::List(_) => self.deserialize_seq(visitor),
            Value::Map(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(self.text()?).map_err(|fault: Fault| fault.at(&self.0.origin))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.value {
            Value::Null => visitor.visit_none(),
            _ => {
                let origin = &self.0.origin;
                visitor.visit_some(FromNode(self.0)).map_err(|fault: Fault| fault.at(origin))
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::List(items) => visitor.visit_seq(Items { rest: items, index: 0 }),
            _ => Err(self.wrong("a list")),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let entries: &[Entry] = match &self.0.value {
            Value::Map(entries) => entries,
            // `defaults:` with everything below it commented out is an empty section.
            Value::Null => &[],
            _ => return Err(self.wrong("a map")),
        };
        let origin = &self.0.origin;
        visitor.visit_map(Entries { rest: entries, value: None }).map_err(|fault| fault.at(origin))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let word = self.0.scalar().ok_or_else(|| self.wrong(format!("one of {}", variants.join(", "))))?;
        let word: de::value::StrDeserializer<'_, Fault> = word.into_deserializer();
        visitor.visit_enum(word).map_err(|fault| fault.at(&self.0.origin))
    }

    serde::forward_to_deserialize_any! {
        char bytes byte_buf unit unit_struct tuple tuple_struct identifier ignored_any i128 u128
    }
}

struct Items<'a> {
    rest: &'a [Node],
    index: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
        let index = self.index;
        self.rest = rest;
        self.index += 1;
        seed.deserialize(FromNode(first)).map(Some).map_err(|fault| fault.below(index.to_string()))
    }
}

struct Entries<'a> {
    rest: &'a [Entry],
    value: Option<&'a Entry>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        self.value = Some(first);
        let name: de::value::StrDeserializer<'_, Fault> = first.name.as_str().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|fault| fault.at(&first.origin).below(first.name.as_str()))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let entry = self.value.take().expect("serde asks for a value only after its key");
        seed.deserialize(FromNode(&entry.node))
            .map_err(|fault| fault.at(&entry.node.origin).below(entry.name.as_str()))
    }
}
