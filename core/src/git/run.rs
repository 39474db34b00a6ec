//! Who runs git: a face waits for it itself, a supervisor leaves that to its reaper.

use std::fs::File;
use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::error::{GitError, GitErrorKind};

/// Bytes of errors that are read.
const ERRORS: usize = 64 << 10;

/// What a command printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
    /// Whether there was more on the standard output than is read.
    pub cut: bool,
}

/// Runs commands to their end.
pub trait Runner {
    /// How long each may take.
    fn limit(&self) -> Duration;

    /// Runs one, with `stdin` or nothing as its standard input.
    ///
    /// # Errors
    /// [`io::ErrorKind::TimedOut`] when it was killed for its time; when it cannot be started or read from.
    fn run(&self, command: &mut Command, stdin: Option<File>) -> io::Result<Printed>;
}

/// Runs a command of git; what it printed, all of it.
pub(super) fn whole(
    runner: &dyn Runner,
    what: &'static str,
    command: &mut Command,
    stdin: Option<File>,
) -> Result<Vec<u8>, GitError> {
    let printed = part(runner, what, command, stdin)?;
    if printed.cut { Err(GitError::new(what, GitErrorKind::TooMuch)) } else { Ok(printed.stdout) }
}

/// As [`whole`], also where there was more than is read.
pub(super) fn part(
    runner: &dyn Runner,
    what: &'static str,
    command: &mut Command,
    stdin: Option<File>,
) -> Result<Printed, GitError> {
    let run = runner.run(command, stdin);
    let printed = run.map_err(|error| GitError::of_run(what, error, runner.limit()))?;
    // Who is not read to the end is ended by that.
    if printed.code == Some(0) || printed.cut {
        return Ok(printed);
    }
    Err(GitError::new(what, GitErrorKind::refused(&printed.stderr)))
}

/// Runs commands by this process, which is not a supervisor.
#[derive(Debug, Clone, Copy)]
pub struct Here {
    /// How long each may take.
    pub limit: Duration,
    /// Bytes of its standard output that are read.
    pub most: usize,
}

impl Runner for Here {
    fn limit(&self) -> Duration {
        self.limit
    }

    fn run(&self, command: &mut Command, stdin: Option<File>) -> io::Result<Printed> {
        command.stdin(stdin.map_or_else(Stdio::null, Stdio::from));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let (ends, ended) = channel();
        let stdout = read(child.stdout.take(), self.most, ends.clone());
        let stderr = read(child.stderr.take(), ERRORS, ends);
        // Nothing is sent: both let go of their end when there is no more to read.
        let is_slow = ended.recv_timeout(self.limit) == Err(RecvTimeoutError::Timeout);
        if is_slow {
            child.kill()?;
        }
        let status = child.wait()?;
        if is_slow {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let ((stdout, cut), (stderr, _)) = (joined(stdout)?, joined(stderr)?);
        Ok(Printed { code: status.code(), stdout, stderr, cut })
    }
}

type Reading = JoinHandle<io::Result<(Vec<u8>, bool)>>;

/// Reads at most so many bytes; whether there were more.
fn read(from: Option<impl Read + Send + 'static>, most: usize, ends: Sender<()>) -> Reading {
    std::thread::spawn(move || {
        let _ends = ends;
        let mut bytes = Vec::new();
        if let Some(from) = from {
            from.take(most as u64 + 1).read_to_end(&mut bytes)?;
        }
        let cut = bytes.len() > most;
        bytes.truncate(most);
        Ok((bytes, cut))
    })
}

fn joined(reading: Reading) -> io::Result<(Vec<u8>, bool)> {
    reading.join().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(most: usize) -> Here {
        Here { limit: Duration::from_secs(20), most }
    }

    fn shell(line: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", line]);
        command
    }

    #[test]
    fn all_that_is_printed_is_read_and_no_more_than_that() {
        let printed = here(1 << 20).run(&mut shell("printf abc; echo no >&2; exit 3"), None).expect("run");
        let all = (printed.code, &printed.stdout[..], &printed.stderr[..], printed.cut);
        assert_eq!(all, (Some(3), &b"abc"[..], &b"no\n"[..], false));
        let printed = here(5).run(&mut shell("yes"), None).expect("run");
        assert_eq!((&printed.stdout[..], printed.cut), (&b"y\ny\ny"[..], true));
    }

    #[test]
    fn what_takes_too_long_is_killed() {
        let slow = Here { limit: Duration::from_millis(50), most: 5 };
        let error = slow.run(&mut shell("exec sleep 60"), None).expect_err("killed");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let error = whole(&slow, "x", &mut shell("exec sleep 60"), None).expect_err("killed");
        assert_eq!(error.code(), "too_slow");
    }

    #[test]
    fn a_failure_tells_why() {
        let error = whole(&here(9), "x", &mut shell("echo fatal: no >&2; exit 1"), None).expect_err("failed");
        assert_eq!((error.to_string().as_str(), error.code()), ("git says: no", "git_failed"));
        let missing = whole(&here(9), "x", &mut Command::new("/nonexistent"), None).expect_err("missing");
        assert_eq!(missing.code(), "git_missing");
    }
}
