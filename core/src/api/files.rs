//! Files of runs and tasks as they are shown: listed, and read in parts with what is secret masked.

use std::fs::File;
use std::io;
use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApiError, App, ErrorCode};
use crate::logs::{Mask, fill, tail_offset};
use crate::model::{Event, is_component};
use crate::store::{Dir, Open, RunDir, RunFile, StoreErrorKind, TaskDir, is_attachment};

/// Bytes that are read at once.
const CHUNK: usize = 256 << 10;
/// Bytes of an output that are shown as a whole.
const OUTPUT: u64 = 1 << 20;
/// Files of a task that are shown, beside attachments.
const TASK_FILES: [&str; 4] = ["TASK.md", "TASK_STATE.md", "task.yaml", "state.yaml"];
const RUN_INFO: &str = "run-info.yaml";
/// Bytes of events that are read for one page at most, a longer line aside.
const EVENTS: usize = 1 << 20;

/// A file of a run or a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct FileView {
    /// Its name.
    pub name: String,
    /// Bytes in it.
    pub bytes: u64,
    /// When it was last written.
    pub modified_at: Timestamp,
}

/// What a run's agent made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct OutputView {
    /// The run.
    pub run: String,
    /// The text; its first MiB.
    pub text: String,
    /// Bytes of the whole.
    pub bytes: u64,
}

/// Events of a run, in the order in which they were reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct EventPage {
    /// The events.
    pub items: Vec<Event>,
    /// Where the next page begins: `after` takes it. What is not written yet comes there too.
    pub next: u64,
    /// Whether more is there already.
    pub more: bool,
}

/// A file that is read from its beginning or in parts, masked as the whole would be.
pub struct MaskedFile {
    file: File,
    mask: Mask,
    length: u64,
}

impl App {
    /// The files of a run.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn run_files(&self, run: &RunDir) -> Result<Vec<FileView>, ApiError> {
        files(run.dir(), |_| true)
    }

    /// A file of a run.
    ///
    /// # Errors
    /// When it is not there, or is no file.
    pub fn run_file(&self, run: &RunDir, name: &str) -> Result<MaskedFile, ApiError> {
        self.masked(run.dir(), name)
    }

    /// The files of a task that are shown: what was asked, its state, attachments.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn task_files(&self, task: &TaskDir) -> Result<Vec<FileView>, ApiError> {
        files(task.dir(), is_shown)
    }

    /// A file of a task.
    ///
    /// # Errors
    /// When it is not one that is shown, or not there.
    pub fn task_file(&self, task: &TaskDir, name: &str) -> Result<MaskedFile, ApiError> {
        if is_shown(name) { self.masked(task.dir(), name) } else { Err(no_file(name)) }
    }

    /// What a run's agent made of it.
    ///
    /// # Errors
    /// When there is nothing yet.
    pub fn run_output(&self, run: &RunDir) -> Result<OutputView, ApiError> {
        let file = self.masked(run.dir(), RunFile::Output.name())?;
        let mut bytes = Vec::new();
        let mut at = 0;
        while at < file.len().min(OUTPUT) {
            let part = file
                .part(at..file.len().min(OUTPUT))
                .map_err(|error| ApiError::io("read the output", &error))?;
            at += part.len() as u64;
            bytes.extend(part);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(OutputView { run: run.id().to_string(), text, bytes: file.len() })
    }

    /// Events of a run from a byte of its `events.jsonl` on.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn run_events(&self, run: &RunDir, after: u64, limit: usize) -> Result<EventPage, ApiError> {
        let file = match self.masked(run.dir(), RunFile::Events.name()) {
            Err(error) if error.code == ErrorCode::NotFound => {
                return Ok(EventPage { items: Vec::new(), next: 0, more: false });
            }
            file => file?,
        };
        let bytes = file.lines_from(after).map_err(|error| ApiError::io("read the events", &error))?;
        let (mut items, mut next) = (Vec::new(), after);
        for line in bytes.split_inclusive(|byte| *byte == b'\n').take(limit) {
            next += line.len() as u64;
            // A line that is none of ours hides no other.
            items.extend(serde_json::from_slice(line));
        }
        Ok(EventPage { items, next, more: next < file.len() })
    }

    fn masked(&self, dir: &Dir, name: &str) -> Result<MaskedFile, ApiError> {
        if !is_component(name) || name.starts_with('.') {
            return Err(no_file(name));
        }
        let file = dir.open_file(name, Open::Read).map_err(|error| match error.kind {
            StoreErrorKind::NotAFile | StoreErrorKind::Link | StoreErrorKind::Escapes => no_file(name),
            _ => error.into(),
        })?;
        let length =
            file.metadata().map_err(|error| ApiError::io(format_args!("read {name}"), &error))?.len();
        Ok(MaskedFile { file, mask: Mask::new(&self.secrets()), length })
    }
}

impl MaskedFile {
    /// Bytes in it when it was opened.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Where its last lines begin.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn last_lines(&self, count: usize) -> io::Result<u64> {
        tail_offset(&self.file, count)
    }

    /// Whether it was empty when it was opened.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The first bytes of a part, a quarter of a MiB at most: as they stand in the whole, masked. Empty where
    /// the file was cut off meanwhile.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn part(&self, part: Range<u64>) -> io::Result<Vec<u8>> {
        let wanted = usize::try_from(part.end.saturating_sub(part.start)).unwrap_or(usize::MAX).min(CHUNK);
        let reach = self.mask.longest().saturating_sub(1);
        let begin = part.start.saturating_sub(reach as u64);
        let before = (part.start - begin) as usize;
        // A secret that begins in the part is seen whole.
        let mut bytes = vec![0; before + wanted + reach];
        let filled = fill(&self.file, &mut bytes, begin)?;
        bytes.truncate(filled);
        let masked = self.mask.part(&bytes).0;
        let end = (before + wanted).min(masked.len());
        Ok(masked.get(before..end).unwrap_or_default().to_vec())
    }

    /// Whole lines from a place on: about a MiB of them, one at least.
    fn lines_from(&self, start: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            let at = start + bytes.len() as u64;
            let part = self.part(at..self.length)?;
            let is_over = part.is_empty();
            bytes.extend(part);
            let end = memchr::memrchr(b'\n', &bytes).map_or(0, |index| index + 1);
            if is_over || (bytes.len() >= EVENTS && end > 0) {
                bytes.truncate(end);
                return Ok(bytes);
            }
        }
    }
}

fn files(dir: &Dir, shown: impl Fn(&str) -> bool) -> Result<Vec<FileView>, ApiError> {
    let mut files = Vec::new();
    for entry in dir.entries()?.into_iter().filter(|entry| !entry.name.starts_with('.') && shown(&entry.name))
    {
        let Some(meta) = dir.meta(&entry.name)?.filter(|meta| meta.is_file) else { continue };
        files.push(FileView { name: entry.name, bytes: meta.len, modified_at: meta.modified });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn is_shown(name: &str) -> bool {
    TASK_FILES.contains(&name) || is_attachment(name)
}

fn no_file(name: &str) -> ApiError {
    ApiError::not_found(format_args!("no file {name:?}"))
        .with_hint("the list of files names those that are shown")
}

/// Whether a file is text by its name; the rest is for other programs.
pub fn is_text(name: &str) -> bool {
    [RUN_INFO, RunFile::Prompt.name(), RunFile::Output.name(), RunFile::Stdout.name()].contains(&name)
        || [RunFile::Stderr.name(), RunFile::Events.name()].contains(&name)
        || TASK_FILES.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::*;

    fn masked(bytes: &[u8], secrets: &[&str]) -> MaskedFile {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(bytes).expect("written");
        let secrets: Vec<SecretString> = secrets.iter().map(|secret| (*secret).into()).collect();
        MaskedFile { length: bytes.len() as u64, file, mask: Mask::new(&secrets) }
    }

    proptest! {
        #[test]
        fn a_part_is_what_it_is_in_the_whole(text in "[abc]{0,80}", start in 0_u64..90, length in 0_u64..90) {
            let file = masked(text.as_bytes(), &["ab", "abcab", "cc"]);
            let whole = file.part(0..file.len()).expect("read");
            let part = file.part(start..start + length).expect("read");
            let begin = (start as usize).min(whole.len());
            let end = (begin + length as usize).min(whole.len());
            prop_assert_eq!(&part[..], &whole[begin..end]);
        }
    }

    #[test]
    fn lines_are_whole_however_long_they_are() {
        let long = "x".repeat(3 << 20);
        let text = format!("a\n{long}\nb\nhalf");
        let file = masked(text.as_bytes(), &[]);
        let first = file.lines_from(0).expect("read");
        assert_eq!(first, b"a\n");
        let second = file.lines_from(2).expect("read");
        assert!(
            second.len() > 3 << 20 && second.ends_with(b"x\nb\n"),
            "what is not written to its end waits"
        );
        assert_eq!(file.lines_from(2 + second.len() as u64).expect("read"), b"");
    }
}
