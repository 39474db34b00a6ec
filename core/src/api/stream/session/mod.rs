//! A stream of several subscriptions that come and go while it is open.

mod control;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use control::Command;
pub use control::Control;
pub(super) use control::Shared;
use futures_util::StreamExt;
use futures_util::stream::{AbortHandle, Abortable, BoxStream, SelectAll, abortable, unfold};
use serde::Serialize;
use tokio::sync::{mpsc, watch};

use super::composite::Composite;
use super::frame::{EndReason, Frame, FrameKind, Item, Json, end_data};
use super::place::Place;
use super::single::{closed, problem_data};
use super::streams::Streams;
use super::subscription::Subscription;
use super::topic::Topic;
use crate::api::ApiError;

/// What a subscription gives, under its name.
type Told = (Arc<str>, Result<Item, ApiError>);

/// A stream of several subscriptions. The cursor of its frames is a [`Composite`].
///
/// Its first frame tells its id, by which [`Streams::control`] finds it as long as it lives. A
/// subscription is named by the cursor from its frame `added` on and up to `dropped`, `end` or
/// `problem`; whoever lost the stream before asks for it again. What one subscription tells is in
/// order; between them there is no order.
pub struct Session {
    streams: Streams,
    shared: Arc<Shared>,
    commands: mpsc::Receiver<Command>,
    closing: watch::Receiver<bool>,
    open: SelectAll<Abortable<BoxStream<'static, Told>>>,
    aborts: HashMap<Arc<str>, AbortHandle>,
    /// Where a client stands that has got all frames so far.
    at: Composite,
    /// What is told before anything else.
    first: VecDeque<(Option<Arc<str>>, FrameKind, Json)>,
    has_ended: bool,
}

impl Session {
    pub(super) fn open(
        streams: &Streams,
        owner: &str,
        resumed: Composite,
        closing: watch::Receiver<bool>,
    ) -> Self {
        let (shared, commands) = Shared::new(owner);
        let mut session = Self {
            streams: streams.clone(),
            shared: Arc::clone(&shared),
            commands,
            closing,
            open: SelectAll::new(),
            aborts: HashMap::new(),
            at: Composite::default(),
            first: VecDeque::from([(None, FrameKind::Session, session_data(&shared.id))]),
            has_ended: false,
        };
        for (name, (topic, place)) in resumed.0 {
            match shared.subscribe(streams, Arc::clone(&name), &topic, place.clone()) {
                Ok(subscription) => session.add(name, topic, place, subscription),
                Err(error) => session.first.push_back((Some(name), FrameKind::Problem, problem_data(&error))),
            }
        }
        streams.sessions().insert(shared.id.clone(), shared);
        session
    }

    /// What resumes the stream after the frames so far.
    pub fn cursor(&self) -> String {
        self.at.encode()
    }

    /// The next frame; none after `end`. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Frame> {
        if self.has_ended {
            return None;
        }
        let (subscription, kind, data) = match self.first.pop_front() {
            Some(told) => told,
            None => self.wait().await,
        };
        Some(Frame { subscription, kind, data, cursor: self.cursor() })
    }

    async fn wait(&mut self) -> (Option<Arc<str>>, FrameKind, Json) {
        loop {
            tokio::select! {
                biased;
                () = closed(&mut self.closing) => {
                    self.has_ended = true;
                    return (None, FrameKind::End, end_data(EndReason::Shutdown));
                }
                // This holds a sender of them.
                Some(command) = self.commands.recv() => return self.follow(command),
                Some((name, told)) = self.open.next(), if !self.open.is_empty() => {
                    if let Some((kind, data)) = self.take(&name, told) {
                        return (Some(name), kind, data);
                    }
                }
            }
        }
    }

    fn follow(&mut self, command: Command) -> (Option<Arc<str>>, FrameKind, Json) {
        match command {
            Command::Add { name, topic, place, subscription } => {
                let data = Json::of(&topic);
                self.add(Arc::clone(&name), topic, place, *subscription);
                (Some(name), FrameKind::Added, data)
            }
            Command::Drop { name } => {
                self.forget(&name);
                (Some(name), FrameKind::Dropped, Json::from("{}".to_owned()))
            }
        }
    }

    fn add(&mut self, name: Arc<str>, topic: Topic, place: Place, subscription: Subscription) {
        let (stream, abort) = abortable(told(Arc::clone(&name), subscription));
        self.open.push(stream);
        self.aborts.insert(Arc::clone(&name), abort);
        self.at.0.insert(name, (topic, place));
    }

    /// Notes what a subscription told; none where it is no more.
    fn take(&mut self, name: &Arc<str>, told: Result<Item, ApiError>) -> Option<(FrameKind, Json)> {
        let (_, place) = self.at.0.get_mut(name)?;
        let (kind, data) = match told {
            Ok(item) => {
                *place = item.place;
                (item.kind, item.data)
            }
            Err(error) => (FrameKind::Problem, problem_data(&error)),
        };
        if matches!(kind, FrameKind::End | FrameKind::Problem) {
            self.forget(name);
            self.shared.forget(name);
        }
        Some((kind, data))
    }

    fn forget(&mut self, name: &str) {
        self.at.0.remove(name);
        if let Some(abort) = self.aborts.remove(name) {
            abort.abort();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.streams.sessions().remove(&self.shared.id);
    }
}

/// What a subscription gives, until it ends or fails.
fn told(name: Arc<str>, subscription: Subscription) -> BoxStream<'static, Told> {
    let next = move |state: Option<Subscription>| {
        let name = Arc::clone(&name);
        async move {
            let mut subscription = state?;
            match subscription.next().await {
                Ok(item) => item.map(|item| ((name, Ok(item)), Some(subscription))),
                Err(error) => Some(((name, Err(error)), None)),
            }
        }
    };
    unfold(Some(subscription), next).boxed()
}

fn session_data(id: &str) -> Json {
    #[derive(Serialize)]
    struct Opened<'a> {
        session: &'a str,
    }
    Json::of(&Opened { session: id })
}
