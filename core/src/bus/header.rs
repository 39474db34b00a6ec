//! The YAML header of a record.
//!
//! Headers of our own shape are read by hand, as reading a bus is mostly this; anything else that
//! is YAML goes through the YAML parser, so that records of other writers are understood as well.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::model::{Cursor, Link, Message, MessageId, MessageKind, NewMessage, Parent};

use super::record::Identity;
use super::{scalar, time};

pub(super) const PROJECT: &str = "project_id";
pub(super) const TASK: &str = "task_id";

/// Appends the lines of the header that follow id and time.
pub(super) fn write(message: &NewMessage, identity: &Identity, out: &mut Vec<u8>) {
    line("type", Some(&message.kind.0), out);
    line_or(PROJECT, message.project_id.as_ref(), &identity.project, out);
    line_or(TASK, message.task_id.as_ref(), &identity.task, out);
    line("run_id", message.run_id.as_ref(), out);
    line("issue_id", message.issue_id.as_ref(), out);
    let parents = message.parents.iter().map(parent_value).collect::<Vec<_>>();
    list("parents", parents, out);
    let links = message.links.iter().map(link_value).collect::<Vec<_>>();
    list("links", links, out);
    if !message.meta.is_empty() {
        out.extend_from_slice(b"meta: ");
        scalar::write_value(&object(&message.meta), out);
        out.push(b'\n');
    }
}

fn line_or(key: &str, value: Option<&String>, otherwise: &[u8], out: &mut Vec<u8>) {
    match value {
        Some(_) => line(key, value, out),
        None => out.extend_from_slice(otherwise),
    }
}

/// Appends a line, where there is a value.
pub(super) fn line(key: &str, value: Option<&String>, out: &mut Vec<u8>) {
    let Some(value) = value else { return };
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b": ");
    scalar::write_text(value, out);
    out.push(b'\n');
}

fn list(key: &str, values: Vec<Value>, out: &mut Vec<u8>) {
    if values.is_empty() {
        return;
    }
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b": ");
    scalar::write_value(&Value::Array(values), out);
    out.push(b'\n');
}

fn object(entries: &BTreeMap<String, Value>) -> Value {
    Value::Object(entries.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn parent_value(parent: &Parent) -> Value {
    let mut entries = Map::new();
    entries.insert("msg_id".to_owned(), parent.msg_id.clone().into());
    insert_text(&mut entries, "kind", parent.kind.as_ref());
    insert_text(&mut entries, "at", parent.at.as_ref());
    if !parent.meta.is_empty() {
        entries.insert("meta".to_owned(), object(&parent.meta));
    }
    Value::Object(entries)
}

fn link_value(link: &Link) -> Value {
    let mut entries = Map::new();
    entries.insert("url".to_owned(), link.url.clone().into());
    insert_text(&mut entries, "label", link.label.as_ref());
    insert_text(&mut entries, "kind", link.kind.as_ref());
    Value::Object(entries)
}

fn insert_text(entries: &mut Map<String, Value>, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        entries.insert(key.to_owned(), value.clone().into());
    }
}

/// Reads a header of a record with a valid trailer. A header that nobody can read still gives a
/// message: its record is whole, so its body is what was said.
pub(super) fn read(header: &str, id: MessageId) -> Message {
    let mut message = blank(id);
    if read_own_shape(header, &mut message).is_none() {
        message = read_yaml(header).map_or_else(|| blank(id), |fields| fields.into_message(id.to_string()));
    }
    message
}

fn blank(id: MessageId) -> Message {
    let mut text = String::with_capacity(MessageId::LEN);
    text.push_str("MSG-");
    text.push_str(id.0.array_to_str(&mut [0; ulid::ULID_LEN]));
    Message { msg_id: Some(text), plain: false, ..super::record::plain(b"", Cursor::START) }
}

fn read_own_shape(header: &str, message: &mut Message) -> Option<()> {
    for line in header.lines() {
        let colon = memchr::memchr(b':', line.as_bytes())?;
        let (key, value) = (&line[..colon], line[colon + 1..].strip_prefix(' ')?);
        match key {
            "msg_id" => {}
            "ts" => message.ts = Some(time::parse(value)?),
            "type" => message.kind = MessageKind(text(value)?),
            "project_id" => message.project_id = some_text(value)?,
            "task_id" => message.task_id = some_text(value)?,
            "run_id" => message.run_id = some_text(value)?,
            "issue_id" => message.issue_id = some_text(value)?,
            "parents" => message.parents = typed(value)?,
            "links" => message.links = typed(value)?,
            "meta" => message.meta = typed(value)?,
            _ => return None,
        }
    }
    Some(())
}

fn text(value: &str) -> Option<String> {
    scalar::read_text(value).map(std::borrow::Cow::into_owned)
}

fn some_text(value: &str) -> Option<Option<String>> {
    text(value).map(Some)
}

fn typed<T: serde::de::DeserializeOwned>(value: &str) -> Option<T> {
    serde_json::from_value(scalar::read(value)?).ok()
}

/// A header as YAML; also that of the seed system.
#[derive(Debug, Deserialize)]
pub(super) struct Fields {
    #[serde(default)]
    pub(super) msg_id: Option<String>,
    #[serde(default)]
    ts: Option<String>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    project_id: Option<String>,
    #[serde(default)]
    task_id: Option<String>,
    #[serde(default)]
    run_id: Option<String>,
    #[serde(default)]
    issue_id: Option<String>,
    #[serde(default)]
    parents: Option<Vec<Parent>>,
    #[serde(default)]
    links: Option<Vec<Link>>,
    #[serde(default)]
    meta: Option<BTreeMap<String, Value>>,
}

impl Fields {
    /// The message of these fields, still without body and cursor. Empty texts are absent ones.
    pub(super) fn into_message(self, id: String) -> Message {
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        Message {
            msg_id: Some(id),
            cursor: Cursor::START,
            ts: self.ts.as_deref().and_then(time::parse),
            kind: MessageKind(filled(self.kind).unwrap_or_else(|| MessageKind::INFO.to_owned())),
            project_id: filled(self.project_id),
            task_id: filled(self.task_id),
            run_id: filled(self.run_id),
            issue_id: filled(self.issue_id),
            parents: self.parents.unwrap_or_default(),
            links: self.links.unwrap_or_default(),
            meta: self.meta.unwrap_or_default(),
            body: String::new(),
            plain: false,
        }
    }
}

/// Reads a header with the YAML parser.
pub(super) fn read_yaml(header: &str) -> Option<Fields> {
    crate::store::yaml::parse(header, Path::new("")).ok()
}
