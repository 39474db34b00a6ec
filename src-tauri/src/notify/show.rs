//! Shows notifications, and does what is chosen in them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conductor_core::api::dto::AttentionItem;
use conductor_core::api::{ApiError, App};
use conductor_core::model::{MessageId, ProjectId, TaskId};
use conductor_core::server::Ask;
use futures_util::StreamExt;
use jiff::{Timestamp, ZonedDateTime};
use serde_json::json;
use zbus::zvariant::Value;

use super::plan::{Circumstances, Plan, plan};
use super::record::{Record, Records};
use super::words::{self, escaped};
use super::{About, Notice};
use crate::bus::{ActionInvokedArgs, Bus, NotificationsProxy};
use crate::door::Door;
use crate::settings::{Kept, Settings};
use crate::watch::Look;

/// The key of a click on the notification itself.
const CLICK: &str = "default";
/// What the key of a choice begins with; its number follows.
const CHOICE: &str = "choice-";
/// The name of the desktop entry.
const ENTRY: &str = "conductor-loop";
/// The name of the icon.
const ICON: &str = "conductor-desktop";

/// Tells what needs a person. Cheap to clone.
#[derive(Clone)]
pub struct Announcer(Arc<Inner>);

struct Inner {
    door: Door,
    service: NotificationsProxy<'static>,
    /// What the service can.
    can: Vec<String>,
    records: Kept<Records>,
    /// What is shown, by the service's numbers.
    shown: Mutex<HashMap<u32, Notice>>,
}

impl Announcer {
    /// One that shows through the desktop's service; none where there is none.
    pub async fn connect(bus: &Bus, door: &Door) -> Option<Self> {
        let service = bus.notifications().await?;
        let can = service.get_capabilities().await.unwrap_or_default();
        let records = Kept::announced();
        Some(Self(Arc::new(Inner { door: door.clone(), service, can, records, shown: Mutex::default() })))
    }

    /// What was told of this root.
    pub fn record(&self, root: &str) -> Record {
        self.0.records.get().remove(root).unwrap_or_default()
    }

    /// Tells what is new in a look, and takes away what is no more.
    pub async fn look(&self, root: &str, look: &Look, settings: &Settings) {
        self.take_away(look).await;
        let now = ZonedDateTime::now();
        let how = Circumstances {
            wanted: settings.notifications,
            is_quiet: settings.quiet.is_some_and(|quiet| quiet.holds(now.time())),
            now: Timestamp::now(),
            zone: now.time_zone().clone(),
        };
        let Plan { show, mut record } = plan(look, &self.record(root), &how);
        for notice in show {
            let about = notice.about.clone();
            if let Err(error) = self.show(notice).await {
                tracing::warn!(%error, "something could not be told; it is tried again");
                record.untold(about);
            }
        }
        let kept = self.0.records.change(|records| drop(records.insert(root.to_owned(), record)));
        if let Err(error) = kept {
            tracing::warn!(%error, "what was told is not written down, and may be told again");
        }
    }

    /// Says that closing the window leaves the app in the tray; whether it was said.
    pub async fn of_tray(&self) -> bool {
        self.show(words::of_tray()).await.is_ok()
    }

    /// Waits for clicks and choices, for ever; `open` shows a page.
    pub async fn serve(&self, open: impl Fn(&str)) {
        let Ok(mut actions) = self.0.service.receive_action_invoked().await else { return };
        while let Some(action) = actions.next().await {
            let Ok(ActionInvokedArgs { id, action_key, .. }) = action.args() else { continue };
            // Others' notifications are told of, too.
            let Some(notice) = self.shown().remove(&id) else { continue };
            let choice = action_key.strip_prefix(CHOICE).and_then(|number| number.parse::<usize>().ok());
            match choice.and_then(|number| notice.choices.get(number)) {
                Some(choice) if self.answer(&notice, choice).await => {}
                // Where it could not be answered, the task's page says why.
                _ => open(&notice.page),
            }
        }
    }

    async fn show(&self, notice: Notice) -> zbus::Result<()> {
        let can = |word: &str| self.0.can.iter().any(|can| can == word);
        let keys: Vec<String> = (0..notice.choices.len()).map(|number| format!("{CHOICE}{number}")).collect();
        let mut actions = Vec::new();
        if can("actions") {
            actions.extend([CLICK, "Open"]);
            actions.extend(
                keys.iter().zip(&notice.choices).flat_map(|(key, label)| [key.as_str(), label.as_str()]),
            );
        }
        let body = if can("body-markup") { escaped(&notice.body) } else { notice.body.clone() };
        let hints = HashMap::from([("desktop-entry", Value::from(ENTRY))]);
        // Zero: until it is looked at; -1: as long as the service thinks right.
        let lasts = if notice.stays { 0 } else { -1 };
        let sent =
            self.0.service.notify("Conductor Loop", 0, ICON, &notice.title, &body, &actions, hints, lasts);
        let id = sent.await?;
        self.shown().insert(id, notice);
        Ok(())
    }

    /// Takes away what was answered, seen or put off meanwhile.
    async fn take_away(&self, look: &Look) {
        let is_there = |notice: &Notice| match &notice.about {
            About::Items(ids) => look.situation.items.iter().any(|item| ids.contains(&item.id)),
            About::Completed(_) | About::App => true,
        };
        let gone: Vec<u32> =
            self.shown().iter().filter(|(_, notice)| !is_there(notice)).map(|(id, _)| *id).collect();
        for id in gone {
            self.shown().remove(&id);
            let _ = self.0.service.close_notification(id).await;
        }
    }

    /// Answers the question of a notification, unless another one is open by now; whether it did.
    async fn answer(&self, notice: &Notice, choice: &str) -> bool {
        let About::Items(ids) = &notice.about else { return false };
        let (Ok(local), Some(id)) = (self.0.door.local().await, ids.first().cloned()) else { return false };
        let open = local.look(move |app| open_question(app, &id)).await;
        let Ok(Some((item, question))) = open else { return false };
        let path = format!("/api/v1/projects/{}/tasks/{}/answer", item.project, item.task);
        let body = json!({ "text": choice, "question": question.to_string() }).to_string().into_bytes();
        let headers = [("content-type".to_owned(), "application/json".to_owned())].into();
        let answer = local.ask(Ask { method: "POST".to_owned(), path, headers, body }).await;
        self.0.door.nudge();
        if answer.status >= 400 {
            tracing::warn!(status = answer.status, "the answer was not taken");
        }
        answer.status < 400
    }

    fn shown(&self) -> MutexGuard<'_, HashMap<u32, Notice>> {
        self.0.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An item and its question; none where it is there no more. The item's id is that of one question: as it is there before
/// and after the question is read, that is the one.
fn open_question(app: &App, id: &str) -> Result<Option<(AttentionItem, MessageId)>, ApiError> {
    let find = || Ok::<_, ApiError>(app.inbox(true)?.items.into_iter().find(|item| item.id == id));
    let Some(item) = find()? else { return Ok(None) };
    let task = app.task_at(&ProjectId::from_disk(&item.project)?, &TaskId::from_disk(&item.task)?)?;
    let question = app.detail(&task)?.question;
    Ok(find()?.zip(question.map(|question| question.msg_id)))
}
