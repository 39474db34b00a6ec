//! A stream of one subscription.

use tokio::sync::watch;

use super::frame::{EndReason, Frame, FrameKind, Item, Json, end_data};
use super::subscription::Subscription;
use crate::api::ApiError;

/// A stream of one subscription, for a client that asks for one thing. The cursor of its frames is the
/// text form of a [`Place`](super::Place).
pub struct Single {
    subscription: Subscription,
    closing: watch::Receiver<bool>,
    has_ended: bool,
}

impl Single {
    pub(super) fn new(subscription: Subscription, closing: watch::Receiver<bool>) -> Self {
        Self { subscription, closing, has_ended: false }
    }

    /// What resumes the stream after the frames so far.
    pub fn cursor(&self) -> String {
        self.subscription.place().to_string()
    }

    /// The next frame; none after `end` or `problem`. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Frame> {
        if self.has_ended {
            return None;
        }
        let item = tokio::select! {
            biased;
            () = closed(&mut self.closing) => None,
            item = self.subscription.next() => Some(item),
        };
        let (kind, data) = match item {
            None => (FrameKind::End, end_data(EndReason::Shutdown)),
            Some(Ok(Some(Item { kind, data, .. }))) => (kind, data),
            Some(Ok(None)) => {
                self.has_ended = true;
                return None;
            }
            Some(Err(error)) => (FrameKind::Problem, problem_data(&error)),
        };
        self.has_ended = matches!(kind, FrameKind::End | FrameKind::Problem);
        Some(Frame { subscription: None, kind, data, cursor: self.cursor() })
    }
}

/// The content of a frame `problem`.
pub(super) fn problem_data(error: &ApiError) -> Json {
    Json::of(error)
}

/// Resolves when all streams are to end. Dropping the future loses nothing.
pub(super) async fn closed(closing: &mut watch::Receiver<bool>) {
    if closing.wait_for(|closing| *closing).await.is_err() {
        // Nobody is left who could end them.
        std::future::pending().await
    }
}
