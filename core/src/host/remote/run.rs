//! A run behind a server, and its files: read in parts, each from where the last one ended.

use std::time::Duration;

use reqwest::{Method, StatusCode};

use super::http::Answer;
use super::task::RemoteTask;
use crate::api::dto::RunView;
use crate::api::{ApiError, ErrorCode, no_run_file};
use crate::host::{FileReader, HostRun, HostTask};
use crate::store::RunFile;

/// Bytes that are asked for at once.
const CHUNK: u64 = 1 << 20;
/// How long at least between two looks at a file that is followed.
const LOOK: Duration = Duration::from_millis(200);

pub struct RemoteRun<'a> {
    pub task: &'a RemoteTask<'a>,
    pub run: String,
}

impl RemoteRun<'_> {
    fn part(&self, file: RunFile, from: u64) -> Result<Option<Answer>, ApiError> {
        let path = self.task.path(&["runs", &self.run, "files", file.name()]);
        let request = self.task.remote.http.request(Method::GET, &path);
        let range = format!("bytes={from}-{}", from + CHUNK - 1);
        match request.header("range", &range).send() {
            // Nothing is behind the place, or nothing at all is there.
            Err(error) if error.code == ErrorCode::OutOfRange => Ok(None),
            answer => answer.map(Some),
        }
    }

    /// Where the last lines begin.
    fn begin(&self, file: RunFile, tail: usize) -> Result<u64, ApiError> {
        let path = self.task.path(&["runs", &self.run, "files", file.name()]);
        let request = self.task.remote.http.request(Method::GET, &path);
        let answer = request.query("tail", tail).send()?;
        Ok(place(&answer))
    }
}

/// Where a part begins; at the end of the file where it is empty.
fn place(answer: &Answer) -> u64 {
    let range = answer.headers.get("content-range").and_then(|range| range.to_str().ok()).unwrap_or_default();
    let range = range.trim_start_matches("bytes ");
    let (part, length) = range.split_once('/').unwrap_or((range, ""));
    part.split('-').next().and_then(|first| first.parse().ok()).or(length.parse().ok()).unwrap_or(0)
}

impl HostRun for RemoteRun<'_> {
    fn view(&self) -> Result<RunView, ApiError> {
        self.task.remote.http.get(&self.task.path(&["runs", &self.run]))
    }

    fn id(&self) -> &str {
        &self.run
    }

    fn path(&self, file: RunFile) -> Result<String, ApiError> {
        let folder = self.task.detail()?.path;
        Ok(format!("{folder}/runs/{}/{}", self.run, file.name()))
    }

    fn read(
        &self,
        file: RunFile,
        tail: Option<usize>,
        follow: bool,
    ) -> Result<Box<dyn FileReader + '_>, ApiError> {
        let begin = match tail {
            Some(tail) => self.begin(file, tail),
            None => self.part(file, 0).map(|_| 0),
        };
        let offset = match begin {
            Err(error) if error.code == ErrorCode::NotFound && follow => 0,
            Err(error) if error.code == ErrorCode::NotFound => return Err(no_run_file(&self.run, file)),
            begin => begin?,
        };
        Ok(Box::new(RemoteFile { run: self, file, offset }))
    }
}

struct RemoteFile<'a> {
    run: &'a RemoteRun<'a>,
    file: RunFile,
    offset: u64,
}

impl FileReader for RemoteFile<'_> {
    fn next(&mut self) -> Result<Vec<u8>, ApiError> {
        match self.run.part(self.file, self.offset) {
            Ok(Some(answer)) if answer.status == StatusCode::PARTIAL_CONTENT => {
                self.offset += answer.body.len() as u64;
                Ok(answer.body)
            }
            Ok(_) => Ok(Vec::new()),
            // It is not there yet, or not any more.
            Err(error) if error.code == ErrorCode::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    fn wait(&mut self, limit: Duration) {
        std::thread::sleep(limit.min(LOOK));
    }
}
