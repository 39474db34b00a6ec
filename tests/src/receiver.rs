//! A receiver of HTTP requests on the loopback that answers as a test wants, and remembers what it got.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};

use crate::env::wait_for;

/// A request that came whole.
#[derive(Debug, Clone)]
pub struct Request {
    /// Path and query.
    pub path: String,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: String,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The id of a webhook's event.
    ///
    /// # Panics
    /// When it has none.
    pub fn id(&self) -> &str {
        self.header("webhook-id").expect("webhook-id")
    }

    /// Its body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }
}

/// How a request is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// With a status, more headers (each with its line end), and a body.
    Status(u16, String, String),
    /// Not at all, for so long.
    Silence(Duration),
}

impl Answer {
    /// A status and nothing else.
    pub fn status(status: u16) -> Self {
        Self::Status(status, String::new(), String::new())
    }

    /// A status with one header.
    pub fn with(status: u16, name: &str, value: &str) -> Self {
        Self::Status(status, format!("{name}: {value}\r\n"), String::new())
    }
}

type Decide = Box<dyn FnMut(&Request) -> Answer + Send>;

/// The receiver. Its port stays its own, also while it is down.
pub struct Receiver {
    address: SocketAddr,
    asleep: Option<OwnedFd>,
    shared: Arc<Shared>,
}

struct Shared {
    got: Mutex<Vec<Request>>,
    decide: Mutex<Decide>,
}

impl Receiver {
    /// One that accepts everything.
    pub fn new() -> Self {
        let mut receiver = Self::down();
        receiver.up();
        receiver
    }

    /// One that refuses connections until it is up.
    ///
    /// # Panics
    /// When there is no port.
    pub fn down() -> Self {
        let asleep = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
        bind(&asleep, &SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port");
        let address = getsockname(&asleep).expect("a name").try_into().expect("an address");
        let decide: Decide = Box::new(|_| Answer::status(200));
        let shared = Arc::new(Shared { got: Mutex::default(), decide: Mutex::new(decide) });
        Self { address, asleep: Some(asleep), shared }
    }

    /// Begins to listen.
    ///
    /// # Panics
    /// When it listens already.
    pub fn up(&mut self) {
        let asleep = self.asleep.take().expect("it is down");
        listen(&asleep, 64).expect("it listens");
        let (listener, shared) = (TcpListener::from(asleep), Arc::clone(&self.shared));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || shared.serve(stream));
            }
        });
    }

    /// Answers so from now on.
    pub fn answer(&self, decide: impl FnMut(&Request) -> Answer + Send + 'static) {
        *lock(&self.shared.decide) = Box::new(decide);
    }

    /// Its address, `http://127.0.0.1:<port>`, with this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What it got so far.
    pub fn got(&self) -> Vec<Request> {
        lock(&self.shared.got).clone()
    }

    /// Forgets what it got so far.
    pub fn forget(&self) {
        lock(&self.shared.got).clear();
    }

    /// The ids of what it got so far.
    pub fn ids(&self) -> Vec<String> {
        self.got().iter().map(|request| request.id().to_owned()).collect()
    }

    /// Waits for a request that is meant.
    ///
    /// # Panics
    /// When none comes.
    pub fn wait(&self, what: &str, is_meant: impl Fn(&Request) -> bool) -> Request {
        wait_for(what, || self.got().into_iter().find(&is_meant))
    }
}

impl Default for Receiver {
    fn default() -> Self {
        Self::new()
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> Option<()> {
        let request = read(&stream)?;
        let answer = lock(&self.decide)(&request);
        lock(&self.got).push(request);
        match answer {
            Answer::Status(status, headers, body) => {
                let head = format!("HTTP/1.1 {status} X\r\n{headers}connection: close");
                write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).ok()
            }
            Answer::Silence(span) => {
                stream.set_read_timeout(Some(span)).ok()?;
                // Returns when the other side gives up.
                let _ = stream.read(&mut [0]);
                None
            }
        }
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut lines = reader.by_ref().lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<(String, String)> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": ").map(|(key, value)| (key.to_lowercase(), value.to_owned())))
        .collect();
    let length = headers.iter().find(|(key, _)| key == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { path, headers, body: String::from_utf8(body).ok()? })
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
