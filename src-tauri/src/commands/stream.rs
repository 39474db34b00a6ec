//! The live stream of the page: `docs/streams.md`, with a channel for a connection.

use conductor_core::api::stream::Topic;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::{Runtime, State, Webview};
use tokio::sync::mpsc;

use crate::door::Door;
use crate::refusal::Refusal;
use crate::stream::{Current, Page};

/// Opens the stream, after the event with the id `last_id`; resolves when it has ended. Its first event tells its id.
/// It replaces the one before.
#[tauri::command]
pub async fn stream_open<R: Runtime>(
    webview: Webview<R>,
    door: State<'_, Door>,
    current: State<'_, Current>,
    channel: Channel<InvokeResponseBody>,
    last_id: Option<String>,
) -> Result<(), Refusal> {
    let session = door.local().await?.session(last_id.as_deref().unwrap_or_default()).await?;
    current.carry(session, Window { webview, channel }).await;
    Ok(())
}

/// Adds a subscription under a name, after a place.
#[tauri::command]
pub async fn stream_add(
    door: State<'_, Door>,
    session: String,
    name: String,
    topic: Topic,
    after: Option<String>,
) -> Result<(), Refusal> {
    let local = door.local().await?;
    Ok(local.subscribe(&session, name, topic, after.as_deref().unwrap_or_default()).await?)
}

/// Drops a subscription.
#[tauri::command]
pub async fn stream_drop(door: State<'_, Door>, session: String, name: String) -> Result<(), Refusal> {
    Ok(door.local().await?.unsubscribe(&session, &name)?)
}

/// Ends the stream.
#[tauri::command]
pub fn stream_close(current: State<'_, Current>) {
    current.close();
}

struct Window<R: Runtime> {
    webview: Webview<R>,
    channel: Channel<InvokeResponseBody>,
}

impl<R: Runtime> Page for Window<R> {
    fn send(&self, event: String) -> bool {
        self.channel.send(InvokeResponseBody::Json(event)).is_ok()
    }

    /// A script is run after those that were sent before it.
    async fn settled(&self) {
        let (tell, mut told) = mpsc::channel(1);
        let asked = self.webview.eval_with_callback("0", move |_| {
            let _ = tell.try_send(());
        });
        if asked.is_ok() {
            told.recv().await;
        }
    }
}
