//! A YAML document as a tree in which every key and value knows where it was written.
//!
//! Layers are merged as trees, so that an error or `config show --origin` can point at the place
//! whatever layer it came from. Scalars stay text: what they mean is decided by the type they are
//! read as, so `model: 4.10` is the model `4.10`.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::error::{ConfigError, ConfigErrorKind};
use crate::store::StoreErrorKind;
use crate::store::yaml;

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: built in.
    Default,
    /// In a file.
    File {
        /// The file.
        path: Arc<Path>,
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
    },
    /// In an environment variable of this name.
    Environment(String),
}

impl Origin {
    /// Whether both were set in one file, or both in the environment.
    pub(super) fn is_of_same_layer(&self, other: &Origin) -> bool {
        match (self, other) {
            (Origin::File { path, .. }, Origin::File { path: other, .. }) => path == other,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File { path, line, column } => write!(f, "{}:{line}:{column}", path.display()),
            Origin::Environment(name) => f.write_str(name),
        }
    }
}

/// A value and where it was set. No `Debug`: it may hold a key.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

#[derive(Clone)]
pub(super) enum Value {
    Null,
    /// A scalar without quotes, as it was written.
    Plain(String),
    /// A quoted or block scalar, or one that can only be text.
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Where the key stands.
    pub(super) origin: Origin,
    pub(super) node: Node,
}

impl Node {
    pub(super) fn empty() -> Self {
        Self { value: Value::Map(Vec::new()), origin: Origin::Default }
    }

    /// The value at a path of keys.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Node> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        self.entries().iter().find(|entry| entry.name == *first)?.node.get(rest)
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The text of a scalar.
    pub(super) fn scalar(&self) -> Option<&str> {
        match &self.value {
            Value::Plain(text) | Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Sets a value, making the maps above it.
    pub(super) fn set(&mut self, path: &[&str], node: Node) {
        let Some((first, rest)) = path.split_first() else {
            *self = node;
            return;
        };
        if !matches!(self.value, Value::Map(_)) {
            self.value = Value::Map(Vec::new());
        }
        let Value::Map(entries) = &mut self.value else { return };
        let index = entries.iter().position(|entry| entry.name == *first).unwrap_or_else(|| {
            let node = Node { value: Value::Map(Vec::new()), origin: node.origin.clone() };
            entries.push(Entry { name: (*first).to_owned(), origin: node.origin.clone(), node });
            entries.len() - 1
        });
        entries[index].node.set(rest, node);
    }

    /// Removes a value.
    pub(super) fn remove(&mut self, path: &[&str]) {
        let (Some((first, rest)), Value::Map(entries)) = (path.split_first(), &mut self.value) else {
            return;
        };
        if rest.is_empty() {
            entries.retain(|entry| entry.name != *first);
        } else if let Some(entry) = entries.iter_mut().find(|entry| entry.name == *first) {
            entry.node.remove(rest);
        }
    }

    /// Puts another layer over this one: maps key by key, all else replaced.
    pub(super) fn merge(&mut self, over: Node) {
        match (&mut self.value, over.value) {
            (Value::Map(below), Value::Map(above)) => {
                for entry in above {
                    match below.iter_mut().find(|known| known.name == entry.name) {
                        Some(known) => known.node.merge(entry.node),
                        None => below.push(entry),
                    }
                }
            }
            (_, value) => *self = Node { value, origin: over.origin },
        }
    }

    /// Calls `visit` with the dotted key and the node of everything below.
    pub(super) fn walk(&self, prefix: &str, visit: &mut dyn FnMut(&str, &Node)) {
        for entry in self.entries() {
            let path = join(prefix, &entry.name);
            visit(&path, &entry.node);
            entry.node.walk(&path, visit);
        }
    }
}

/// Adds a key to a dotted path.
pub(super) fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") }
}

/// Reads a YAML document. An empty one is an empty map.
pub(super) fn parse(text: &str, path: &Path) -> Result<Node, ConfigError> {
    let source = Source { text, path: path.into() };
    match yaml::parse::<Option<Spanned<Raw>>>(text, path).map_err(|error| error.kind) {
        Ok(Some(raw)) => Ok(source.node(raw)),
        Ok(None) => Ok(Node::empty()),
        Err(StoreErrorKind::Yaml { line, column, message }) => Err(ConfigError {
            place: Some(Origin::File { path: path.into(), line: narrow(line), column: narrow(column) }),
            key: None,
            kind: ConfigErrorKind::Yaml { message: plain_message(&message) },
        }),
        Err(kind) => {
            let place = Some(Origin::File { path: path.into(), line: 1, column: 1 });
            Err(ConfigError { place, key: None, kind: ConfigErrorKind::Invalid { why: kind.to_string() } })
        }
    }
}

/// The parser's words without the place that they repeat.
fn plain_message(text: &str) -> String {
    let text = text.strip_prefix("error: ").unwrap_or(text);
    text.rfind(" at line ").map_or(text, |end| &text[..end]).to_owned()
}

/// Files are small; 0 stands for unknown and is shown as the beginning.
fn narrow(position: u64) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX).max(1)
}

struct Source<'a> {
    text: &'a str,
    path: Arc<Path>,
}

impl Source<'_> {
    fn origin(&self, at: Location) -> Origin {
        Origin::File { path: self.path.clone(), line: narrow(at.line()), column: narrow(at.column()) }
    }

    fn node(&self, raw: Spanned<Raw>) -> Node {
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Text(text) => Value::Text(text),
            Raw::Plain(read) => Value::Plain(self.written(raw.defined).unwrap_or(read)),
            Raw::List(items) => Value::List(items.into_iter().map(|item| self.node(item)).collect()),
            Raw::Map(entries) => {
                let entry = |(key, value): (Spanned<String>, Spanned<Raw>)| Entry {
                    name: key.value,
                    origin: self.origin(key.referenced),
                    node: self.node(value),
                };
                Value::Map(entries.into_iter().map(entry).collect())
            }
        };
        Node { value, origin: self.origin(raw.referenced) }
    }

    /// A number or a truth value as it stands in the file: `007` is not `7` in an environment.
    fn written(&self, at: Location) -> Option<String> {
        let start = usize::try_from(at.span().byte_offset()?).ok()?;
        let length = usize::try_from(at.span().byte_len()?).ok()?;
        let text = self.text.get(start..start.checked_add(length)?)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// What the parser tells of a value before its type is known.
enum Raw {
    Null,
    Plain(String),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Plain(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = from.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}
