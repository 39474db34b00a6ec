//! A task behind a server.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reqwest::Method;

use super::Remote;
use super::run::RemoteRun;
use super::watch::RemoteMoments;
use crate::api::ApiError;
use crate::api::changes::{ChangesView, PatchView, Wanted};
use crate::api::dto::{RunView, TaskDetail, TaskView};
use crate::api::outcome::{
    AnsweredView, AskedView, DoneView, PausedView, ResumedView, StoppedView, ToldView,
};
use crate::api::requests::{Answer, Ask, Done, LONGEST_POLL, Pause, Resume, Stop, Tell};
use crate::host::{HostRun, HostTask, MomentReader};
use crate::model::Link;

pub struct RemoteTask<'a> {
    pub remote: &'a Remote,
    pub project: String,
    pub task: String,
}

impl<'a> RemoteTask<'a> {
    /// A path below the task's.
    pub fn path<'b>(&'b self, rest: &[&'b str]) -> Vec<&'b str> {
        [&["projects", &self.project, "tasks", &self.task], rest].concat()
    }

    fn asks<T: serde::de::DeserializeOwned>(
        &self,
        what: &str,
        body: &impl serde::Serialize,
    ) -> Result<T, ApiError> {
        self.remote.http.post(&self.path(&[what]), body)
    }

    /// As `asks`, carried out once however often it is sent.
    fn asks_once<T: serde::de::DeserializeOwned>(
        &self,
        what: &str,
        body: &impl serde::Serialize,
    ) -> Result<T, ApiError> {
        self.remote.http.post_once(&self.path(&[what]), body)
    }
}

impl Remote {
    /// Uploads files of this machine beside a bus; what a message refers to them by.
    pub(super) fn attach(&self, path: &[&str], files: &[PathBuf]) -> Result<Vec<Link>, ApiError> {
        files.iter().map(|file| self.upload(path, file)).collect()
    }

    fn upload(&self, path: &[&str], file: &Path) -> Result<Link, ApiError> {
        let bytes = std::fs::read(file).map_err(|error| {
            ApiError::io(format_args!("attach {}", file.display()), &error)
                .with_hint("name a file that is there and that you may read")
        })?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.http.request(Method::POST, path).query("name", name).bytes(bytes).answer()
    }
}

impl HostTask for RemoteTask<'_> {
    fn project(&self) -> &str {
        &self.project
    }

    fn id(&self) -> &str {
        &self.task
    }

    fn view(&self) -> Result<TaskView, ApiError> {
        self.detail().map(|detail| detail.task)
    }

    fn detail(&self) -> Result<TaskDetail, ApiError> {
        self.remote.http.get(&self.path(&[]))
    }

    fn folders(&self) -> Vec<String> {
        let Ok(detail) = self.detail() else { return Vec::new() };
        let TaskDetail { path, cwd, .. } = detail;
        vec![format!("{path}/runs/"), format!("{path}/"), format!("{cwd}/")]
    }

    fn stop(&self, how: Stop) -> Result<StoppedView, ApiError> {
        self.asks("stop", &how)
    }

    fn pause(&self, how: Pause) -> Result<PausedView, ApiError> {
        self.asks("pause", &how)
    }

    fn resume(&self, how: Resume) -> Result<ResumedView, ApiError> {
        self.asks("resume", &how)
    }

    fn done(&self, message: Option<String>) -> Result<DoneView, ApiError> {
        self.asks("done", &Done { message })
    }

    fn ask(&self, question: Ask) -> Result<AskedView, ApiError> {
        let run = self.remote.calling.as_ref().and_then(|calling| calling.run.clone());
        let wait = question.wait_seconds.map(Duration::from_secs);
        let until = wait.and_then(|wait| Instant::now().checked_add(wait));
        let mut asked: AskedView = self.asks_once("ask", &Ask { run, ..question })?;
        while let Some(until) = until.filter(|_| asked.answer.is_none()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let path = self.path(&["questions", &asked.question]);
            let request = self.remote.http.request(Method::GET, &path);
            asked = request.query("wait_seconds", left.as_secs().clamp(1, LONGEST_POLL)).answer()?;
        }
        Ok(asked)
    }

    fn answer(&self, answer: Answer) -> Result<AnsweredView, ApiError> {
        self.asks("answer", &answer)
    }

    fn tell(&self, text: &str, now: bool, files: &[PathBuf]) -> Result<ToldView, ApiError> {
        let attachments = self.remote.attach(&self.path(&["attachments"]), files)?;
        self.asks_once("tell", &Tell { text: text.to_owned(), now, attachments })
    }

    fn changes(&self) -> Result<ChangesView, ApiError> {
        self.remote.http.get(&self.path(&["changes"]))
    }

    fn patch(&self, wanted: &Wanted) -> Result<PatchView, ApiError> {
        let request = self.remote.http.request(Method::GET, &self.path(&["changes", "patch"]));
        request.query_if("path", wanted.path.as_ref()).query_if("context", wanted.context).answer()
    }

    fn moments(&self, history: bool) -> Result<Box<dyn MomentReader + '_>, ApiError> {
        Ok(Box::new(RemoteMoments::new(self, history)))
    }

    fn run(&self, name: Option<&str>) -> Result<Box<dyn HostRun + '_>, ApiError> {
        let request = self.remote.http.request(Method::GET, &self.path(&["run"]));
        let view: RunView = request.query_if("name", name).answer()?;
        Ok(Box::new(RemoteRun { task: self, run: view.run }))
    }
}
