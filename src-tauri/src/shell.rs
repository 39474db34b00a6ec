//! The environment of the person's login shell.
//!
//! A launcher starts an app with neither the `PATH` nor the keys that a shell's own files set. So the shell is
//! asked once: as a login shell and an interactive one, since people write them into either file. What such files
//! print is told from the answer by a mark; a shell that hangs is ended.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use conductor_core::environment::{Origin, Variables};
use rustix::process::{Pid, Signal, kill_process_group};
use serde::Serialize;

/// How long a shell may take.
const LIMIT: Duration = Duration::from_secs(3);
/// Bytes that a shell may print.
const LARGEST: u64 = 1 << 20;
/// Variables that are about the shell itself or the session it runs in: those of this process hold.
const OWN: [&str; 15] = [
    "_",
    "COLUMNS",
    "DBUS_SESSION_BUS_ADDRESS",
    "DESKTOP_STARTUP_ID",
    "DISPLAY",
    "LINES",
    "OLDPWD",
    "PWD",
    "SHLVL",
    "TERM",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "XDG_ACTIVATION_TOKEN",
    "XDG_RUNTIME_DIR",
    "XDG_SESSION_ID",
];

/// How the environment was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reading {
    /// The shell that was asked; absent: not yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub shell: Option<String>,
    /// Milliseconds that it took.
    #[cfg_attr(test, ts(type = "number"))]
    pub took: u64,
    /// Why nothing was read, and the app's own environment counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub problem: Option<String>,
}

impl Reading {
    /// As `doctor` tells it.
    pub fn origin(&self) -> Origin {
        let shell = self.shell.as_deref().unwrap_or_default();
        Origin { what: format!("the login shell {shell}"), problem: self.problem.clone() }
    }
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
enum ShellError {
    #[error("{}: {source}", shell.display())]
    Start { shell: PathBuf, source: std::io::Error },
    #[error("{} did not answer within {} s", shell.display(), LIMIT.as_secs())]
    Slow { shell: PathBuf },
    #[error("{} ended without an answer", shell.display())]
    Nothing { shell: PathBuf },
}

/// The environment of the login shell, with what of `own` it does not say; `own` where it cannot be read.
pub fn read_login(own: Variables) -> (Variables, Reading) {
    let (shell, began) = (shell_of(&own), Instant::now());
    let read = read(&shell, &own, LIMIT);
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let reading = Reading { shell: Some(shell.display().to_string()), took, problem: None };
    match read {
        Ok(told) => (merged(own, told), reading),
        Err(error) => {
            tracing::warn!(%error, "the login shell's environment was not read");
            (own, Reading { problem: Some(error.to_string()), ..reading })
        }
    }
}

fn shell_of(own: &Variables) -> PathBuf {
    let named = own.get(OsStr::new("SHELL")).filter(|shell| !shell.is_empty());
    named.map_or_else(|| PathBuf::from("/bin/sh"), PathBuf::from)
}

/// What the shell told, but for what is this process's own; names that only `own` has stay.
fn merged(own: Variables, told: Variables) -> Variables {
    let is_own = |name: &OsStr| OWN.iter().any(|one| name == *one);
    let mut merged: BTreeMap<_, _> = own;
    merged.extend(told.into_iter().filter(|(name, _)| !is_own(name)));
    merged
}

fn read(shell: &Path, own: &Variables, limit: Duration) -> Result<Variables, ShellError> {
    let mark = format!("conductor-{}", ulid::Ulid::generate());
    let mut child =
        start(shell, own, &mark).map_err(|source| ShellError::Start { shell: shell.to_owned(), source })?;
    let stdout = child.stdout.take();
    let (tell, told) = mpsc::channel();
    let end = mark.clone();
    let reader = std::thread::spawn(move || drop(tell.send(stdout.and_then(|out| between(out, &end)))));
    let answer = told.recv_timeout(limit);
    end_all(&mut child);
    drop(reader);
    match answer {
        Ok(Some(bytes)) => Ok(parse(&bytes)),
        Ok(None) => Err(ShellError::Nothing { shell: shell.to_owned() }),
        Err(_) => Err(ShellError::Slow { shell: shell.to_owned() }),
    }
}

/// In a session of its own, where it has no terminal to take.
fn start(shell: &Path, own: &Variables, mark: &str) -> std::io::Result<Child> {
    let words = words(shell, mark);
    let prepare = |command: &mut Command| {
        command.env_clear().envs(own).env("TERM", "dumb").current_dir(home(own));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    };
    let mut command = Command::new("setsid");
    command.arg(shell).args(&words);
    prepare(&mut command);
    match command.spawn() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut command = Command::new(shell);
            command.args(&words).process_group(0);
            prepare(&mut command);
            command.spawn()
        }
        started => started,
    }
}

/// What a shell is called with. `env -0` is the only form that every value survives; whole paths, since anything may
/// be an alias. A bash that is a login shell reads no `.bashrc`: it becomes one that does.
fn words(shell: &Path, mark: &str) -> Vec<OsString> {
    let mark = format!("/usr/bin/printf %s {mark}");
    let script = format!("{mark}; /usr/bin/env -0; {mark}");
    match shell.file_name().and_then(OsStr::to_str) {
        Some("bash") => {
            let again = r#"exec "$0" -i -c "$1""#;
            vec!["-l".into(), "-c".into(), again.into(), shell.into(), script.into()]
        }
        _ => vec!["-l".into(), "-i".into(), "-c".into(), script.into()],
    }
}

fn home(own: &Variables) -> PathBuf {
    let home = own.get(OsStr::new("HOME")).map(PathBuf::from).filter(|home| home.is_dir());
    home.unwrap_or_else(|| PathBuf::from("/"))
}

/// What stands between the two marks; none where the second one does not come.
fn between(out: ChildStdout, mark: &str) -> Option<Vec<u8>> {
    let mut out = out.take(LARGEST);
    let (mut text, mut part) = (Vec::new(), [0; 16 << 10]);
    loop {
        if let Some((from, to)) = marks(&text, mark.as_bytes()) {
            return Some(text[from..to].to_vec());
        }
        match out.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(read) => text.extend_from_slice(&part[..read]),
        }
    }
}

fn marks(text: &[u8], mark: &[u8]) -> Option<(usize, usize)> {
    let find =
        |from: usize| text[from..].windows(mark.len()).position(|part| part == mark).map(|at| from + at);
    let from = find(0)? + mark.len();
    Some((from, find(from)?))
}

fn parse(bytes: &[u8]) -> Variables {
    let pairs = bytes.split(|byte| *byte == 0).filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b'=').filter(|at| *at > 0)?;
        Some((OsStr::from_bytes(&line[..at]).to_owned(), OsString::from_vec(line[at + 1..].to_vec())))
    });
    pairs.collect()
}

/// Ends the shell and what it started; what its files left in the background has no other end.
fn end_all(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let _ = group.map(|group| kill_process_group(group, Signal::KILL));
    let _ = (child.kill(), child.wait());
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Person(tempfile::TempDir);

    impl Person {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a home"))
        }

        fn file(&self, name: &str, text: &str) -> PathBuf {
            let path = self.0.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(&path, text).expect("written");
            path
        }

        fn env(&self) -> Variables {
            let home = self.0.path().as_os_str().to_owned();
            [("HOME".into(), home), ("PATH".into(), "/usr/bin:/bin".into()), ("DISPLAY".into(), ":7".into())]
                .into()
        }
    }

    fn get<'a>(variables: &'a Variables, name: &str) -> Option<&'a str> {
        variables.get(OsStr::new(name)).and_then(|value| value.to_str())
    }

    #[test]
    fn what_a_noisy_bashrc_sets_is_read() {
        let me = Person::new();
        me.file(
            ".bashrc",
            "echo welcome; echo oops >&2; alias env=false; alias printf=false\n\
             export PATH=\"$HOME/.local/bin:$PATH\" KEY='two\nlines' DISPLAY=:wrong\ntrap 'echo bye' EXIT\n",
        );
        let own = me.env();
        let told = read(Path::new("/bin/bash"), &own, Duration::from_secs(20)).expect("an answer");
        let all = merged(own, told);
        // What follows is /etc/profile's.
        let first = format!("{}/.local/bin:", me.0.path().display());
        assert!(get(&all, "PATH").is_some_and(|path| path.starts_with(&first)), "{all:?}");
        assert_eq!(get(&all, "KEY"), Some("two\nlines"));
        assert_eq!(get(&all, "DISPLAY"), Some(":7"), "the session's own stays");
    }

    #[test]
    fn the_files_of_a_login_shell_count_too() {
        let me = Person::new();
        me.file(".profile", "export FROM_PROFILE=yes\n");
        me.file(".bashrc", "[ -n \"$FROM_PROFILE\" ] && export AFTER_IT=yes\n");
        for shell in ["/bin/bash", "/bin/sh"] {
            let told = read(Path::new(shell), &me.env(), Duration::from_secs(20)).expect("an answer");
            assert_eq!(get(&told, "FROM_PROFILE"), Some("yes"), "{shell}");
            assert_eq!(get(&told, "AFTER_IT").is_some(), shell == "/bin/bash");
        }
    }

    #[test]
    fn a_shell_that_hangs_is_ended_with_all_it_started() {
        let me = Person::new();
        let mark = me.0.path().join("pid");
        me.file(".bashrc", &format!("sleep 1000 & echo $! > '{}'; wait\n", mark.display()));
        let began = Instant::now();
        let answer = read(Path::new("/bin/bash"), &me.env(), Duration::from_secs(2));
        assert!(matches!(answer, Err(ShellError::Slow { .. })), "{answer:?}");
        assert!(began.elapsed() < Duration::from_secs(10));
        let pid = std::fs::read_to_string(mark).expect("its child");
        let gone = || {
            std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).map_or(true, |s| s.contains(") Z "))
        };
        while !gone() {
            assert!(began.elapsed() < Duration::from_secs(20), "{pid} still lives");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn a_background_job_that_keeps_the_pipe_open_delays_nothing() {
        let me = Person::new();
        me.file(".bashrc", "sleep 1000 &\nexport AFTER=1\n");
        let told = read(Path::new("/bin/bash"), &me.env(), Duration::from_secs(20)).expect("an answer");
        assert_eq!(get(&told, "AFTER"), Some("1"));
    }

    #[test]
    fn without_an_answer_the_own_environment_counts() {
        let me = Person::new();
        let mut own = me.env();
        own.insert("SHELL".into(), "/bin/false".into());
        let (variables, reading) = read_login(own.clone());
        assert_eq!((variables, reading.shell.as_deref()), (own.clone(), Some("/bin/false")));
        assert_eq!(reading.problem.as_deref(), Some("/bin/false ended without an answer"));
        own.insert("SHELL".into(), "/no/such/shell".into());
        assert!(read_login(own).1.problem.is_some());
    }

    #[test]
    fn a_shell_with_words_of_its_own_is_called_with_the_same_words() {
        let me = Person::new();
        let shell =
            me.file("odd", "#!/bin/sh\n[ \"$1 $2 $3\" = '-l -i -c' ] && ODD=1 exec /bin/sh -c \"$4\"\n");
        std::fs::set_permissions(&shell, std::fs::Permissions::from_mode(0o755)).expect("executable");
        let told = read(&shell, &me.env(), Duration::from_secs(20)).expect("an answer");
        assert_eq!(get(&told, "ODD"), Some("1"));
    }
}
