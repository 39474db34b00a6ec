//! Making a task on a server: as a child of the run that calls, or of the task that a token is of.

use reqwest::Method;

use super::Remote;
use crate::api::dto::RunView;
use crate::api::requests::{CreatedTask, NewTask};
use crate::api::{ApiError, ErrorCode, no_project_is_meant};

impl Remote {
    pub(super) fn make(&self, new: NewTask) -> Result<CreatedTask, ApiError> {
        let key = ulid::Ulid::generate().to_string();
        let new = self.placed(new)?;
        if new.prompt.is_some()
            && new.parent_run.is_none()
            && let Some(run) = &self.calling
        {
            let new = NewTask { parent_run: run.run.clone(), ..new };
            return self.make_child((&run.project, &run.task), new, &key);
        }
        if self.folder.is_none() && new.cwd.is_none() && self.project.is_none() && self.task.is_none() {
            return Err(
                no_project_is_meant().with_hint("name one with --project, or a folder there with --cwd")
            );
        }
        let free = NewTask { project: self.project.clone(), ..new.clone() };
        match self.http.request(Method::POST, &["tasks"]).json(&free).once(&key).answer() {
            // A token of one task: what it makes is a child.
            Err(error) if error.code == ErrorCode::Forbidden && new.prompt.is_some() => {
                let (project, task) = self.parent(&new)?.ok_or(error)?;
                self.make_child((&project, &task), new, &key)
            }
            made => made,
        }
    }

    /// The folders as the server's machine knows them.
    fn placed(&self, new: NewTask) -> Result<NewTask, ApiError> {
        let cwd = match (&new.cwd, &self.folder) {
            (Some(cwd), Some(folder)) => Some(folder.join(cwd)),
            (Some(cwd), None) if !cwd.is_absolute() => {
                let words =
                    format_args!("{} is a folder of the server's machine only if absolute", cwd.display());
                return Err(ApiError::usage(words).with_hint("write --cwd with its whole path there"));
            }
            (cwd, _) => cwd.clone(),
        };
        Ok(NewTask { task: self.task.clone(), folder: self.folder.clone(), cwd, ..new })
    }

    /// The task that a new one is a child of: that of the named run, or the one that the token is of.
    fn parent(&self, new: &NewTask) -> Result<Option<(String, String)>, ApiError> {
        match &new.parent_run {
            Some(run) => {
                let run: RunView = self.http.get(&["runs", run])?;
                Ok(Some((run.project, run.task)))
            }
            None => self.meant_task(None),
        }
    }

    fn make_child(&self, parent: (&str, &str), new: NewTask, key: &str) -> Result<CreatedTask, ApiError> {
        let new = NewTask { project: self.project.clone(), folder: None, ..new };
        let path = ["projects", parent.0, "tasks", parent.1, "children"];
        self.http.request(Method::POST, &path).json(&new).once(key).answer()
    }
}
