//! Commands that a test runs: captured, with a deadline, never left behind.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What a command printed and how it ended.
#[derive(Debug, Clone)]
pub struct Output {
    /// What was run.
    pub what: String,
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it.
    pub signal: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Output {
    /// Checks the exit code, and shows everything when it is another one.
    ///
    /// # Panics
    /// When it is another one.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Checks that it exited with 0.
    ///
    /// # Panics
    /// When it did not.
    #[track_caller]
    pub fn ok(self) -> Self {
        self.expect_code(0)
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, code, signal, stdout, stderr } = self;
        write!(f, "{what}: code {code:?}, signal {signal:?}\n-- stdout\n{stdout}\n-- stderr\n{stderr}")
    }
}

/// A command that runs. Dropped, it is killed.
#[derive(Debug)]
pub struct Running {
    what: String,
    child: Child,
    // Files, so that neither a slow test nor a background process can block on a full pipe or keep
    // a reader waiting for its end.
    stdout: File,
    stderr: File,
}

impl Running {
    /// Starts it; `what` names it in messages.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command, what: &str) -> Self {
        let file = || tempfile::tempfile().expect("a temporary file");
        let (stdout, stderr) = (file(), file());
        let copy = |file: &File| Stdio::from(file.try_clone().expect("a copy of a descriptor"));
        command.stdout(copy(&stdout)).stderr(copy(&stderr));
        let child = command.spawn().unwrap_or_else(|error| panic!("start {what}: {error}"));
        Self { what: what.to_owned(), child, stdout, stderr }
    }

    /// Its process id.
    pub fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// When it cannot be sent.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap_or_else(|error| panic!("{}: {error}", self.what));
    }

    /// Writes to its standard input, which is to be a pipe, and closes it. One that has ended without
    /// reading it all may have had its reasons.
    ///
    /// # Panics
    /// When it has none, or it cannot be written.
    pub fn write(&mut self, text: &str) {
        let mut stdin = self.child.stdin.take().expect("a pipe as standard input");
        match stdin.write_all(text.as_bytes()) {
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
            written => written.expect("a reader of standard input"),
        }
    }

    /// What it printed so far: standard output and standard error.
    pub fn printed(&self) -> (String, String) {
        (contents(&self.stdout), contents(&self.stderr))
    }

    /// Its end, when it has ended.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn ended(&mut self) -> Option<Output> {
        let status = self.child.try_wait().expect("a child to wait for")?;
        Some(self.output(status))
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it has not ended in time; it is killed then.
    #[track_caller]
    pub fn wait(mut self, limit: Duration) -> Output {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(output) = self.ended() {
                return output;
            }
            if Instant::now() >= deadline {
                let (stdout, stderr) = self.printed();
                panic!("{} runs after {limit:?}\n-- stdout\n{stdout}\n-- stderr\n{stderr}", self.what);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn output(&self, status: ExitStatus) -> Output {
        let (stdout, stderr) = self.printed();
        Output { what: self.what.clone(), code: status.code(), signal: status.signal(), stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail where it has ended, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All of a file, by a position that the writer does not share.
fn contents(file: &File) -> String {
    let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(file));
    let mut bytes = Vec::new();
    let mut reader = File::open(path).expect("a file of our own");
    reader.rewind().expect("a file of our own");
    reader.read_to_end(&mut bytes).expect("a file of our own");
    String::from_utf8_lossy(&bytes).into_owned()
}
