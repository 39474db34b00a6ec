//! Records of the seed system, read as they stand.
//!
//! They have no trailer: a record ends where the next begins, so a body that quotes one is cut
//! there. Nothing of this form is ever written. Older buses begin with lines of the form
//! `[<date> <time>] <TYPE>: <text>`.

use jiff::Timestamp;
use memchr::memmem;

use crate::model::{Cursor, Message, MessageKind};

use super::{header, record};

const BEGIN: &[u8] = b"---\nmsg_id: ";
/// Bytes by which the begin of a record is told, the newline before it included.
pub(super) const BEGIN_LEN: usize = BEGIN.len() + 1;

/// Where the first record begins at or after `from`, which is at least 1.
pub(super) fn next_begin(bytes: &[u8], from: usize) -> Option<usize> {
    let from = from - 1;
    memmem::find_iter(bytes.get(from..)?, BEGIN)
        .map(|at| from + at)
        .find(|at| *at > 0 && bytes[at - 1] == b'\n')
}

/// Where the line ends that `bytes` begin with, if it is a message of one line.
pub(super) fn legacy_end(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'[') {
        return None;
    }
    let end = memchr::memchr(b'\n', bytes)? + 1;
    legacy(std::str::from_utf8(&bytes[..end]).ok()?).map(|_| end)
}

/// The message of a piece that ends where the next one begins.
pub(super) fn read(bytes: &[u8], cursor: Cursor) -> Message {
    let text = String::from_utf8_lossy(bytes);
    let message = full(&text).or_else(|| one_line(&text));
    match message {
        Some(message) => Message { cursor, ..message },
        None => record::plain(bytes, cursor),
    }
}

fn full(text: &str) -> Option<Message> {
    let inner = text.trim_start_matches('\n').strip_prefix("---\n")?;
    let end = inner.find("\n---\n")?;
    let mut fields = header::read_yaml(&inner[..=end])?;
    let id = fields.msg_id.take()?;
    let mut message = fields.into_message(id);
    message.body = body(&inner[end + 5..]).to_owned();
    Some(message)
}

/// A body without the newline that the writer adds to it and the one before the next record.
fn body(text: &str) -> &str {
    let text = text.strip_suffix("\n\n").or_else(|| text.strip_suffix('\n'));
    text.unwrap_or_default()
}

fn one_line(text: &str) -> Option<Message> {
    let (at, kind, body) = legacy(text)?;
    let mut message = record::plain(body.as_bytes(), Cursor::START);
    message.ts = Some(at);
    message.plain = false;
    message.kind = MessageKind(kind.to_owned());
    Some(message)
}

/// Time, type and text of `[2026-01-01 12:00:00] FACT: sources read`; the time counts as UTC.
fn legacy(line: &str) -> Option<(Timestamp, &str, &str)> {
    let (time, rest) = line.trim_end_matches('\n').strip_prefix('[')?.split_once("] ")?;
    let (kind, body) = rest.split_once(": ")?;
    let is_word = !kind.is_empty() && kind.bytes().all(|c| c.is_ascii_uppercase() || c == b'_');
    let at = format!("{}Z", time.replacen(' ', "T", 1)).parse().ok()?;
    (is_word && !body.contains('\n')).then_some((at, kind, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "---\nmsg_id: MSG-20261121-001957-849730050-PID03170-0001\n\
        ts: 2026-11-21T00:19:57.849737062Z\ntype: DECISION\nproject_id: webshop\ntask_id: \"\"\nrun_id: r-1\n\
        parents:\n    - MSG-1\n    - msg_id: MSG-2\n      kind: thread_answer\nlinks:\n    - url: /srv/a\n      label: b\n\
        meta:\n    kind: x\n---\nKeep it.\n\n---\n\nThat is a thematic break.\n";

    #[test]
    fn a_record_of_the_seed_is_read_with_all_its_fields() {
        let message = read(RECORD.as_bytes(), Cursor::START);
        assert_eq!(message.msg_id.as_deref(), Some("MSG-20261121-001957-849730050-PID03170-0001"));
        assert_eq!(message.kind.as_str(), "DECISION");
        assert_eq!((message.project_id.as_deref(), message.task_id), (Some("webshop"), None));
        assert_eq!(message.parents[0].msg_id, "MSG-1");
        assert_eq!(message.parents[1].kind.as_deref(), Some("thread_answer"));
        assert_eq!(message.links[0].label.as_deref(), Some("b"));
        assert_eq!(message.meta["kind"], "x");
        assert_eq!(message.body, "Keep it.\n\n---\n\nThat is a thematic break.");
        assert!(!message.plain && message.ts.is_some());
    }

    #[test]
    fn records_are_split_at_the_next_begin() {
        let two = format!("{RECORD}\n{RECORD}");
        assert_eq!(next_begin(two.as_bytes(), 1), Some(RECORD.len() + 1));
        assert_eq!(next_begin(RECORD.as_bytes(), 1), None);
        let first = read(&two.as_bytes()[..RECORD.len() + 1], Cursor::START);
        assert_eq!(first.body, "Keep it.\n\n---\n\nThat is a thematic break.");
    }

    #[test]
    fn old_one_line_records_are_messages() {
        let line = "[2026-01-01 12:00:05] FACT: sources: read\n";
        assert_eq!(legacy_end(line.as_bytes()), Some(line.len()));
        let message = read(line.as_bytes(), Cursor::START);
        assert_eq!((message.kind.as_str(), message.body.as_str()), ("FACT", "sources: read"));
        assert_eq!(message.ts, "2026-01-01T12:00:05Z".parse().ok());
        assert_eq!(legacy_end(b"[link](x)\n"), None);
    }
}
