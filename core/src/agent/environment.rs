//! The environment of an agent's process: who it is, and nobody else's keys.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use super::{AgentKind, Env};
use crate::model::{ProjectId, RunId, TaskId};

/// Which run a process belongs to; becomes the `JRUN_*` variables.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The project.
    pub project: &'a ProjectId,
    /// The task.
    pub task: &'a TaskId,
    /// The run.
    pub run: &'a RunId,
    /// The run that started the task.
    pub parent_run: Option<&'a RunId>,
    /// The root, absolute.
    pub root: &'a Path,
    /// File of the task's bus, absolute.
    pub message_bus: &'a Path,
    /// Address of the server, when one runs.
    pub conductor_url: Option<&'a str>,
}

/// Variables that hold the keys of an agent of this kind.
fn keys(kind: AgentKind) -> &'static [&'static str] {
    match kind {
        AgentKind::Claude => &["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"],
        AgentKind::Codex => &["OPENAI_API_KEY", "CODEX_API_KEY", "CODEX_ACCESS_TOKEN"],
        AgentKind::Gemini => &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        AgentKind::Perplexity => &["PERPLEXITY_API_KEY"],
        AgentKind::Xai => &["XAI_API_KEY"],
        AgentKind::Command => &[],
    }
}

const KINDS: [AgentKind; 6] = [
    AgentKind::Claude,
    AgentKind::Codex,
    AgentKind::Gemini,
    AgentKind::Perplexity,
    AgentKind::Xai,
    AgentKind::Command,
];

/// What agents set for their tools to know whose child they are. A child task's agent would take itself for
/// nested in the one that started the task, and refuse to start or talk to it.
const SESSION_MARKERS: &[&str] = &[
    "AI_AGENT",
    "CLAUDECODE",
    "CLAUDE_CODE_CHILD_NOTES_DIR",
    "CLAUDE_CODE_CHILD_SESSION",
    "CLAUDE_CODE_ENTRYPOINT",
    "CLAUDE_CODE_EXECPATH",
    "CLAUDE_CODE_MESSAGING_SOCKET",
    "CLAUDE_CODE_MESSAGING_TOKEN",
    "CLAUDE_CODE_SESSION_ATTENDED",
    "CLAUDE_CODE_SESSION_ID",
    "CLAUDE_CODE_SSE_PORT",
    "CLAUDE_EFFORT",
    "CLAUDE_PID",
    "CODEX_CI",
    "CODEX_MANAGED_BY_NPM",
    "CODEX_MANAGED_PACKAGE_ROOT",
    "CODEX_SANDBOX",
    "CODEX_SANDBOX_NETWORK_DISABLED",
    "CODEX_SESSION_ID",
    "CODEX_THREAD_ID",
    "CODEX_TOOL_CALL_ID",
    "CODEX_VERSION",
    "GEMINI_CLI",
    "GEMINI_CLI_NO_RELAUNCH",
];

/// What a service manager tells the one process that it started: whoever inherits it would speak for the server.
pub(crate) const SERVICE_MARKS: &[&str] = &[
    "FDSTORE",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LISTEN_FDNAMES",
    "LISTEN_FDS",
    "LISTEN_PID",
    "MAINPID",
    "MANAGERPID",
    "MEMORY_PRESSURE_WATCH",
    "MEMORY_PRESSURE_WRITE",
    "NOTIFY_SOCKET",
    "SYSTEMD_EXEC_PID",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
];

/// The environment that an agent of `kind` starts from: the supervisor's, without other agents' keys,
/// other runs' identity and the marks of the agent that may have started the supervisor.
pub(super) fn base(kind: AgentKind, from: &Env) -> Env {
    from.iter()
        .filter(|(name, _)| !is_foreign(kind, name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

fn is_foreign(kind: AgentKind, name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let others_key = KINDS.into_iter().any(|other| other != kind && keys(other).contains(&name));
    let ours = name.starts_with("JRUN_")
        || (name.starts_with("CONDUCTOR_AGENT_") && name.ends_with("_TOKEN"))
        || ["CONDUCTOR_CRASH_AT", "CONDUCTOR_SERVER", "CONDUCTOR_TOKEN"].contains(&name);
    others_key || ours || SESSION_MARKERS.contains(&name) || SERVICE_MARKS.contains(&name)
}

/// Sets the `JRUN_*` variables and puts the folder of `cli` first on the path.
pub(super) fn identify(
    env: &mut Env,
    identity: &Identity<'_>,
    task_folder: &Path,
    run_folder: &Path,
    cli: &Path,
) {
    let mut set = |name: &str, value: &OsStr| env.insert(name.into(), value.to_owned());
    set("JRUN_PROJECT_ID", identity.project.as_str().as_ref());
    set("JRUN_TASK_ID", identity.task.as_str().as_ref());
    set("JRUN_ID", identity.run.as_str().as_ref());
    set("JRUN_ROOT", identity.root.as_os_str());
    set("JRUN_RUNS_DIR", identity.root.as_os_str());
    set("JRUN_TASK_FOLDER", task_folder.as_os_str());
    set("JRUN_RUN_FOLDER", run_folder.as_os_str());
    set("JRUN_MESSAGE_BUS", identity.message_bus.as_os_str());
    set("JRUN_CLI", cli.as_os_str());
    if let Some(parent) = identity.parent_run {
        set("JRUN_PARENT_ID", parent.as_str().as_ref());
    }
    match identity.conductor_url {
        Some(url) => set("JRUN_CONDUCTOR_URL", url.as_ref()),
        // That of a server which has ended meanwhile, from whoever started this.
        None => env.remove(OsStr::new("JRUN_CONDUCTOR_URL")),
    };
    if let Some(folder) = cli.parent() {
        let path = first_on_path(folder, env.get(OsStr::new("PATH")).map(OsString::as_os_str));
        env.insert("PATH".into(), path);
    }
}

/// `folder`, then the rest of the path without a second mention of it.
fn first_on_path(folder: &Path, path: Option<&OsStr>) -> OsString {
    let path = path.unwrap_or(OsStr::new("/usr/local/bin:/usr/bin:/bin"));
    let rest = std::env::split_paths(path).filter(|entry| entry != folder);
    let all = std::iter::once(folder.to_owned()).chain(rest);
    // A folder whose name holds ':' cannot stand on a path; the preamble names the program in full anyway.
    std::env::join_paths(all).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Env {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn other_agents_keys_and_other_runs_names_are_removed() {
        let from = env(&[
            ("ANTHROPIC_API_KEY", "a"),
            ("OPENAI_API_KEY", "o"),
            ("GEMINI_API_KEY", "g"),
            ("XAI_API_KEY", "x"),
            ("CONDUCTOR_AGENT_FAST_TOKEN", "t"),
            ("JRUN_ID", "another"),
            ("JRUN_SUPERVISOR", "me"),
            ("CLAUDECODE", "1"),
            ("NOTIFY_SOCKET", "/run/notify"),
            ("HOME", "/home/me"),
            ("ANTHROPIC_BASE_URL", "https://proxy"),
        ]);
        let names =
            |kind| base(kind, &from).into_keys().map(|name| name.into_string().expect("text")).collect();
        let claude: Vec<String> = names(AgentKind::Claude);
        assert_eq!(claude, ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "HOME"]);
        let command: Vec<String> = names(AgentKind::Command);
        assert_eq!(command, ["ANTHROPIC_BASE_URL", "HOME"]);
    }

    #[test]
    fn a_run_knows_who_it_is() {
        let mut found = env(&[("PATH", "/usr/bin:/r/bin")]);
        let identity = Identity {
            project: &ProjectId::new("demo").expect("valid"),
            task: &TaskId::from_disk("t").expect("valid"),
            run: &RunId::from_disk("r1").expect("valid"),
            parent_run: None,
            root: Path::new("/r"),
            message_bus: Path::new("/r/demo/t/TASK-MESSAGE-BUS.md"),
            conductor_url: None,
        };
        identify(
            &mut found,
            &identity,
            Path::new("/r/demo/t"),
            Path::new("/r/demo/t/runs/r1"),
            Path::new("/r/bin/run-agent"),
        );
        let get =
            |name: &str| found.get(OsStr::new(name)).and_then(|value| value.to_str()).map(str::to_owned);
        assert_eq!(get("JRUN_ID").as_deref(), Some("r1"));
        assert_eq!(get("JRUN_CLI").as_deref(), Some("/r/bin/run-agent"));
        assert_eq!(get("PATH").as_deref(), Some("/r/bin:/usr/bin"));
        assert_eq!(get("JRUN_PARENT_ID"), None);
    }
}
