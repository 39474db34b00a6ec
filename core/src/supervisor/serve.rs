//! The body of the hidden `run-agent __supervise`: a supervisor without a terminal.
//!
//! Its standard output is the pipe of whoever started it; the first word on it says whether it owns the
//! task. After that it belongs to nobody: its output goes to the task's `supervisor.log`.

use std::cell::Cell;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use super::detach::Word;
use super::process::cgroup;
use super::record::{RecordErrorKind, TakeError};
use super::{SuperviseError, SuperviseOptions, mend, supervise};
use crate::config::{Config, Sources};
use crate::model::{ProjectId, TaskId, TaskSpec};
use crate::store::{Marker, Root, TaskDir};

/// What it was started with.
struct Orders {
    root: PathBuf,
    project: ProjectId,
    task: TaskId,
    assume_dead: bool,
}

/// Runs a supervisor with the arguments after `__supervise` until its task has ended or is interrupted.
pub fn main(arguments: &[OsString]) -> ExitCode {
    let Some(orders) = Orders::parse(arguments) else {
        eprintln!("run-agent __supervise is how supervisors are started; it is not for calling");
        return ExitCode::from(2);
    };
    let pipe = match leave_starter() {
        Ok(pipe) => Rc::new(Cell::new(Some(pipe))),
        Err(error) => {
            eprintln!("cannot leave the session of its starter: {error}");
            return ExitCode::FAILURE;
        }
    };
    match run(&orders, &pipe) {
        Ok(()) => ExitCode::SUCCESS,
        Err(word) => {
            if let Word::Refused(why) = &word {
                eprintln!("{}/{}: {why}", orders.project, orders.task);
            }
            say(&pipe, &word);
            ExitCode::FAILURE
        }
    }
}

impl Orders {
    fn parse(arguments: &[OsString]) -> Option<Self> {
        let after = |name: &str| {
            let at = arguments.iter().position(|argument| argument == name)?;
            arguments.get(at + 1)
        };
        Some(Self {
            root: after("--root")?.into(),
            project: ProjectId::from_disk(after("--project")?.to_str()?).ok()?,
            task: TaskId::from_disk(after("--task")?.to_str()?).ok()?,
            assume_dead: arguments.iter().any(|argument| argument == "--assume-dead"),
        })
    }
}

/// Leaves session and control group of the run that started it, and takes the pipe off standard output.
fn leave_starter() -> io::Result<File> {
    // Refused only to the leader of a session, which has left already.
    let _ = rustix::process::setsid();
    if let Err(error) = cgroup::leave_run() {
        eprintln!("{error}");
    }
    let pipe = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(pipe.into())
}

/// The pipe until the first word was said.
type Pipe = Rc<Cell<Option<File>>>;

fn say(pipe: &Pipe, word: &Word) {
    let Some(mut pipe) = pipe.take() else { return };
    let mut line = serde_json::to_vec(word).expect("words are always JSON");
    line.push(b'\n');
    // Whoever listened may be gone; the task is supervised all the same.
    let _ = pipe.write_all(&line);
}

fn run(orders: &Orders, pipe: &Pipe) -> Result<(), Word> {
    let refused = |error: &dyn std::fmt::Display| Word::Refused(error.to_string());
    let root = Root::open(&orders.root).map_err(|error| refused(&error))?;
    let task = root.task(&orders.project, &orders.task).map_err(|error| refused(&error))?;
    let (spec, to_stop) = spec_of(&task).map_err(|error| refused(&error))?;
    let config = config_of(&spec).map_err(|error| refused(&error))?;
    let owns = {
        let pipe = Rc::clone(pipe);
        move || say(&pipe, &Word::Owns(std::process::id().cast_signed()))
    };
    let options = SuperviseOptions {
        signals: true,
        owns: Some(Box::new(owns)),
        assume_dead: orders.assume_dead,
        to_stop,
        ..SuperviseOptions::default()
    };
    match supervise(&root, &config, &orders.project, &orders.task, options) {
        Ok(_) => Ok(()),
        Err(error) => Err(word_of(&error)),
    }
}

/// What was asked, and whether that is lost: then the task is taken where it is to be stopped.
fn spec_of(task: &TaskDir) -> Result<(TaskSpec, bool), RecordErrorKind> {
    match task.marker(Marker::Stop)? {
        Some(_) => mend::spec_or_stand_in(task),
        None => Ok((task.spec()?, false)),
    }
}

fn word_of(error: &SuperviseError) -> Word {
    match error {
        SuperviseError::Take(TakeError::Held { holder, .. }) => {
            Word::Held(holder.as_ref().map(|holder| holder.pid))
        }
        error => Word::Refused(error.to_string()),
    }
}

/// The settings that the task was created with: the file that was named then, else the person's own and
/// that of the working folder.
fn config_of(spec: &TaskSpec) -> Result<Config, crate::config::ConfigError> {
    let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let home = std::env::var_os("HOME").unwrap_or_else(|| OsString::from("/"));
    let sources = Sources {
        flag: spec.config.as_ref().map(PathBuf::from),
        env: &env,
        cwd: Path::new(&spec.cwd),
        home: Path::new::<OsStr>(&home),
    };
    Config::load(&sources).map(|loaded| loaded.config)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn orders_name_root_project_and_task() {
        let orders =
            Orders::parse(&words("--root /r --project demo --task a --assume-dead")).expect("orders");
        assert_eq!((orders.root.as_path(), orders.task.as_str()), (Path::new("/r"), "a"));
        assert!(orders.assume_dead);
        assert!(!Orders::parse(&words("--task a --project demo --root /r")).expect("orders").assume_dead);
        for wrong in [
            "",
            "--root /r --project demo",
            "--root /r --project demo --task ..",
            "--root /r --project --task",
        ] {
            assert!(Orders::parse(&words(wrong)).is_none(), "{wrong}");
        }
    }
}
