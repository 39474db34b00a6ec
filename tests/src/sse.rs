//! A client of Server-Sent Events that can break off anywhere.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::PATIENCE;
use crate::http::{Answer, Request};

/// An event as a browser dispatches it.
#[derive(Debug, Clone)]
pub struct Event {
    /// What resumes after it.
    pub id: String,
    /// Its word.
    pub kind: String,
    /// Its content.
    pub data: Value,
}

/// A stream that is open.
#[derive(Debug)]
pub struct EventStream {
    connection: BufReader<TcpStream>,
    /// The answer, without its body.
    pub answer: Answer,
    /// Bytes of the chunk that is being read that are still to come.
    in_chunk: usize,
    /// What came and is no whole event yet.
    text: Vec<u8>,
    /// The id that a browser would come back with.
    pub last_id: String,
    has_ended: bool,
}

impl EventStream {
    /// Sends a request for a stream; `after`: the id of the last event, empty for none.
    ///
    /// # Panics
    /// When the answer is no stream.
    #[track_caller]
    pub fn open(request: Request, address: &str, after: &str) -> Self {
        let request = if after.is_empty() { request } else { request.header("Last-Event-ID", after) };
        let mut connection = BufReader::with_capacity(256 << 10, request.open(address));
        let answer = Answer::head(&mut connection);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("text/event-stream"));
        let last_id = after.to_owned();
        Self { connection, answer, in_chunk: 0, text: Vec::new(), last_id, has_ended: false }
    }

    /// The next event, which has to come.
    ///
    /// # Panics
    /// When none comes.
    #[track_caller]
    pub fn event(&mut self) -> Event {
        self.poll(PATIENCE).expect("an event comes")
    }

    /// The next event, if it comes in time.
    pub fn poll(&mut self, patience: Duration) -> Option<Event> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(event) = self.take() {
                return Some(event);
            }
            if !self.fill(usize::MAX, deadline) {
                return None;
            }
        }
    }

    /// Reads so many bytes at most and takes what is whole of them, as a client whose connection breaks then.
    pub fn read_bytes(&mut self, count: usize, patience: Duration) -> Vec<Event> {
        let (deadline, mut left) = (Instant::now() + patience, count);
        while left > 0 {
            let before = self.text.len();
            if !self.fill(left, deadline) {
                break;
            }
            left = left.saturating_sub((self.text.len() - before).max(1));
        }
        std::iter::from_fn(|| self.take()).collect()
    }

    /// Whether the server ended it.
    pub fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Takes an event off what came; parts without content dispatch none, and their id counts.
    fn take(&mut self) -> Option<Event> {
        loop {
            let end = self.text.windows(2).position(|two| two == b"\n\n")?;
            let part: Vec<u8> = self.text.drain(..end + 2).collect();
            let part = String::from_utf8(part).expect("UTF-8");
            let field = |name: &str| part.lines().find_map(|line| line.strip_prefix(name));
            if let Some(id) = field("id: ") {
                id.clone_into(&mut self.last_id);
            }
            if let Some(data) = field("data: ") {
                let data = serde_json::from_str(data).expect("JSON");
                let kind = field("event: ").expect("a word").to_owned();
                return Some(Event { id: self.last_id.clone(), kind, data });
            }
        }
    }

    /// Reads some more; false where nothing comes in time, or any more.
    fn fill(&mut self, most: usize, deadline: Instant) -> bool {
        if self.has_ended {
            return false;
        }
        match self.fill_inner(most, deadline) {
            Ok(()) => true,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => false,
            Err(_) => {
                self.has_ended = true;
                false
            }
        }
    }

    fn fill_inner(&mut self, most: usize, deadline: Instant) -> std::io::Result<()> {
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.connection.get_ref().set_read_timeout(Some(left))?;
        if self.in_chunk == 0 {
            // Heads of chunks are short and come with what they are about.
            let mut line = String::new();
            while line.trim().is_empty() {
                self.connection.fill_buf()?;
                if self.connection.read_line(&mut line)? == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
            }
            self.in_chunk = usize::from_str_radix(line.trim(), 16).map_err(std::io::Error::other)?;
            if self.in_chunk == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        let there = self.connection.fill_buf()?.len();
        let count = there.min(self.in_chunk).min(most);
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let start = self.text.len();
        self.text.resize(start + count, 0);
        self.connection.read_exact(&mut self.text[start..])?;
        self.in_chunk -= count;
        Ok(())
    }
}
