//! From an agent's standard output to `events.jsonl`, in pieces, across crashes.
//!
//! Each event carries where its source line begins and ends. All events of a line are of one *group*; parsing
//! is pure, so a group that a crash tore is taken away and made again, and nothing is lost or repeated.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};

use crate::model::Event;
use crate::store::{Open, RunDir, RunFile, StoreError};

use super::{Backend, Fold, Parsed};

/// A line longer than this is not parsed: its head is kept as a raw event.
const LINE_MAX: usize = 8 * 1024 * 1024;
/// Bytes of output that are turned into events before they are written.
const STEP: usize = 256 * 1024;
/// An event's line on disk is bounded too: a line of output and what JSON makes of it.
const EVENT_MAX: u64 = 8 * LINE_MAX as u64;

/// Why events cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// A file of the run cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading the output or writing the events failed.
    #[error("{file} of run {run}: cannot {call}: {source}")]
    Io {
        /// The run.
        run: String,
        /// The file's name.
        file: &'static str,
        /// What was tried, one word.
        call: &'static str,
        /// Why it failed.
        source: io::Error,
    },
}

/// Turns a run's output into events, as far as it has come.
pub struct Recorder {
    run: RunDir,
    backend: &'static dyn Backend,
    fold: Fold,
    events: File,
    /// Bytes of `events.jsonl` that are whole.
    written: u64,
    output: Option<File>,
    lines: Lines,
}

impl Recorder {
    /// Goes on where the events on disk end, which is the start of a new run: a torn tail is taken away, the
    /// rest is replayed.
    ///
    /// # Errors
    /// When `events.jsonl` cannot be read or mended.
    pub fn resume(run: &RunDir, backend: &'static dyn Backend) -> Result<Self, RecorderError> {
        let events = run.open(RunFile::Events, Open::ReadWrite)?;
        let mut recorder = Self {
            run: run.clone(),
            backend,
            fold: Fold::default(),
            events,
            written: 0,
            output: None,
            lines: Lines::starting_at(0),
        };
        recorder.replay()?;
        Ok(recorder)
    }

    /// The events of all lines that are complete and not recorded yet; they are in `events.jsonl` when this
    /// returns. Empty: it has caught up. At most a few hundred kilobytes of output are taken at once, so
    /// call it until it has.
    ///
    /// # Errors
    /// When reading or writing fails; the next call tries the same lines again.
    pub fn poll(&mut self) -> Result<Vec<Event>, RecorderError> {
        loop {
            let unrecorded = self.lines.begin;
            let step = self.step();
            if step.is_err() {
                self.lines = Lines::starting_at(unrecorded);
            }
            match step? {
                Some(events) if events.is_empty() => {}
                step => return Ok(step.unwrap_or_default()),
            }
        }
    }

    /// What the events add up to so far.
    pub fn fold(&self) -> &Fold {
        &self.fold
    }

    /// Records what is left, the agent being gone: a last line without an end counts as one. Returns the
    /// events that were left, and what all of them add up to.
    ///
    /// # Errors
    /// As [`Recorder::poll`].
    pub fn finish(mut self) -> Result<(Vec<Event>, Fold), RecorderError> {
        let mut events = Vec::new();
        loop {
            let more = self.poll()?;
            if more.is_empty() {
                break;
            }
            events.extend(more);
        }
        if let Some(line) = self.lines.take_rest() {
            let last = self.events_of(&line);
            self.record(&last)?;
            events.extend(last);
        }
        Ok((events, self.fold))
    }

    /// The events of the next piece of output; none where there is no more output.
    fn step(&mut self) -> Result<Option<Vec<Event>>, RecorderError> {
        let Some(piece) = self.read_piece()? else { return Ok(None) };
        let mut events = Vec::new();
        for line in self.lines.feed(&piece) {
            events.extend(self.events_of(&line));
        }
        self.record(&events)?;
        Ok(Some(events))
    }

    fn read_piece(&mut self) -> Result<Option<Vec<u8>>, RecorderError> {
        if self.output.is_none() {
            // Not there yet: the agent has not been started.
            self.output = self.run.open(RunFile::Stdout, Open::Read).ok();
        }
        let Some(output) = &mut self.output else { return Ok(None) };
        let mut piece = Vec::new();
        output
            .seek(SeekFrom::Start(self.lines.read_to))
            .and_then(|_| output.take(STEP as u64).read_to_end(&mut piece))
            .map_err(|source| self.failed(RunFile::Stdout, "read", source))?;
        Ok((!piece.is_empty()).then_some(piece))
    }

    fn events_of(&self, line: &Line) -> Vec<Event> {
        let Parsed { ts, events } = match &line.text {
            Text::Whole(text) => self.backend.parse(text),
            Text::Head(head) => {
                self.backend.parse_beginning(head, line.end - line.offset - head.len() as u64)
            }
        };
        events.into_iter().map(|kind| Event { offset: line.offset, end: line.end, ts, kind }).collect()
    }

    /// Writes the events, all or none.
    fn record(&mut self, events: &[Event]) -> Result<(), RecorderError> {
        if events.is_empty() {
            return Ok(());
        }
        let mut text = Vec::new();
        for event in events {
            serde_json::to_writer(&mut text, event)
                .map_err(|error| self.failed(RunFile::Events, "encode", error.into()))?;
            text.push(b'\n');
        }
        if let Err(source) = self.append(&text) {
            let _ = self.events.set_len(self.written);
            return Err(self.failed(RunFile::Events, "write", source));
        }
        self.written += text.len() as u64;
        events.iter().for_each(|event| self.fold.observe(event));
        Ok(())
    }

    fn append(&mut self, text: &[u8]) -> io::Result<()> {
        self.events.seek(SeekFrom::Start(self.written))?;
        self.events.write_all(text)
    }

    /// Reads the events back, takes away what is torn, and sets everything to go on from there.
    fn replay(&mut self) -> Result<(), RecorderError> {
        let (whole, last) = self.scan().map_err(|source| self.failed(RunFile::Events, "read", source))?;
        let (keep, go_on) = match &last {
            None => (0, 0),
            Some(group) if self.count_again(group)? == Some(group.events) => (whole, group.end),
            Some(group) => (group.at, group.offset),
        };
        if self.events.metadata().is_ok_and(|data| data.len() != keep) {
            self.events.set_len(keep).map_err(|source| self.failed(RunFile::Events, "mend", source))?;
        }
        let mut fold = Fold::default();
        self.each_event(|event, _| fold.observe(event))
            .map_err(|source| self.failed(RunFile::Events, "read", source))?;
        self.fold = fold;
        self.written = keep;
        self.lines = Lines::starting_at(go_on);
        Ok(())
    }

    /// The bytes that hold whole events, and the last group of them.
    fn scan(&mut self) -> io::Result<(u64, Option<Group>)> {
        let (mut whole, mut last) = (0, None::<Group>);
        self.each_event(|event, bytes| {
            match &mut last {
                Some(group) if group.offset == event.offset => group.events += 1,
                _ => last = Some(Group { offset: event.offset, end: event.end, at: whole, events: 1 }),
            }
            whole += bytes;
        })?;
        Ok((whole, last))
    }

    /// Gives each event and its bytes to `take`, up to the first that is torn or garbled: from there on all
    /// is made again from the output.
    fn each_event(&mut self, mut take: impl FnMut(&Event, u64)) -> io::Result<()> {
        self.events.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(&self.events);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = reader.by_ref().take(EVENT_MAX).read_until(b'\n', &mut line)?;
            let text = line.strip_suffix(b"\n");
            let Some(event) = text.and_then(|text| serde_json::from_slice::<Event>(text).ok()) else {
                return Ok(());
            };
            take(&event, read as u64);
        }
    }

    /// How many events the group's line makes, read again; none where the line is not there any more.
    fn count_again(&self, group: &Group) -> Result<Option<u64>, RecorderError> {
        let bytes = group.end.saturating_sub(group.offset);
        if bytes > LINE_MAX as u64 + 2 {
            return Ok(Some(1));
        }
        let Ok(mut output) = self.run.open(RunFile::Stdout, Open::Read) else { return Ok(None) };
        let mut text = Vec::new();
        output
            .seek(SeekFrom::Start(group.offset))
            .and_then(|_| output.take(bytes).read_to_end(&mut text))
            .map_err(|source| self.failed(RunFile::Stdout, "read", source))?;
        let mut lines = Lines::starting_at(group.offset);
        let line = lines.feed(&text).pop().or_else(|| lines.take_rest());
        Ok(line.map(|line| self.events_of(&line).len() as u64))
    }

    fn failed(&self, file: RunFile, call: &'static str, source: io::Error) -> RecorderError {
        RecorderError::Io { run: self.run.id().to_string(), file: file.name(), call, source }
    }
}

/// The events of one line of output, as they stand in `events.jsonl`.
struct Group {
    /// Where the line begins in the output.
    offset: u64,
    /// Where it ends there.
    end: u64,
    /// Where its events begin in `events.jsonl`.
    at: u64,
    /// How many are there.
    events: u64,
}

/// One line of output.
struct Line {
    offset: u64,
    end: u64,
    text: Text,
}

enum Text {
    Whole(Vec<u8>),
    /// The beginning of a line that is too long.
    Head(Vec<u8>),
}

/// Cuts output into lines, in bounded memory.
struct Lines {
    /// Where the line that is not complete yet begins; everything before it has been handed out.
    begin: u64,
    /// Where reading goes on.
    read_to: u64,
    partial: Vec<u8>,
    is_too_long: bool,
}

impl Lines {
    fn starting_at(offset: u64) -> Self {
        Self { begin: offset, read_to: offset, partial: Vec::new(), is_too_long: false }
    }

    /// Takes the next piece of output and returns the lines that it completes.
    fn feed(&mut self, piece: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            self.read_to += part.len() as u64;
            self.keep(part);
            if part.ends_with(b"\n") {
                lines.push(self.complete());
            }
        }
        lines
    }

    /// What is left when nothing more comes.
    fn take_rest(&mut self) -> Option<Line> {
        (self.read_to > self.begin).then(|| self.complete())
    }

    fn keep(&mut self, part: &[u8]) {
        if self.is_too_long {
            return;
        }
        self.partial.extend_from_slice(part);
        if self.partial.len() > LINE_MAX + 1 {
            self.is_too_long = true;
            self.partial.truncate(Parsed::RAW_MAX);
            self.partial.shrink_to_fit();
        }
    }

    fn complete(&mut self) -> Line {
        let mut text = std::mem::take(&mut self.partial);
        let (offset, end) = (self.begin, self.read_to);
        self.begin = end;
        if std::mem::take(&mut self.is_too_long) {
            return Line { offset, end, text: Text::Head(text) };
        }
        if text.ends_with(b"\n") {
            text.pop();
        }
        if text.ends_with(b"\r") {
            text.pop();
        }
        Line { offset, end, text: Text::Whole(text) }
    }
}

#[cfg(test)]
#[path = "recorder_tests.rs"]
mod tests;
