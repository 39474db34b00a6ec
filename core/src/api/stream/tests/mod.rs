//! Streams as a face sees them: roots, logs and buses on a disk, one client or many.

mod buses;
mod logs;
mod model;
mod sessions;
mod sharing;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use secrecy::SecretString;
use serde_json::Value;
use tempfile::TempDir;

use super::*;
use crate::bus::Bus;
use crate::logs::{LiveMask, Mask};
use crate::model::{MessageId, NewMessage, RunStatus, TaskStatus};
use crate::store::journal::JournalRecord;
use crate::store::testkit;
use crate::store::{Journal, Root, RunDir, TaskDir, TaskSummary};

const DEADLINE: Duration = Duration::from_secs(30);
/// Long enough to see that nothing comes, where a mistake would show at once.
const A_WHILE: Duration = Duration::from_millis(60);

/// A root with a task.
struct Scene {
    _folder: TempDir,
    root: Root,
    task: TaskDir,
}

impl Scene {
    fn new() -> Self {
        let (folder, root) = testkit::root();
        let task = testkit::task(&root, 1, TaskStatus::Running, 1);
        Self { _folder: folder, root, task }
    }

    fn streams(&self) -> Streams {
        self.hiding(&[])
    }

    /// Streams of a process that has just started and knows these secrets.
    fn hiding(&self, secrets: &[&str]) -> Streams {
        let secrets: Vec<_> = secrets.iter().map(|one| SecretString::from(*one)).collect();
        Streams::new(vec![self.root.clone()], LiveMask::new(Mask::new(&secrets)))
    }

    fn run(&self) -> Run {
        let info = testkit::run(&self.task, RunStatus::Running);
        Run(self.task.run(&info.run_id).expect("the run is there"))
    }

    fn bus(&self) -> Bus {
        Bus::task(&self.task)
    }

    fn messages(&self) -> Topic {
        Topic::Messages { project: self.task.project().clone(), task: Some(self.task.id().clone()) }
    }

    fn say(&self, body: &str) -> MessageId {
        self.bus().append(&NewMessage::new("INFO", body)).expect("appended")
    }

    /// Tells the journal a change of the task.
    fn change(&self, revision: u64) {
        let mut task = TaskSummary::new(&testkit::spec(1), None, "a title");
        task.revision = revision;
        let record =
            JournalRecord { kind: format!("task.change-{revision}"), at: task.updated_at, task, run: None };
        Journal::open(&self.root).expect("opens").append(&record).expect("appended");
    }
}

/// A run and its standard output.
struct Run(RunDir);

impl Run {
    fn topic(&self) -> Topic {
        Topic::Log {
            project: self.0.project().clone(),
            task: self.0.task().clone(),
            run: self.0.id().clone(),
            stream: LogStream::Stdout,
        }
    }

    fn path(&self) -> PathBuf {
        self.0.stdout_path()
    }

    fn append(&self, bytes: &[u8]) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.path()).expect("opens");
        file.write_all(bytes).expect("written");
    }

    fn cut(&self, length: u64) {
        OpenOptions::new().write(true).open(self.path()).and_then(|file| file.set_len(length)).expect("cut");
    }

    /// Another file takes the name.
    fn replace(&self, bytes: &[u8]) {
        let draft = self.path().with_extension("draft");
        std::fs::write(&draft, bytes).expect("written");
        std::fs::rename(&draft, self.path()).expect("renamed");
    }

    fn end(&self) {
        let mut info = self.0.info().expect("reads");
        info.status = RunStatus::Completed;
        self.0.write_info(&info).expect("written");
    }
}

fn parse(frame: &Frame) -> Value {
    serde_json::from_str(frame.data.as_str()).expect("a frame is JSON")
}

/// The next frame, which has to come.
async fn next(stream: &mut Single) -> Frame {
    tokio::time::timeout(DEADLINE, stream.next()).await.expect("a frame comes").expect("the stream goes on")
}

/// Whether nothing comes.
async fn is_quiet(stream: &mut Single) -> bool {
    tokio::time::timeout(A_WHILE, stream.next()).await.is_err()
}

/// What a client holds of a log.
#[derive(Default)]
struct Viewer {
    shown: Vec<u8>,
    cursor: String,
    resets: usize,
    has_ended: bool,
}

impl Viewer {
    fn take(&mut self, frame: &Frame) {
        let data = parse(frame);
        match frame.kind {
            FrameKind::Log => {
                assert_eq!(data["offset"], self.shown.len(), "no gap and no repetition");
                match (data["text"].as_str(), data["base64"].as_str()) {
                    (Some(text), None) => self.shown.extend(text.as_bytes()),
                    (None, Some(text)) => self.shown.extend(decode(text)),
                    other => panic!("neither text nor base64: {other:?}"),
                }
            }
            FrameKind::Reset => {
                self.shown.clear();
                self.resets += 1;
            }
            FrameKind::End => self.has_ended = true,
            other => panic!("{other:?} in a log: {data}"),
        }
        self.cursor.clone_from(&frame.cursor);
    }

    /// Reads until it holds so many bytes.
    async fn read_to(&mut self, stream: &mut Single, length: usize) {
        while self.shown.len() < length {
            self.take(&next(stream).await);
        }
    }

    async fn read_to_end(&mut self, stream: &mut Single) {
        while !self.has_ended {
            self.take(&next(stream).await);
        }
        assert_eq!(stream.next().await, None);
    }
}

fn decode(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
}

fn from_start(streams: &Streams, topic: &Topic) -> Single {
    after(streams, topic, "")
}

/// Opens a stream as a client does that comes back with a cursor.
fn after(streams: &Streams, topic: &Topic, cursor: &str) -> Single {
    let place = Place::parse(topic, cursor).expect("a cursor of ours");
    streams.single(topic, place).expect("the stream opens")
}
