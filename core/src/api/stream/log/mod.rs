//! The bytes of a run's log as frames.

mod file;
mod text;

use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(super) use file::LogFile;
use file::{REMEMBERED, Window};
use serde::Serialize;

use super::feed::Source;
use super::frame::{Batch, EndReason, FrameKind, Item, Json, end_data};
use super::place::{LogPlace, Mark, Place};
use super::topic::LogStream;
use crate::api::ApiError;
use crate::logs::watch::{Watch, Watcher};
use crate::logs::{LiveMask, Mask};
use crate::store::{FileStamp, Open, RunDir};

/// Bytes of a log that are read at once. What is held back at their end comes with the next ones.
const CHUNK: usize = 128 << 10;
/// When nothing came for this long, half a character is shown as it is.
const QUIET: Duration = Duration::from_secs(1);
/// So many bytes that begin a secret are held back until the log goes on or the run has ended; fewer tell
/// nothing, and many a line ends with one.
const TELLING: usize = 6;

/// A log of a run.
pub(super) struct LogSource {
    run: RunDir,
    stream: LogStream,
    mask: LiveMask,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the name stood for when it was last looked at.
    file: Option<Arc<LogFile>>,
    /// Where the file ended when that was last seen to move, and when that was.
    end: Option<(LogPlace, Instant)>,
    /// The record of the run when it was last read, and whether it said that the run has ended.
    record: Option<(FileStamp, bool)>,
}

/// Why a log begins anew.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum ResetReason {
    Truncated,
    Replaced,
    Removed,
}

impl LogSource {
    pub(super) fn new(run: RunDir, stream: LogStream, mask: LiveMask) -> Self {
        Self { run, stream, mask, state: Mutex::default() }
    }

    /// Reads on. `is_last`: nothing will be written any more.
    fn read_on(&self, from: &LogPlace, is_last: bool) -> Result<Batch, ApiError> {
        let Some(file) = self.file_of(from)? else {
            let is_gone = from.offset > 0;
            return Ok(if is_gone { reset(ResetReason::Removed, None) } else { nothing(from) });
        };
        if from.mark.is_some_and(|mark| from.offset > 0 && mark.file != file.identity) {
            return Ok(reset(ResetReason::Replaced, Some(file)));
        }
        let mask = self.mask.get();
        let longest = mask.longest();
        let before = longest.max(REMEMBERED);
        let window =
            file.window(from.offset, before, CHUNK + longest).map_err(|error| self.failed(&error))?;
        let Some(window) = window.filter(|window| window.follows(from.mark)) else {
            return Ok(reset(ResetReason::Truncated, Some(file)));
        };
        if window.fresh().is_empty() {
            self.successor(from, &file)
        } else {
            Ok(self.show(&file, &window, &mask, is_last))
        }
    }

    /// What the bytes of a window give.
    fn show(&self, file: &Arc<LogFile>, window: &Window, mask: &Mask, is_last: bool) -> Batch {
        let place = |offset| LogPlace {
            offset,
            mark: Some(Mark { file: file.identity, content: window.content_before(offset) }),
            file: Some(Arc::clone(file)),
        };
        let (masked, undecided) = mask.part(&window.bytes);
        let fresh = &masked[window.at..];
        let held = undecided.max(text::broken_end(fresh)).min(fresh.len());
        let tells = if undecided >= TELLING && !is_last { undecided.min(fresh.len()) } else { 0 };
        let may_go_on = held > 0 && window.is_to_end && !is_last;
        let wait = if may_go_on { self.until_quiet(place(window.end())) } else { None };
        let is_settled = window.is_to_end && wait.is_none();
        let shown = &fresh[..fresh.len() - if is_settled { tells } else { held }];
        let mut items = Vec::new();
        for part in text::parts(shown) {
            let begin = window.offset + part.range.start as u64;
            let end = window.offset + part.range.end as u64;
            let data = Json::from(part.json(shown, begin));
            items.push(Item::new(FrameKind::Log, data, Place::Log(place(end))));
        }
        let end = Place::Log(place(window.offset + shown.len() as u64));
        Batch { items, place: end, again: wait, is_end: false }
    }

    /// How long until what stands at `end` has stood there long enough; none: it has.
    fn until_quiet(&self, end: LogPlace) -> Option<Duration> {
        let mut state = self.state();
        match &state.end {
            Some((seen, since)) if *seen == end => {
                let left = QUIET.checked_sub(since.elapsed())?;
                Some(left + Duration::from_millis(1))
            }
            _ => {
                state.end = Some((end, Instant::now()));
                Some(QUIET)
            }
        }
    }

    /// At the end of a file: goes on with the one that has its name now.
    fn successor(&self, from: &LogPlace, file: &Arc<LogFile>) -> Result<Batch, ApiError> {
        let here = LogPlace { file: Some(Arc::clone(file)), mark: from.mark, offset: from.offset };
        match self.current()? {
            // A last write may have come to the old file between our read and its replacement.
            Some(next) if next.identity != file.identity && !file.is_longer_than(from.offset) => {
                Ok(reset(ResetReason::Replaced, Some(next)))
            }
            _ => Ok(nothing(&here)),
        }
    }

    /// The file that a place is in, or what has the name now.
    fn file_of(&self, place: &LogPlace) -> Result<Option<Arc<LogFile>>, ApiError> {
        match &place.file {
            Some(file) => Ok(Some(Arc::clone(file))),
            None => self.current(),
        }
    }

    /// The file that has the name now; opened only where it is another than at the last look.
    fn current(&self) -> Result<Option<Arc<LogFile>>, ApiError> {
        let name = self.stream.file().name();
        let Ok(stamp) = self.run.dir().stamp(name) else { return Ok(None) };
        let mut state = self.state();
        if let Some(file) = state.file.as_ref().filter(|file| file.inode == stamp.inode()) {
            return Ok(Some(Arc::clone(file)));
        }
        let opened: File = match self.run.open(self.stream.file(), Open::Read) {
            Ok(opened) => opened,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let opened = LogFile::new(opened).map_err(|error| self.failed(&error))?;
        match &state.file {
            // A link has a number of its own.
            Some(file) if file.identity == opened.identity => {}
            _ => state.file = Some(Arc::new(opened)),
        }
        Ok(state.file.clone())
    }

    /// Whether nothing will be written any more: the record says so, or is gone with the whole run.
    fn has_ended(&self) -> bool {
        let stamp = if self.run.is_foreign() { None } else { self.run.info_stamp().ok() };
        if let Some((seen, ended)) = self.state().record
            && stamp == Some(seen)
        {
            return ended;
        }
        let ended = match self.run.info() {
            Ok(info) => info.status.is_ended(),
            // One that cannot be read may be mended.
            Err(error) => error.is_not_found(),
        };
        self.state().record = stamp.map(|stamp| (stamp, ended));
        ended
    }

    fn failed(&self, error: &io::Error) -> ApiError {
        ApiError::io(format_args!("read {}", self.run.file_path(self.stream.file()).display()), error)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for LogSource {
    fn read(&self, from: &Place) -> Result<Batch, ApiError> {
        let Place::Log(from) = from else { return Ok(Batch::nothing(from.clone())) };
        let mut found = self.read_on(from, false)?;
        if !found.is_nothing() {
            return Ok(found);
        }
        if !self.has_ended() {
            // Other systems write down no end of a run whose process is gone: it has to be looked for.
            found.again = found.again.or(self.run.is_foreign().then_some(QUIET));
            return Ok(found);
        }
        // What was written before the record said so is there by now.
        let mut rest = self.read_on(from, true)?;
        if rest.is_nothing() {
            rest.items.push(Item::new(FrameKind::End, end_data(EndReason::Ended), rest.place.clone()));
            rest.is_end = true;
        }
        Ok(rest)
    }

    fn watches(&self) -> Vec<Watch> {
        let watcher = Watcher::global();
        let log = watcher.watch(&self.run.file_path(self.stream.file()));
        vec![log, watcher.watch(&self.run.info_path())]
    }
}

fn nothing(at: &LogPlace) -> Batch {
    Batch::nothing(Place::Log(at.clone()))
}

/// Tells that reading begins anew, with `file` where there is one.
fn reset(reason: ResetReason, file: Option<Arc<LogFile>>) -> Batch {
    #[derive(Serialize)]
    struct Reset {
        offset: u64,
        reason: ResetReason,
    }
    let place = Place::Log(LogPlace { offset: 0, mark: None, file });
    let data = Json::of(&Reset { offset: 0, reason });
    Batch { items: vec![Item::new(FrameKind::Reset, data, place.clone())], ..Batch::nothing(place) }
}
