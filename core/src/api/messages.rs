//! The buses: which one is meant, posting with attachments, and where they all are.

use std::fs::File;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApiError, App};
use crate::bus::{Bus, Query};
use crate::model::{Cursor, IdError, Link, Message, NewMessage};
use crate::store::{Dir, Root, attach};

/// A bus that a root holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct BusView {
    /// Its project.
    pub project: String,
    /// Its task; absent for the bus of a project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// The file that is appended to; where there is none yet, the last one that was rotated away.
    pub path: String,
    /// Bytes of that file.
    pub bytes: u64,
    /// When its last message was appended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_at: Option<Timestamp>,
}

/// An open bus and the folder that it lies in.
pub struct OpenBus {
    /// The bus.
    pub bus: Bus,
    /// Its folder: where attachments go.
    pub folder: Dir,
    /// Its root.
    pub root: Root,
}

impl App {
    /// The bus that is meant: the task's where one is, else the project's.
    ///
    /// # Errors
    /// When neither is meant or found.
    pub fn bus(&self, on_project: bool) -> Result<OpenBus, ApiError> {
        let task = if on_project { None } else { self.task_if_meant(None)? };
        match task {
            Some(task) => Ok(self.bus_of_task(&task)),
            None => Ok(self.open_bus_of(&self.project()?)),
        }
    }

    /// Says in a message which run posts it, where one calls.
    pub fn sign(&self, message: &mut NewMessage) {
        if let Some(run) = self.caller.run() {
            message.run_id = Some(run.run.to_owned());
            message.project_id = Some(run.project.to_owned());
            message.task_id = Some(run.task.to_owned());
        }
    }

    /// Every bus of the project that is meant, or of the root.
    ///
    /// # Errors
    /// When the root cannot be read.
    pub fn buses(&self) -> Result<Vec<BusView>, ApiError> {
        let Some(root) = self.root_to_list()? else { return Ok(Vec::new()) };
        let wanted = self.project_to_list()?;
        let mut found = Vec::new();
        for id in root.projects()?.into_iter().filter(|id| wanted.as_ref().is_none_or(|wanted| wanted == id))
        {
            let project = root.project(&id)?;
            found.extend(bus_view(&Bus::project(&project), id.as_str(), None));
            for task in project.tasks()? {
                let Ok(task) = project.task(&task) else { continue };
                found.extend(bus_view(&Bus::task(&task), id.as_str(), Some(task.id().as_str())));
            }
        }
        Ok(found)
    }
}

impl OpenBus {
    /// Copies a file beside the bus and refers to it in a message.
    ///
    /// # Errors
    /// When it cannot be read or copied.
    pub fn attach(&self, file: &Path, message: &mut NewMessage) -> Result<(), ApiError> {
        let failed = |error: io::Error| {
            ApiError::io(format_args!("attach {}", file.display()), &error)
                .with_hint("name a file that is there and that you may read")
        };
        if file.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        let label = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut from = File::open(file).map_err(failed)?;
        message.links.push(attach(&self.folder, &label, &mut from)?);
        Ok(())
    }

    /// Puts bytes beside the bus as a file; what a message refers to it by.
    ///
    /// # Errors
    /// When the name is empty, or the root may not be written.
    pub fn attach_bytes(&self, name: &str, bytes: &[u8]) -> Result<Link, ApiError> {
        let name = name.rsplit('/').next().unwrap_or_default();
        if name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(ApiError::usage("the attachment has no name").with_hint("say ?name=mock-up.png"));
        }
        self.root.writable()?;
        Ok(attach(&self.folder, name, &mut io::Cursor::new(bytes))?)
    }

    /// Messages after the one with this id or cursor; of a foreign bus its ids have other forms.
    ///
    /// # Errors
    /// When there is no such message or the bus cannot be read.
    pub fn after(&self, since: &str, query: &Query) -> Result<Vec<Message>, ApiError> {
        match Cursor::parse(since) {
            Ok(cursor) => Ok(self.bus.read(&Query { after: Some(cursor), ..query.clone() })?),
            Err(error) => self.after_foreign(since, query, error),
        }
    }

    fn after_foreign(&self, since: &str, query: &Query, error: IdError) -> Result<Vec<Message>, ApiError> {
        let all = self.bus.read(&Query::default())?;
        let place = all.iter().position(|message| message.msg_id.as_deref() == Some(since));
        let Some(place) = place else {
            return Err(ApiError::from(error).with_hint("ids are shown by `run-agent bus read --json`"));
        };
        let mut found: Vec<Message> =
            all.into_iter().skip(place + 1).filter(|one| query.matches(one)).collect();
        let beyond = query.last.map_or(0, |last| found.len().saturating_sub(last));
        found.drain(..beyond);
        found.truncate(query.limit.unwrap_or(usize::MAX));
        Ok(found)
    }
}

/// A bus that has been written to; none for one that has neither a file nor rotated segments.
fn bus_view(bus: &Bus, project: &str, task: Option<&str>) -> Option<BusView> {
    let (path, bytes) = bus.newest_file().ok().flatten()?;
    let last = bus.read(&Query::last(1)).ok().and_then(|messages| messages.into_iter().next_back());
    Some(BusView {
        project: project.to_owned(),
        task: task.map(str::to_owned),
        path: path.display().to_string(),
        bytes,
        last_at: last.and_then(|message| message.ts),
    })
}
