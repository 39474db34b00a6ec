//! The bytes of events.

use std::collections::VecDeque;

use axum::body::Bytes;

use crate::api::stream::{Frame, Json};

/// Content that is smaller is copied into its event: one write is cheaper than three.
const COPIED: usize = 8 << 10;

/// What a stream begins with: how many milliseconds to wait before coming back when it breaks.
pub const HELLO: &[u8] = b"retry: 1000\n\n";

/// Whether events are of several subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The data of an event is the content of its frame.
    Plain,
    /// It is `{subscription, data}`.
    Named,
}

/// Appends the event of a frame: of what is large, the bytes that all clients share.
pub fn event(frame: &Frame, form: Form, out: &mut VecDeque<Bytes>) {
    let mut head = format!("id: {}\nevent: {}\ndata: ", frame.cursor, frame.kind.as_str()).into_bytes();
    let mut tail: &'static [u8] = b"\n\n";
    if form == Form::Named {
        head.push(b'{');
        if let Some(name) = &frame.subscription {
            head.extend_from_slice(b"\"subscription\":");
            head.extend_from_slice(serde_json::Value::from(&**name).to_string().as_bytes());
            head.push(b',');
        }
        head.extend_from_slice(b"\"data\":");
        tail = b"}\n\n";
    }
    if frame.data.as_str().len() <= COPIED {
        head.extend_from_slice(frame.data.as_ref());
        head.extend_from_slice(tail);
        out.push_back(head.into());
    } else {
        out.push_back(head.into());
        out.push_back(shared(frame.data.clone()));
        out.push_back(Bytes::from_static(tail));
    }
}

fn shared(data: Json) -> Bytes {
    Bytes::from_owner(data)
}

/// A sign of life; with the id where it moved since the last event, which dispatches none.
pub fn heartbeat(moved: Option<&str>) -> Bytes {
    match moved {
        Some(cursor) => format!("id: {cursor}\n: still here\n\n").into(),
        None => Bytes::from_static(b": still here\n\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::stream::FrameKind;

    fn bytes(frame: &Frame, form: Form) -> String {
        let mut out = VecDeque::new();
        event(frame, form, &mut out);
        String::from_utf8(out.iter().flatten().copied().collect()).expect("UTF-8")
    }

    fn frame(subscription: Option<&str>, data: &str) -> Frame {
        Frame {
            subscription: subscription.map(Into::into),
            kind: FrameKind::Log,
            data: Json::from(data.to_owned()),
            cursor: "7".to_owned(),
        }
    }

    #[test]
    fn an_event_has_its_id_its_word_and_its_content_on_one_line() {
        assert_eq!(bytes(&frame(None, "{}"), Form::Plain), "id: 7\nevent: log\ndata: {}\n\n");
        let named = bytes(&frame(Some("a\"b"), "{}"), Form::Named);
        assert_eq!(named, "id: 7\nevent: log\ndata: {\"subscription\":\"a\\\"b\",\"data\":{}}\n\n");
        assert_eq!(bytes(&frame(None, "{}"), Form::Named), "id: 7\nevent: log\ndata: {\"data\":{}}\n\n");
    }

    #[test]
    fn what_is_large_is_not_copied_and_reads_the_same() {
        let large = format!("\"{}\"", "x".repeat(COPIED));
        let frame = frame(None, &large);
        let mut out = VecDeque::new();
        event(&frame, Form::Plain, &mut out);
        assert_eq!(out[1].as_ptr(), frame.data.as_str().as_ptr());
        assert_eq!(bytes(&frame, Form::Plain), format!("id: 7\nevent: log\ndata: {large}\n\n"));
    }
}
