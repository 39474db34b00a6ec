//! Finding agents on this machine: the program, its version, its login.

use std::ffi::OsStr;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::{AgentError, AgentErrorKind, AgentSettings, Env};

/// How long an agent may take to print its version; gemini needs seconds on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of what an agent prints about itself that are read.
const ANSWER_MAX: u64 = 64 * 1024;

/// The program of an agent, absolute: the configured command's first word, or `usual`.
pub(super) fn program(
    settings: &AgentSettings,
    usual: &str,
    hint: &str,
    env: &Env,
) -> Result<PathBuf, AgentError> {
    let name = settings.command.first().map_or(usual, String::as_str);
    find(name, &search_path(settings, env)).ok_or_else(|| AgentError {
        agent: settings.name.clone(),
        kind: AgentErrorKind::Missing { program: name.to_owned(), hint: hint.to_owned() },
    })
}

/// The path on which an agent's program is looked for: its own setting, else the environment's.
fn search_path(settings: &AgentSettings, env: &Env) -> std::ffi::OsString {
    match settings.env.get("PATH") {
        Some(path) => path.into(),
        None => env.get(OsStr::new("PATH")).cloned().unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()),
    }
}

/// An executable file by name on `path`, or by its path; `~/` is the home folder.
fn find(name: &str, path: &OsStr) -> Option<PathBuf> {
    let is_program = |file: &Path| {
        std::fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
    };
    if name.contains('/') {
        let file = match name.strip_prefix("~/") {
            Some(rest) => std::env::home_dir()?.join(rest),
            None => std::path::absolute(name).ok()?,
        };
        return is_program(&file).then_some(file);
    }
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| is_program(file))
}

/// The version of an installed agent as its files tell it, without starting it: from the npm package around
/// its program, or from a folder of versions.
pub fn installed_version(program: &Path) -> Option<String> {
    let real = std::fs::canonicalize(program).ok()?;
    packaged_version(&real).or_else(|| named_version(&real))
}

/// The version of an agent: as its files tell it, else what `--version` prints.
pub(super) fn version(program: &Path, env: &Env) -> Option<String> {
    installed_version(program).or_else(|| printed_version(program, env))
}

/// The version in the `package.json` of the package that holds the program.
fn packaged_version(program: &Path) -> Option<String> {
    let folder = program.ancestors().skip(1).take(6).find(|folder| folder.join("package.json").is_file())?;
    // Only what npm installed is a package of its own; a launcher may stand in anybody's repository.
    folder.components().any(|part| part.as_os_str() == "node_modules").then_some(())?;
    let text = std::fs::read(folder.join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_slice(&text).ok()?;
    Some(package.get("version")?.as_str()?.to_owned())
}

/// `…/versions/2.1.329`, as claude's own installer lays it out.
fn named_version(program: &Path) -> Option<String> {
    let name = program.file_name()?.to_str()?;
    first_version(name).filter(|version| version == name)
}

fn printed_version(program: &Path, env: &Env) -> Option<String> {
    first_version(&ask(program, &["--version"], env)?)
}

/// What a program prints when asked; none where it does not answer in time.
pub(super) fn ask(program: &Path, args: &[&str], env: &Env) -> Option<String> {
    let mut child = Command::new(program)
        .args(args)
        .env_clear()
        .envs(env)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let stdout = child.stdout.take()?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stdout.take(ANSWER_MAX).read_to_string(&mut text);
        let _ = tell.send(text);
    });
    let answer = told.recv_timeout(PATIENCE);
    if answer.is_err() {
        let _ = child.kill();
    }
    // A supervisor's reaper may have taken the exit already: only what was printed counts.
    let _ = child.wait();
    answer.ok()
}

/// The first `1.2.3` (with any suffix) in the text.
fn first_version(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || c == '(' || c == ')')
        .map(|word| word.trim_start_matches('v'))
        .find(|word| {
            let mut parts = word.split(['.', '-', '+']);
            let number = |part: Option<&str>| part.is_some_and(|part| part.parse::<u64>().is_ok());
            number(parts.next()) && number(parts.next())
        })
        .map(str::to_owned)
}

/// A variable that is set and not empty, in the agent's own settings or in the environment.
pub(super) fn variable(settings: &AgentSettings, env: &Env, name: &str) -> Option<String> {
    let own = settings.env.get(name).cloned();
    own.or_else(|| env.get(OsStr::new(name))?.to_str().map(str::to_owned)).filter(|value| !value.is_empty())
}

/// The first of the variables that is set, by its name.
pub(super) fn first_set(settings: &AgentSettings, env: &Env, names: &[&'static str]) -> Option<&'static str> {
    names.iter().copied().find(|name| variable(settings, env, name).is_some())
}

/// Whether a token is configured or in the environment.
pub(super) fn has_token(settings: &AgentSettings, env: &Env) -> bool {
    let ask = |name: &str| env.get(OsStr::new(name))?.to_str().map(str::to_owned);
    settings.token(&ask).is_ok_and(|token| token.is_some())
}

/// An agent's own folder: a variable of its, or one below the home folder.
pub(super) fn own_folder(
    settings: &AgentSettings,
    env: &Env,
    name: &str,
    below_home: &str,
) -> Option<PathBuf> {
    variable(settings, env, name)
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(variable(settings, env, "HOME")?).join(below_home)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(&file, text).expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
        file
    }

    #[test]
    fn versions_are_found_in_what_programs_print() {
        assert_eq!(first_version("2.1.329 (Claude Code)\n").as_deref(), Some("2.1.329"));
        assert_eq!(first_version("codex-cli 0.169.0").as_deref(), Some("0.169.0"));
        assert_eq!(first_version("v1.2.3-rc.1").as_deref(), Some("1.2.3-rc.1"));
        assert_eq!(first_version("usage: thing"), None);
    }

    #[test]
    fn a_program_is_found_by_name_and_by_path() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = script(folder.path(), "tool", "#!/bin/sh\necho 3.4.5\n");
        std::fs::write(folder.path().join("data"), "").expect("written");
        assert_eq!(find("tool", folder.path().as_os_str()), Some(file.clone()));
        assert_eq!(find(file.to_str().expect("text"), OsStr::new("")), Some(file.clone()));
        assert_eq!(find("data", folder.path().as_os_str()), None);
        let env: Env = [("PATH".into(), "/usr/bin:/bin".into())].into();
        assert_eq!(version(&file, &env).as_deref(), Some("3.4.5"));
    }

    #[test]
    fn a_package_tells_its_version_without_being_started() {
        let folder = tempfile::tempdir().expect("a folder");
        let program = script(folder.path(), "node_modules/@x/tool/bin/tool.js", "#!/bin/false\n");
        std::fs::write(folder.path().join("node_modules/@x/tool/package.json"), r#"{"version":"9.8.7"}"#)
            .expect("written");
        assert_eq!(version(&program, &Env::new()).as_deref(), Some("9.8.7"));
    }
}
