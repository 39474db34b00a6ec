//! A client that does as little as a client can.

use std::net::SocketAddr;

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Bytes that are read at once.
const READ: usize = 256 << 10;

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    bytes: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("a server");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, bytes: Vec::with_capacity(READ) }
    }

    /// Sends a request and reads the answer, which has a length; its body.
    pub async fn ask(&mut self, request: &[u8]) -> Vec<u8> {
        self.stream.write_all(request).await.expect("sent");
        let (head, length) = self.head().await;
        while self.bytes.len() < head + length {
            self.more().await;
        }
        let body = self.bytes[head..head + length].to_vec();
        self.bytes.drain(..head + length);
        body
    }

    /// Sends a request for a stream and reads the head of the answer.
    pub async fn open_stream(mut self, request: &[u8]) -> Events {
        self.stream.write_all(request).await.expect("sent");
        let (head, _) = self.head().await;
        self.bytes.drain(..head);
        Events { connection: self, text: Vec::new(), has_ended: false }
    }

    async fn head(&mut self) -> (usize, usize) {
        loop {
            if let Some(end) = memmem::find(&self.bytes, b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.bytes[..end]).expect("a head");
                assert!(head.starts_with("HTTP/1.1 200"), "{head}");
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                return (end + 4, length.map_or(0, |length| length.parse().expect("a length")));
            }
            self.more().await;
        }
    }

    async fn more(&mut self) {
        assert!(self.read().await > 0, "the server closed the connection");
    }

    async fn read(&mut self) -> usize {
        self.bytes.reserve(READ);
        self.stream.read_buf(&mut self.bytes).await.unwrap_or(0)
    }
}

/// A stream of events that is open.
pub struct Events {
    connection: Connection,
    text: Vec<u8>,
    /// Whether the empty chunk came, with which a stream ends on a connection that is kept.
    has_ended: bool,
}

impl Events {
    /// The next parts between blank lines that came whole, at least one; none when the stream has ended.
    pub async fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            self.unchunk();
            if let Some(end) = memmem::rfind(&self.text, b"\n\n") {
                let rest = self.text.split_off(end + 2);
                return Some(std::mem::replace(&mut self.text, rest));
            }
            if self.has_ended || self.connection.read().await == 0 {
                return None;
            }
        }
    }

    /// Reads at most so many bytes off the connection and takes what is whole; none when it has ended.
    pub async fn some(&mut self, most: usize) -> Option<Vec<u8>> {
        if self.has_ended {
            return None;
        }
        let mut piece = vec![0; most];
        let read = self.connection.stream.read(&mut piece).await.unwrap_or(0);
        if read == 0 {
            return None;
        }
        self.connection.bytes.extend_from_slice(&piece[..read]);
        self.unchunk();
        let end = memmem::rfind(&self.text, b"\n\n").map_or(0, |end| end + 2);
        let rest = self.text.split_off(end);
        Some(std::mem::replace(&mut self.text, rest))
    }

    /// Moves the content of whole chunks to the text.
    fn unchunk(&mut self) {
        let bytes = &mut self.connection.bytes;
        let mut at = 0;
        while let Some(line) = memmem::find(&bytes[at..], b"\r\n") {
            let digits = std::str::from_utf8(&bytes[at..at + line]).expect("a length");
            let length = usize::from_str_radix(digits, 16).expect("a length");
            let begin = at + line + 2;
            if bytes.len() < begin + length + 2 {
                break;
            }
            self.has_ended |= length == 0;
            self.text.extend_from_slice(&bytes[begin..begin + length]);
            at = begin + length + 2;
        }
        bytes.drain(..at);
    }
}

/// The contents of the events in a piece of a stream, of one kind, with their ids.
pub fn events<'a>(text: &'a [u8], kind: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let text = std::str::from_utf8(text).expect("UTF-8");
    text.split("\n\n").filter_map(move |part| {
        let field = |name: &str| part.lines().find_map(|line| line.strip_prefix(name));
        (field("event: ")? == kind)
            .then(|| (field("id: ").unwrap_or_default(), field("data: ").unwrap_or_default()))
    })
}
