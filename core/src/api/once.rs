//! Doing something once, however often the same request is sent: making a task, posting a message.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::create::{Ready, Wanted};
use super::{ApiError, App, ErrorCode};
use crate::bus::Once;
use crate::hex::hex;
use crate::store::index::TaskFilter;
use crate::store::requests::{HeldRequest, Request};
use crate::store::{Root, TaskDir};

const VERSION: u32 = 1;
/// Characters of a key at most.
const LONGEST: usize = 255;
/// Tasks that are looked at for the one that a lost answer tells of.
const RECENT: usize = 1000;

/// A request that is carried out once.
#[derive(Debug, Clone)]
pub struct OnceKey {
    digest: String,
    asked: String,
}

impl OnceKey {
    /// The key that `who` chose for what is asked.
    ///
    /// # Errors
    /// For a key that is empty, too long, or not plain text.
    pub fn new(who: &str, key: &str, asked: &impl Serialize) -> Result<Self, ApiError> {
        if key.is_empty() || key.len() > LONGEST || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ApiError::usage("Idempotency-Key must be 1 to 255 visible characters")
                .with_hint("a UUID is a good one"));
        }
        let sum = |parts: &[&[u8]]| {
            let mut hasher = Sha256::new();
            parts.iter().for_each(|part| hasher.update(part));
            hex(&hasher.finalize()[..16])
        };
        let asked = serde_json::to_vec(asked).unwrap_or_default();
        Ok(Self { digest: sum(&[who.as_bytes(), b"\0", key.as_bytes()]), asked: sum(&[&asked]) })
    }
}

impl App {
    /// As [`App::prepare`], and starts its supervisor; for a key that made a task before, that task.
    ///
    /// # Errors
    /// As [`App::prepare`], and where the key was used for something else.
    pub fn start_once(&self, key: Option<&OnceKey>, wanted: Wanted) -> Result<Ready, ApiError> {
        self.start_once_with(key, |request_id| self.start(Wanted { request_id, ..wanted }))
    }

    /// As [`App::start_once`], where `start` makes the task, with the id that is passed to it, and starts it.
    ///
    /// # Errors
    /// What `start` says, and where the key was used for something else.
    pub(super) fn start_once_with(
        &self,
        key: Option<&OnceKey>,
        start: impl FnOnce(Option<String>) -> Result<Ready, ApiError>,
    ) -> Result<Ready, ApiError> {
        let Some(key) = key else { return start(None) };
        let held = self.hold(key)?;
        if let Some(task) = self.made_before(self.writable_root()?, &held, key)? {
            if !task.status()?.is_ended() {
                self.detach(&task)?;
            }
            return Ok(Ready { task, warnings: Vec::new() });
        }
        let asked = self.begin(&held, key)?;
        let ready = start(Some(key.digest.clone()))?;
        let name = format!("{}/{}", ready.task.project(), ready.task.id());
        held.write(&Request { answer: Some(name.into()), ..asked })?;
        Ok(ready)
    }

    /// Does something once for a key: whoever asks again is answered as before. Where that answer was lost, `act` is
    /// told that it may have been done.
    ///
    /// # Errors
    /// What `act` says, and where the key was used for something else.
    pub(super) fn once<T: Serialize + DeserializeOwned>(
        &self,
        key: Option<&OnceKey>,
        act: impl FnOnce(Option<Once>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let Some(key) = key else { return act(None) };
        let held = self.hold(key)?;
        let before = held.before.as_ref().and_then(|before| before.answer.clone());
        if let Some(answer) = before.and_then(|answer| serde_json::from_value(answer).ok()) {
            return Ok(answer);
        }
        let asked = self.begin(&held, key)?;
        let done = act(Some(Once { id: key.digest.clone(), again: held.before.is_some() }))?;
        crate::faults::step("once.done");
        held.write(&Request { answer: serde_json::to_value(&done).ok(), ..asked })?;
        Ok(done)
    }

    /// Takes a key for what is asked, from everybody else who uses it.
    fn hold(&self, key: &OnceKey) -> Result<HeldRequest, ApiError> {
        let held = HeldRequest::take(self.writable_root()?, &key.digest, self.clock.now())?;
        match held.before.as_ref().is_some_and(|before| before.asked != key.asked) {
            true => Err(ApiError::conflict("this Idempotency-Key was used for another request")
                .with_hint("choose a new key for each new request")),
            false => Ok(held),
        }
    }

    /// Writes down what a key is used for, before anything is done.
    fn begin(&self, held: &HeldRequest, key: &OnceKey) -> Result<Request, ApiError> {
        let (at, asked) = (self.clock.now(), key.asked.clone());
        let request = Request { version: VERSION, at, asked, answer: None };
        held.write(&request)?;
        crate::faults::step("once.asked");
        Ok(request)
    }

    fn start(&self, wanted: Wanted) -> Result<Ready, ApiError> {
        let ready = self.prepare(wanted)?;
        self.detach(&ready.task)?;
        Ok(ready)
    }

    /// The task that the key made: as it was answered, or as the task itself says where the answer was lost.
    fn made_before(
        &self,
        root: &Root,
        held: &HeldRequest,
        key: &OnceKey,
    ) -> Result<Option<TaskDir>, ApiError> {
        let Some(before) = &held.before else { return Ok(None) };
        if let Some(name) = before.answer.as_ref().and_then(|answer| answer.as_str()) {
            let gone = || {
                ApiError::new(
                    ErrorCode::NotFound,
                    format_args!("task {name}, which this key made, is not there any more"),
                )
                .with_hint("choose a new key")
            };
            return self.named_task(name).map(Some).map_err(|_| gone());
        }
        let filter = TaskFilter { limit: Some(RECENT), ..TaskFilter::default() };
        for summary in self.with_index(root, |index| index.tasks(&filter))? {
            let Ok(task) = root.task(&summary.project, &summary.task) else { continue };
            if task.spec().is_ok_and(|spec| spec.request_id.as_ref() == Some(&key.digest)) {
                return Ok(Some(task));
            }
        }
        Ok(None)
    }
}
