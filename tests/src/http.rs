//! HTTP by hand, so that a test can send what no library would.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request; what it lacks is not sent, a `Host` included.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without any header.
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_owned(), path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a body and its length.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Adds a body of JSON.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("Content-Type", "application/json").body(body.to_string())
    }

    /// The bytes of it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some(body) = &self.body {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend(self.body.iter().flatten());
        bytes
    }

    /// Sends it on a connection of its own, and reads the answer.
    ///
    /// # Panics
    /// When no whole answer comes.
    #[track_caller]
    pub fn send(&self, address: &str) -> Answer {
        let stream = self.open(address);
        let mut reader = BufReader::new(stream);
        Answer::read(&mut reader, &self.method)
    }

    /// Sends it over a unix socket, and reads the answer; of a stream, its head alone.
    ///
    /// # Panics
    /// As [`Request::send`].
    #[track_caller]
    pub fn send_unix(&self, socket: &Path) -> Answer {
        let mut stream = UnixStream::connect(socket).expect("a server");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        let _ = stream.write_all(&self.bytes());
        Answer::read_all_but_streams(&mut BufReader::new(stream), &self.method)
    }

    /// Sends it on a connection of its own, and reads the answer; of a stream, its head alone.
    ///
    /// # Panics
    /// As [`Request::send`].
    #[track_caller]
    pub fn send_any(&self, address: &str) -> Answer {
        Answer::read_all_but_streams(&mut BufReader::new(self.open(address)), &self.method)
    }

    /// Sends it on a connection of its own.
    ///
    /// # Panics
    /// When nobody listens.
    #[track_caller]
    pub fn open(&self, address: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).expect("a server");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        // One that answers before it has read all may close the connection.
        let _ = stream.write_all(&self.bytes());
        stream
    }
}

impl Answer {
    /// Reads a head and, unless it is of a stream, the body.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn read(reader: &mut impl BufRead, method: &str) -> Self {
        Self::head(reader).with_body(reader, method)
    }

    #[track_caller]
    fn read_all_but_streams(reader: &mut impl BufRead, method: &str) -> Self {
        let answer = Self::head(reader);
        match answer.header("content-type") {
            Some("text/event-stream") => answer,
            _ => answer.with_body(reader, method),
        }
    }

    #[track_caller]
    fn with_body(self, reader: &mut impl BufRead, method: &str) -> Self {
        let mut answer = self;
        if method == "HEAD" || answer.status == 304 || answer.status == 204 {
            return answer;
        }
        if answer.header("transfer-encoding").is_some_and(|encoding| encoding == "chunked") {
            while let Some(chunk) = read_chunk(reader) {
                answer.body.extend(chunk);
            }
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse().expect("a length");
            answer.body.resize(length, 0);
            reader.read_exact(&mut answer.body).expect("the whole body");
        } else {
            reader.read_to_end(&mut answer.body).expect("the whole body");
        }
        answer
    }

    /// Reads a head alone.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn head(reader: &mut impl BufRead) -> Self {
        let mut line = String::new();
        reader.read_line(&mut line).expect("an answer");
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("no answer: {line:?}"));
        let mut headers = Vec::new();
        loop {
            line.clear();
            reader.read_line(&mut line).expect("a head");
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        Self { status, headers, body: Vec::new() }
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Checks the status, and shows everything when it is another one.
    ///
    /// # Panics
    /// When it is another one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

/// The next chunk of a body; none at its end.
///
/// # Panics
/// When it is cut off.
#[track_caller]
pub fn read_chunk(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = String::new();
    if reader.read_line(&mut line).expect("a chunk") == 0 {
        return None;
    }
    let length = usize::from_str_radix(line.trim(), 16).unwrap_or_else(|_| panic!("no chunk: {line:?}"));
    let mut chunk = vec![0; length + 2];
    reader.read_exact(&mut chunk).expect("a whole chunk");
    chunk.truncate(length);
    (length > 0).then_some(chunk)
}
