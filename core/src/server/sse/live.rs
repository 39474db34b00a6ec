//! A stream on its way to its client.

use std::collections::VecDeque;
use std::time::Duration;

use axum::body::Bytes;
use tokio::time::Instant;

use super::encode::{Form, HELLO, event, heartbeat};
use crate::api::stream::{Frame, FrameKind, Json, Session, Single};
use crate::api::{ApiError, ErrorCode};
use crate::server::auth::Identity;
use crate::server::state::Shared;

/// How often a quiet stream gives a sign of life, and any looks whether its token still holds.
const BEAT: Duration = Duration::from_secs(15);

/// What is streamed.
pub enum Source {
    /// One topic.
    Single(Box<Single>),
    /// Several subscriptions.
    Session(Box<Session>),
}

impl Source {
    async fn next(&mut self) -> Option<Frame> {
        match self {
            Source::Single(stream) => stream.next().await,
            Source::Session(stream) => stream.next().await,
        }
    }

    fn cursor(&self) -> String {
        match self {
            Source::Single(stream) => stream.cursor(),
            Source::Session(stream) => stream.cursor(),
        }
    }

    fn form(&self) -> Form {
        match self {
            Source::Single(_) => Form::Plain,
            Source::Session(_) => Form::Named,
        }
    }
}

/// A stream and what of it waits to be sent: one event at most.
pub struct Live {
    source: Source,
    shared: Shared,
    identity: Identity,
    ready: VecDeque<Bytes>,
    /// The id that was sent last.
    sent: String,
    beat: Instant,
    has_ended: bool,
}

impl Live {
    /// A stream that was asked for with this token.
    pub fn new(shared: &Shared, identity: Identity, source: Source) -> Self {
        Self {
            sent: source.cursor(),
            source,
            shared: shared.clone(),
            identity,
            ready: VecDeque::from([Bytes::from_static(HELLO)]),
            beat: Instant::now() + BEAT,
            has_ended: false,
        }
    }

    /// The next bytes; none after the last event.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Some(bytes);
            }
            if self.has_ended {
                return None;
            }
            if Instant::now() >= self.beat {
                self.beat();
                continue;
            }
            match tokio::time::timeout_at(self.beat, self.source.next()).await {
                Ok(Some(frame)) => self.send(frame),
                Ok(None) => self.has_ended = true,
                Err(_) => {}
            }
        }
    }

    fn send(&mut self, frame: Frame) {
        event(&frame, self.source.form(), &mut self.ready);
        self.sent = frame.cursor;
    }

    fn beat(&mut self) {
        self.beat = Instant::now() + BEAT;
        let cursor = self.source.cursor();
        if !self.shared.tokens.holds(&self.identity) {
            let error = ApiError::new(ErrorCode::Unauthorized, "the token of this stream was taken back");
            let data = Json::from(serde_json::to_string(&error).unwrap_or_default());
            self.send(Frame { subscription: None, kind: FrameKind::Problem, data, cursor });
            self.has_ended = true;
            return;
        }
        let moved = (cursor != self.sent).then_some(cursor.as_str());
        self.ready.push_back(heartbeat(moved));
        self.sent = cursor;
    }
}
