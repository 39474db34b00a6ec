//! The server as a service of the user's systemd: its unit, and what systemd makes of it.
//!
//! Only the server's own process is the service's. Supervisors are started in scopes of their own where systemd
//! offers them, and `KillMode=process` leaves them alone where it does not.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;

use super::{ApiError, App, ErrorCode};
use crate::store::{Dir, StoreError};
use crate::supervisor::detach;

/// The unit's name.
pub const UNIT: &str = "conductor.service";
/// What every unit of ours begins with: another one is nobody's to overwrite.
const OURS: &str = "# Written by `run-agent service install`.";
/// Most bytes of a unit.
const LARGEST: u64 = 64 << 10;

/// What was done, and what is left to the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceChange {
    /// The unit's file.
    pub path: PathBuf,
    /// Whether the file was changed.
    pub changed: bool,
    /// Whether systemd was told; else no systemd of the user runs here.
    pub carried_out: bool,
    /// Commands that are left to do.
    pub todo: Vec<String>,
}

/// How the service is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceView {
    /// The unit's file.
    pub path: PathBuf,
    /// What systemd says of it (`active`, `inactive`, `failed`, …); absent where no systemd of the user runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Whether it is started at login or boot, in systemd's word; absent as `state`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<String>,
    /// Where the root's server is, whoever started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl App {
    /// Writes the unit, and starts or restarts the service where that changes anything. `program`: what this
    /// process runs; `options`: of `serve`.
    ///
    /// # Errors
    /// When the unit is another's or cannot be written, the program will not stay where it is, and where
    /// systemd refuses.
    pub fn install_service(&self, program: &Path, options: &[String]) -> Result<ServiceChange, ApiError> {
        let text = self.unit(program, options)?;
        let folder = Dir::create_all(&self.unit_folder()?)?;
        let before = ours(&folder)?;
        let changed = before.as_deref() != Some(text.as_str());
        if changed {
            folder.replace(UNIT, text.as_bytes())?;
        }
        let path = folder.join(UNIT);
        let linger = self.ends_with_logins().then(|| "loginctl enable-linger".to_owned());
        let Some(systemd) = self.systemd() else {
            let todo = ["daemon-reload", &format!("enable --now {UNIT}")]
                .map(|verb| format!("systemctl --user {verb}"));
            return Ok(ServiceChange {
                path,
                changed,
                carried_out: false,
                todo: todo.into_iter().chain(linger).collect(),
            });
        };
        systemd.tell(&["daemon-reload"])?;
        systemd.tell(&["enable", "--quiet", UNIT])?;
        if changed || systemd.ask("is-active") != "active" {
            systemd.tell(&["restart", UNIT])?;
        }
        Ok(ServiceChange { path, changed, carried_out: true, todo: linger.into_iter().collect() })
    }

    /// How the service is.
    ///
    /// # Errors
    /// When it is not installed.
    pub fn service(&self) -> Result<ServiceView, ApiError> {
        let folder = self.installed()?;
        let systemd = self.systemd();
        Ok(ServiceView {
            path: folder.join(UNIT),
            state: systemd.as_ref().map(|systemd| systemd.ask("is-active")),
            enabled: systemd.as_ref().map(|systemd| systemd.ask("is-enabled")),
            url: self.running_server().map(|server| server.url),
        })
    }

    /// Ends the service and removes its unit. Agents go on.
    ///
    /// # Errors
    /// When it is not installed, or is another's, and where systemd refuses.
    pub fn remove_service(&self) -> Result<ServiceChange, ApiError> {
        let folder = self.installed()?;
        let path = folder.join(UNIT);
        let systemd = self.systemd();
        if let Some(systemd) = &systemd {
            systemd.tell(&["disable", "--quiet", "--now", UNIT])?;
        }
        folder.remove(UNIT)?;
        let Some(systemd) = systemd else {
            let todo = vec!["systemctl --user daemon-reload".to_owned()];
            return Ok(ServiceChange { path, changed: true, carried_out: false, todo });
        };
        systemd.tell(&["daemon-reload"])?;
        Ok(ServiceChange { path, changed: true, carried_out: true, todo: Vec::new() })
    }

    /// The folder of the unit, where it is installed.
    fn installed(&self) -> Result<Dir, ApiError> {
        let path = self.unit_folder()?;
        let none = || {
            ApiError::not_found(format_args!("no service is installed in {}", path.display()))
                .with_hint("`run-agent service install` installs it")
        };
        let folder = match Dir::open(&path) {
            Err(error) if error.is_not_found() => return Err(none()),
            folder => folder?,
        };
        ours(&folder)?.map(|_| folder).ok_or_else(none)
    }

    fn unit_folder(&self) -> Result<PathBuf, ApiError> {
        let absolute = |name| self.caller.variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let config =
            absolute("XDG_CONFIG_HOME").or_else(|| absolute("HOME").map(|home| home.join(".config")));
        let config =
            config.ok_or_else(|| ApiError::usage("neither HOME nor XDG_CONFIG_HOME names a folder"))?;
        Ok(config.join("systemd/user"))
    }

    fn unit(&self, program: &Path, options: &[String]) -> Result<String, ApiError> {
        let program = self.lasting_program(program)?;
        let mut words = vec![quoted(&program)?, "serve".to_owned(), "--root".to_owned()];
        words.push(argument(self.root_path())?);
        if let Some(config) = self.config_file() {
            words.extend(["--config".to_owned(), argument(&config)?]);
        }
        for option in options {
            words.push(argument(option)?);
        }
        let mut text = format!(
            "{OURS}\n# What is to be different stands in `systemctl --user edit {UNIT}`.\n\n\
             [Unit]\nDescription=Conductor Loop\n\n[Service]\nType=notify\nExecStart={}\n",
            words.join(" ")
        );
        // Agents' programs are found as they are found by the person who installs it.
        if let Some(path) = self.caller.variable("PATH") {
            text.push_str(&format!("Environment={}\n", quoted(&setting("PATH", path)?)?));
        }
        text.push_str(
            "Restart=on-failure\nRestartSec=2\nTimeoutStopSec=30\n\
             # Agents are not the server's: its end, and the end of one of them, touches no other.\n\
             KillMode=process\nOOMPolicy=continue\n\n[Install]\nWantedBy=default.target\n",
        );
        Ok(text)
    }

    /// The configuration file that was named, absolute.
    fn config_file(&self) -> Option<PathBuf> {
        let named = self.caller.config.clone();
        let path = named.or_else(|| self.caller.variable("CONDUCTOR_CONFIG").map(PathBuf::from))?;
        Some(self.caller.cwd.join(path))
    }

    /// The program under a name that outlives an upgrade: the one on the path that leads to it, else its own.
    fn lasting_program(&self, program: &Path) -> Result<PathBuf, ApiError> {
        if program.starts_with(self.root_path()) || !program.exists() {
            let gone = format_args!("{} will not stay: it is a copy, or was replaced", program.display());
            return Err(ApiError::usage(gone).with_hint("call the installed run-agent by its path"));
        }
        let folders = self.caller.variable("PATH").map(std::env::split_paths).into_iter().flatten();
        let name = program.file_name().unwrap_or(OsStr::new("run-agent"));
        let mut named = folders.filter(|folder| folder.is_absolute()).map(|folder| folder.join(name));
        let leads_there = |path: &PathBuf| std::fs::canonicalize(path).is_ok_and(|path| path == program);
        Ok(named.find(leads_there).unwrap_or_else(|| program.to_owned()))
    }

    /// Whether the services of this user end with the last login.
    fn ends_with_logins(&self) -> bool {
        let user = self.caller.text("USER").or(self.caller.text("LOGNAME")).unwrap_or("root");
        !Path::new("/var/lib/systemd/linger").join(user).exists()
    }

    fn systemd(&self) -> Option<Systemd<'_>> {
        detach::systemd_answers().then_some(Systemd { app: self })
    }
}

/// The user's systemd, which answers.
struct Systemd<'a> {
    app: &'a App,
}

impl Systemd<'_> {
    /// What a question about the unit is answered with; it is no failure when that is a no.
    fn ask(&self, verb: &str) -> String {
        let said = self.command(&[verb, UNIT]).output();
        said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default()
    }

    fn tell(&self, words: &[&str]) -> Result<(), ApiError> {
        let what = format!("systemctl --user {}", words.join(" "));
        let said = self.command(words).output().map_err(|error| ApiError::io(&what, &error))?;
        if said.status.success() {
            return Ok(());
        }
        let why = String::from_utf8_lossy(&said.stderr);
        Err(ApiError::new(ErrorCode::Io, format_args!("{what}: {}", why.trim()))
            .with_hint(format_args!("`journalctl --user --unit {UNIT}` shows what the service said")))
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("systemctl");
        command.arg("--user").args(words).env_clear().envs(&self.app.caller.env);
        command
    }
}

/// The unit that stands there; none where there is none.
fn ours(folder: &Dir) -> Result<Option<String>, ApiError> {
    let text = match folder.read_text(UNIT, LARGEST) {
        Err(error) if error.is_not_found() => return Ok(None),
        text => text.map_err(|error: StoreError| ApiError::from(error))?,
    };
    if text.starts_with(OURS) {
        return Ok(Some(text));
    }
    let path = folder.join(UNIT);
    Err(ApiError::conflict(format_args!("{} was not written by `run-agent service install`", path.display()))
        .with_hint("move it away, or keep it and do without"))
}

fn setting(name: &str, value: &OsStr) -> Result<String, ApiError> {
    Ok(format!("{name}={}", plain(value)?))
}

/// A word of `ExecStart` behind the program.
fn argument(word: impl AsRef<OsStr>) -> Result<String, ApiError> {
    Ok(quoted(word)?.replace('$', "$$"))
}

/// A word as systemd reads it back, after `systemd.syntax(7)` and `systemd.unit(5)`.
fn quoted(word: impl AsRef<OsStr>) -> Result<String, ApiError> {
    let word = plain(word.as_ref())?;
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%");
    Ok(format!("\"{escaped}\""))
}

fn plain(word: &OsStr) -> Result<&str, ApiError> {
    word.to_str().filter(|word| !word.contains(char::is_control)).ok_or_else(|| {
        ApiError::usage(format_args!(
            "{} cannot stand in a unit of systemd",
            word.to_string_lossy().escape_debug()
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_by_systemd_as_they_are() {
        let said = |word: &str| argument(word).map_err(|error| error.message);
        assert_eq!(said("/a b/c"), Ok(r#""/a b/c""#.to_owned()));
        assert_eq!(said(r#"50% "of" $HOME\x"#), Ok(r#""50%% \"of\" $$HOME\\x""#.to_owned()));
        assert!(said("a\nExecStartPost=evil").is_err());
    }
}
