//! Shows notifications, and does what is chosen in them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
/// What the key of a choice begins with; its number follows, then the item: what was shown before the app was killed can
/// still be answered.
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
            let notice = self.shown().remove(&id);
            match (chosen(&action_key), notice) {
                (Some((number, item)), _) => {
                    if let Err(page) = self.answer(item, number).await {
                        // Where it could not be answered, the task's page says why.
                        open(&page);
                    }
                }
                (None, Some(notice)) => open(&notice.page),
                // Others' notifications are told of, too.
                (None, None) => {}
            }
        }
    }

    async fn show(&self, notice: Notice) -> zbus::Result<()> {
        let can = |word: &str| self.0.can.iter().any(|can| can == word);
        let item = notice.about.item().unwrap_or_default();
        let keys: Vec<String> =
            (0..notice.choices.len()).map(|number| format!("{CHOICE}{number}-{item}")).collect();
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

    /// Answers the question of an item by a choice of it. Where it is no more, or another one by now, the page that
    /// tells what became of it.
    async fn answer(&self, id: &str, number: usize) -> Result<(), String> {
        let nowhere = || "/tasks".to_owned();
        let local = self.0.door.local().await.map_err(|_| nowhere())?;
        let id = id.to_owned();
        let found =
            local.look(move |app| Ok(app.inbox(true)?.items.into_iter().find(|item| item.id == id))).await;
        let item = found.ok().flatten().ok_or_else(nowhere)?;
        let page = format!("/tasks/{}/{}", item.project, item.task);
        let (Some(question), Some(choice)) = (item.question, item.choices.get(number)) else {
            return Err(page);
        };
        let path = format!("/api/v1/projects/{}/tasks/{}/answer", item.project, item.task);
        let body = json!({ "text": choice, "question": question.to_string() }).to_string().into_bytes();
        let headers = [("content-type".to_owned(), "application/json".to_owned())].into();
        let answer = local.ask(Ask { method: "POST".to_owned(), path, headers, body }).await;
        self.0.door.nudge();
        if answer.status >= 400 {
            tracing::warn!(status = answer.status, "the answer was not taken");
            return Err(page);
        }
        Ok(())
    }

    fn shown(&self) -> MutexGuard<'_, HashMap<u32, Notice>> {
        self.0.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of a choice and its item, from the key of an action; none where it is another's.
fn chosen(key: &str) -> Option<(usize, &str)> {
    let (number, item) = key.strip_prefix(CHOICE)?.split_once('-')?;
    Some((number.parse().ok()?, item))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_known_by_its_key_alone() {
        assert_eq!(chosen("choice-2-question-1a2b3c4d"), Some((2, "question-1a2b3c4d")));
        for other in ["default", "choice-", "choice-2", "choice-x-question-1a2b3c4d", "reply"] {
            assert_eq!(chosen(other), None, "{other}");
        }
    }
}
