//! A record as it stands in the file: header, body, trailer; and the way back.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use serde_json::Value;

use crate::model::{Cursor, Message, MessageId, NewMessage};

use super::error::BusErrorKind;
use super::header;
use super::time;
use super::trailer::{HEAD, HEAD_LEN, Trailer};

/// Bytes of the largest body.
pub const MAX_BODY: usize = 16 << 20;
/// Bytes of the largest record, its header and escapes included.
pub(super) const MAX_RECORD: usize = 24 << 20;

/// Searches that every record needs; making one takes longer than using it.
static COMMENT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<!--"));
static ESCAPED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("<!--\\"));
static HEADER_END: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\n---\n"));

/// Characters of the longest type.
const MAX_TYPE: usize = 64;

/// What a record begins with, id and time still blank.
const BLANK: &[u8] = b"---\nmsg_id: MSG-00000000000000000000000000\nts: 0000-00-00T00:00:00.000000Z\n";
/// Where the time stands in a record that begins at 0.
const TIME_AT: usize = HEAD_LEN + "\nts: ".len();
const _: () = assert!(BLANK.len() == TIME_AT + time::LEN + 1);

/// Values of the header that the bus fills in where the message has none, as their lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity {
    pub(super) project: Vec<u8>,
    pub(super) task: Vec<u8>,
}

impl Identity {
    pub(super) fn new(project: Option<&String>, task: Option<&String>) -> Self {
        let mut identity = Self::default();
        header::line(header::PROJECT, project, &mut identity.project);
        header::line(header::TASK, task, &mut identity.task);
        identity
    }
}

/// Appends the record of a message to `out`, without trailer; id and time are still blank.
pub(super) fn draft(
    message: &NewMessage,
    identity: &Identity,
    out: &mut Vec<u8>,
) -> Result<(), BusErrorKind> {
    let kind = message.kind.as_str();
    if !is_type(kind) {
        return Err(BusErrorKind::BadType(kind.to_owned()));
    }
    check_size(message.body.len(), MAX_BODY)?;
    let start = out.len();
    out.extend_from_slice(BLANK);
    header::write(message, identity, out);
    out.extend_from_slice(b"---\n");
    escape(message.body.as_bytes(), out);
    out.push(b'\n');
    check_size(out.len() - start, MAX_RECORD)
}

/// Types are open words, and words alone: `meta` and the body hold the rest.
fn is_type(kind: &str) -> bool {
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.');
    let is_part = |c: char| c.is_alphanumeric() || u8::try_from(c).is_ok_and(is_plain);
    let fits = |length| (1..=MAX_TYPE).contains(&length);
    (fits(kind.len()) && kind.bytes().all(is_plain))
        || (fits(kind.chars().count()) && kind.chars().all(is_part))
}

fn check_size(bytes: usize, limit: usize) -> Result<(), BusErrorKind> {
    if bytes > limit { Err(BusErrorKind::TooLarge { limit }) } else { Ok(()) }
}

/// Puts id and time into the draft `record`.
pub(super) fn stamp(record: &mut [u8], id: &[u8; ulid::ULID_LEN], at: &[u8; time::LEN]) {
    record[HEAD.len()..HEAD_LEN].copy_from_slice(id);
    record[TIME_AT..TIME_AT + time::LEN].copy_from_slice(at);
}

/// Turns the draft that `out` ends in from `start` on into a whole record.
pub(super) fn seal(id: &[u8; ulid::ULID_LEN], start: usize, out: &mut Vec<u8>) {
    Trailer::write(id, start, out);
}

/// The message of a record whose trailer holds; `record` ends before the trailer.
pub(super) fn read(record: &[u8], id: MessageId) -> Message {
    let text = String::from_utf8_lossy(record);
    let (header, body) = split(&text);
    let mut message = header::read(header, id);
    message.cursor = Cursor::after(id);
    message.body = unescape(body);
    message
}

/// Header lines and body of a record, the newline before the trailer dropped.
fn split(record: &str) -> (&str, &str) {
    let inner = record.strip_prefix("---\n").unwrap_or(record);
    let Some(end) = HEADER_END.find(inner.as_bytes()) else { return (inner, "") };
    let body = &inner[end + 5..];
    (&inner[..=end], body.strip_suffix('\n').unwrap_or(body))
}

/// A message without anything but its place: text that stands in the file without a record.
pub(super) fn plain(text: &[u8], cursor: Cursor) -> Message {
    // A writer that saw half of the text ended its line for it: blank lines behind it are nobody's.
    let end = text.iter().rposition(|byte| *byte != b'\n').map_or(0, |last| last + 1);
    let text = &text[..end];
    Message {
        msg_id: None,
        cursor,
        ts: None,
        kind: crate::model::MessageKind::INFO.into(),
        project_id: None,
        task_id: None,
        run_id: None,
        issue_id: None,
        parents: Vec::new(),
        links: Vec::new(),
        meta: std::collections::BTreeMap::new(),
        body: String::from_utf8_lossy(text).into_owned(),
        plain: true,
    }
}

/// Appends a body so that no line of it can be taken for a trailer or a fence.
fn escape(body: &[u8], out: &mut Vec<u8>) {
    // Most bodies need no search that asks the processor what it can do (see `checksum`).
    if !body.contains(&b'<') {
        out.extend_from_slice(body);
        return;
    }
    let mut done = 0;
    for at in COMMENT.find_iter(body) {
        if let Some(slashes) = marker_like(body, at) {
            let cut = at + 4 + slashes;
            out.extend_from_slice(&body[done..cut]);
            out.push(b'\\');
            done = cut;
        }
    }
    out.extend_from_slice(&body[done..]);
}

/// The inverse of [`escape`].
fn unescape(body: &str) -> String {
    let bytes = body.as_bytes();
    let mut out = String::with_capacity(body.len());
    let mut done = 0;
    for at in ESCAPED.find_iter(bytes) {
        if let Some(slashes) = marker_like(bytes, at) {
            let cut = at + 4 + slashes;
            out.push_str(&body[done..cut - 1]);
            done = cut;
        }
    }
    out.push_str(&body[done..]);
    out
}

/// How many backslashes a line that begins at `at` has between `<!--` and ` MSG-` or ` torn`; none
/// where no such line begins there.
fn marker_like(body: &[u8], at: usize) -> Option<usize> {
    if at > 0 && body[at - 1] != b'\n' {
        return None;
    }
    let rest = &body[at + 4..];
    let slashes = rest.iter().take_while(|c| **c == b'\\').count();
    let rest = &rest[slashes..];
    (rest.starts_with(b" MSG-") || rest.starts_with(b" torn")).then_some(slashes)
}

/// A value of `meta` as a text, for filters: strings without quotes.
pub(super) fn meta_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.as_str().into(),
        other => other.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(body: &str) -> String {
        let mut out = Vec::new();
        escape(body.as_bytes(), &mut out);
        String::from_utf8(out).expect("text stays text")
    }

    #[test]
    fn lines_like_a_trailer_get_one_backslash_more() {
        assert_eq!(escaped("<!-- MSG-1\n<!-- torn -->"), "<!--\\ MSG-1\n<!--\\ torn -->");
        assert_eq!(escaped("a\n<!--\\\\ MSG-"), "a\n<!--\\\\\\ MSG-");
        for same in ["x<!-- MSG-", "<!-- other -->", "<!--\\", "<!--", " <!-- torn -->", "\\<!-- torn"] {
            assert_eq!(escaped(same), same);
        }
    }

    proptest! {
        #[test]
        fn bodies_read_back(body in r"(<!--|\\|\\\\| MSG-| torn -->|\n|---\n|a|ä){0,40}") {
            prop_assert_eq!(unescape(&escaped(&body)), body);
        }
    }
}
