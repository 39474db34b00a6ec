//! A run of this process's root, and its files.

use std::fs::File;
use std::time::Duration;

use crate::api::dto::RunView;
use crate::api::{ApiError, App, no_run_file};
use crate::host::{FileReader, HostRun};
use crate::logs::watch::{Watch, Watcher};
use crate::logs::{Tailer, tail_offset};
use crate::store::{Open, RunDir, RunFile};

/// Bytes that are read at once.
const CHUNK: usize = 256 * 1024;

pub struct LocalRun<'a> {
    pub app: &'a App,
    pub run: RunDir,
}

impl HostRun for LocalRun<'_> {
    fn view(&self) -> Result<RunView, ApiError> {
        self.app.run_view(&self.run)
    }

    fn id(&self) -> &str {
        self.run.id().as_str()
    }

    fn path(&self, file: RunFile) -> Result<String, ApiError> {
        Ok(self.run.file_path(file).display().to_string())
    }

    fn read(
        &self,
        file: RunFile,
        tail: Option<usize>,
        follow: bool,
    ) -> Result<Box<dyn FileReader + '_>, ApiError> {
        let path = self.run.file_path(file);
        let tailer = Tailer::open(&path, begin(&self.run, file, tail, follow)?);
        let watch = follow.then(|| Watcher::global().watch(&path));
        Ok(Box::new(LocalFile { tailer, watch }))
    }
}

/// Where to begin: at the last lines that are asked for, else at the start.
fn begin(run: &RunDir, file: RunFile, tail: Option<usize>, follow: bool) -> Result<u64, ApiError> {
    match (open(run, file), tail) {
        (Err(_), _) if follow => Ok(0),
        (Err(error), _) => Err(error),
        (Ok(_), None) => Ok(0),
        (Ok(from), Some(count)) => {
            tail_offset(&from, count).map_err(|error| ApiError::io("look for the last lines", &error))
        }
    }
}

fn open(run: &RunDir, file: RunFile) -> Result<File, ApiError> {
    run.open(file, Open::Read).map_err(|error| match error.is_not_found() {
        true => no_run_file(run.id().as_str(), file),
        false => error.into(),
    })
}

struct LocalFile {
    tailer: Tailer,
    watch: Option<Watch>,
}

impl FileReader for LocalFile {
    fn next(&mut self) -> Result<Vec<u8>, ApiError> {
        loop {
            let chunk = self.tailer.read(CHUNK).map_err(|error| {
                ApiError::io(format_args!("read {}", self.tailer.path().display()), &error)
            })?;
            if chunk.is_nothing_new() || !chunk.bytes.is_empty() {
                return Ok(chunk.bytes);
            }
        }
    }

    fn wait(&mut self, limit: Duration) {
        if let Some(watch) = &self.watch {
            watch.wait(limit);
        }
    }
}
