//! Our own form of events, one JSON object a line: what the REST agents print, and commands that choose to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Parsed;
use crate::model::EventKind;

/// One line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Line {
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ts: Option<Timestamp>,
    /// What happened.
    #[serde(flatten)]
    pub(super) kind: EventKind,
}

/// What a line means; anything that is not of the form is kept raw.
pub(super) fn parse(line: &[u8]) -> Parsed {
    match serde_json::from_slice::<Line>(line) {
        Ok(Line { ts, kind }) => Parsed { ts, events: vec![kind] },
        Err(_) if line.trim_ascii().is_empty() => Parsed::default(),
        Err(_) => Parsed::raw(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_line_reads_back() {
        let kind = EventKind::text("a\nb", true);
        let ts = Some("2026-11-20T20:13:00Z".parse().expect("a time"));
        let line = serde_json::to_vec(&Line { ts, kind: kind.clone() }).expect("json");
        assert_eq!(parse(&line), Parsed { ts, events: vec![kind] });
    }

    #[test]
    fn anything_else_is_raw() {
        for line in [&b"plain"[..], b"{}", br#"{"event":"text"}"#, b"[1]", b"\xff"] {
            assert!(matches!(parse(line).events[..], [EventKind::Raw { .. }]), "{line:?}");
        }
    }
}
