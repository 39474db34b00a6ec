//! The live stream of the window: the same subscriptions, cursors and events as the server's `/stream`, on a channel.
//!
//! There is one at a time. A page that takes what it is sent slowly gets no more until it has: what is behind is read
//! from the files when it is its turn.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use conductor_core::api::stream::{Frame, Session};
use futures_util::future::{AbortHandle, Aborted, abortable};
use tokio::time::timeout;

/// How often a quiet stream gives a sign of life, as the server's does.
const BEAT: Duration = Duration::from_secs(15);
/// Events, and bytes of them, that a page may be behind with.
const EVENTS: usize = 64;
const BYTES: usize = 512 << 10;

/// The way to a page.
pub trait Page: Send {
    /// Sends an event, a JSON document; whether there is a page.
    fn send(&self, event: String) -> bool;

    /// Resolves when the page has got to what was sent so far; never for one that hangs.
    fn settled(&self) -> impl Future<Output = ()> + Send;
}

/// The stream of the window, if it has one.
#[derive(Debug, Default)]
pub struct Current(Mutex<Option<AbortHandle>>);

impl Current {
    /// Carries a stream to its page until it ends, is replaced by another one, or closed.
    pub async fn carry(&self, session: Session, page: impl Page) {
        let (work, handle) = abortable(carry(session, page));
        self.replace(Some(handle));
        // One that was replaced has nothing to put right.
        let _: Result<(), Aborted> = work.await;
    }

    /// Ends it: what it watched is watched no more.
    pub fn close(&self) {
        self.replace(None);
    }

    fn replace(&self, next: Option<AbortHandle>) {
        let before = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), next);
        if let Some(before) = before {
            before.abort();
        }
    }
}

async fn carry(mut session: Session, page: impl Page) {
    let (mut events, mut bytes) = (0, 0);
    loop {
        let event = match timeout(BEAT, session.next()).await {
            Ok(Some(frame)) => event(&frame),
            Ok(None) => return,
            Err(_) => beat(&session.cursor()),
        };
        (events, bytes) = (events + 1, bytes + event.len());
        if !page.send(event) {
            return;
        }
        if events >= EVENTS || bytes >= BYTES {
            page.settled().await;
            (events, bytes) = (0, 0);
        }
    }
}

/// A frame as the page gets it: `{id, event, data: {subscription?, data}}`.
fn event(frame: &Frame) -> String {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let subscription = frame.subscription.as_ref().map(|name| format!("\"subscription\":{},", text(name)));
    format!(
        "{{\"id\":{},\"event\":\"{}\",\"data\":{{{}\"data\":{}}}}}",
        text(&frame.cursor),
        frame.kind.as_str(),
        subscription.unwrap_or_default(),
        frame.data.as_str()
    )
}

/// A sign of life, with the id where the stream stands.
fn beat(cursor: &str) -> String {
    serde_json::json!({ "id": cursor, "event": "beat", "data": {} }).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use conductor_core::api::stream::{FrameKind, Json};
    use serde_json::{Value, json};
    use tokio::sync::Notify;

    use super::*;
    use crate::testbed::Bed;

    #[test]
    fn an_event_is_what_the_server_sends() {
        let frame = Frame {
            subscription: Some("a\"b".into()),
            kind: FrameKind::Log,
            data: Json::from("{\"offset\":0,\"text\":\"x\"}".to_owned()),
            cursor: "7".to_owned(),
        };
        let told: Value = serde_json::from_str(&event(&frame)).expect("JSON");
        let data = json!({ "subscription": "a\"b", "data": { "offset": 0, "text": "x" } });
        assert_eq!(told, json!({ "id": "7", "event": "log", "data": data }));
        let whole = Frame { subscription: None, ..frame };
        let told: Value = serde_json::from_str(&event(&whole)).expect("JSON");
        assert!(told["data"].get("subscription").is_none(), "{told}");
    }

    /// A page that takes nothing more until it is let.
    #[derive(Clone, Default)]
    struct Slow {
        seen: Arc<Mutex<Vec<String>>>,
        lets: Arc<Notify>,
    }

    impl Page for Slow {
        fn send(&self, event: String) -> bool {
            self.seen.lock().expect("no panic").push(event);
            true
        }

        async fn settled(&self) {
            self.lets.notified().await;
        }
    }

    impl Slow {
        async fn until(&self, count: usize) {
            while self.seen.lock().expect("no panic").len() < count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }

    #[tokio::test]
    async fn a_slow_page_gets_no_more_than_it_takes() {
        let bed = Bed::new();
        let local = bed.door.local().await.expect("a root");
        let session = local.session("").await.expect("a stream");
        let (page, current) = (Slow::default(), Arc::new(Current::default()));
        let carried = tokio::spawn({
            let (page, current) = (page.clone(), current.clone());
            async move { current.carry(session, page).await }
        });
        page.until(1).await;
        let first: Value = serde_json::from_str(&page.seen.lock().expect("no panic")[0]).expect("JSON");
        let id = first["data"]["data"]["session"].as_str().expect("an id").to_owned();
        let topic = conductor_core::api::stream::Topic::Events { project: None, task: None };
        for n in 0..100 {
            local.subscribe(&id, format!("s{n}"), topic.clone(), "").await.expect("added");
        }
        page.until(EVENTS).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(page.seen.lock().expect("no panic").len(), EVENTS);
        page.lets.notify_one();
        page.until(101).await;
        current.close();
        carried.await.expect("no panic");
        assert!(local.subscribe(&id, "late".to_owned(), topic, "").await.is_err(), "the stream is gone");
    }
}
