//! The commands that backends make: flags of each access mode, sessions, where tokens and prompts go.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use secrecy::SecretString;

use super::*;
use crate::config::PromptVia;
use crate::model::{Access, ProjectId, RunId, TaskId};

/// A machine on which every agent is installed.
struct Machine {
    folder: tempfile::TempDir,
}

/// What a command is asked for.
struct Ask<'a> {
    access: Access,
    model: Option<&'a str>,
    resume: Option<&'a str>,
    prompt: &'a str,
    token: Option<&'a str>,
}

impl Default for Ask<'_> {
    fn default() -> Self {
        Self { access: Access::Full, model: None, resume: None, prompt: "do it", token: None }
    }
}

impl Machine {
    fn new() -> Self {
        let machine = Self { folder: tempfile::tempdir().expect("a folder") };
        for name in ["claude", "codex", "gemini", "mytool"] {
            let file = machine.folder.path().join(name);
            std::fs::write(&file, "#!/bin/sh\n").expect("written");
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
        }
        machine
    }

    fn env(&self) -> Env {
        [
            ("PATH", self.folder.path().as_os_str()),
            ("ANTHROPIC_API_KEY", OsStr::new("a-key")),
            ("OPENAI_API_KEY", OsStr::new("o-key")),
        ]
        .map(|(name, value)| (name.into(), value.to_owned()))
        .into()
    }

    fn command(&self, settings: &AgentSettings, ask: &Ask<'_>) -> Result<CommandSpec, AgentError> {
        let token = ask.token.map(SecretString::from);
        backend_of(settings).command(&Start {
            settings,
            token: token.as_ref(),
            access: ask.access,
            model: ask.model,
            resume: ask.resume,
            new_session: Some("new-id"),
            prompt: ask.prompt,
            cwd: Path::new("/src"),
            task_folder: Path::new("/r/demo/t"),
            run_folder: Path::new("/r/demo/t/runs/r1"),
            cli: Path::new("/r/bin/run-agent"),
            identity: Identity {
                project: &ProjectId::new("demo").expect("valid"),
                task: &TaskId::from_disk("t").expect("valid"),
                run: &RunId::from_disk("r1").expect("valid"),
                parent_run: None,
                root: Path::new("/r"),
                message_bus: Path::new("/r/demo/t/TASK-MESSAGE-BUS.md"),
                conductor_url: None,
            },
            base_env: &self.env(),
        })
    }

    /// The arguments as one line.
    fn line(&self, settings: &AgentSettings, ask: &Ask<'_>) -> String {
        let spec = self.command(settings, ask).expect("a command");
        let args: Vec<_> = spec.args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        args.join(" ")
    }
}

fn plain(kind: AgentKind) -> AgentSettings {
    AgentSettings::plain(kind.as_str(), kind)
}

/// An agent with some settings changed.
fn with(kind: AgentKind, change: impl FnOnce(&mut AgentSettings)) -> AgentSettings {
    let mut settings = plain(kind);
    change(&mut settings);
    settings
}

fn variable<'a>(spec: &'a CommandSpec, name: &str) -> Option<&'a str> {
    spec.env.get(OsStr::new(name))?.to_str()
}

#[test]
fn access_is_translated_to_each_agents_own_modes() {
    let machine = Machine::new();
    for (kind, access, flags) in [
        (AgentKind::Claude, Access::Read, "--permission-mode plan --allowedTools Bash(/r/bin/run-agent:*)"),
        (
            AgentKind::Claude,
            Access::Edit,
            "--permission-mode acceptEdits --add-dir /r/demo/t --allowedTools Bash(/r/bin/run-agent:*)",
        ),
        (AgentKind::Claude, Access::Full, "--permission-mode bypassPermissions"),
        (AgentKind::Codex, Access::Read, "--sandbox read-only"),
        (AgentKind::Codex, Access::Edit, "--sandbox workspace-write --add-dir /r/demo/t"),
        (AgentKind::Codex, Access::Full, "--dangerously-bypass-approvals-and-sandbox"),
        (
            AgentKind::Gemini,
            Access::Read,
            "--approval-mode plan --allowed-tools run_shell_command(/r/bin/run-agent)",
        ),
        (
            AgentKind::Gemini,
            Access::Edit,
            "--approval-mode auto_edit --allowed-tools run_shell_command(/r/bin/run-agent) \
             --include-directories /r/demo/t",
        ),
        (AgentKind::Gemini, Access::Full, "--approval-mode yolo --include-directories /r/demo/t"),
    ] {
        let line = machine.line(&plain(kind), &Ask { access, ..Ask::default() });
        assert!(line.contains(flags), "{kind} {access}: {line}");
        let wider = ["bypass", "yolo", "danger"].iter().any(|word| line.contains(word));
        assert_eq!(wider, access == Access::Full, "{kind} {access}: {line}");
    }
}

#[test]
fn sessions_are_begun_and_continued() {
    let machine = Machine::new();
    let resume = Ask { resume: Some("old-id"), ..Ask::default() };
    for (kind, begun, continued) in [
        (AgentKind::Claude, "--session-id new-id", "--resume old-id"),
        (AgentKind::Gemini, "--session-id new-id", "--resume old-id"),
        (AgentKind::Codex, " -", " resume old-id -"),
    ] {
        let (fresh, again) =
            (machine.line(&plain(kind), &Ask::default()), machine.line(&plain(kind), &resume));
        assert!(fresh.ends_with(begun) && !fresh.contains("resume"), "{fresh}");
        assert!(again.ends_with(continued) && !again.contains("new-id"), "{again}");
        let by_hand = backend(kind).interactive(&plain(kind), "old-id").expect("a command");
        assert!(by_hand.join(" ").ends_with("resume old-id"), "{by_hand:?}");
    }
    let tool = with(AgentKind::Command, |tool| tool.command = vec!["mytool".into()]);
    assert!(!backend(AgentKind::Command).has_sessions());
    assert_eq!(machine.line(&tool, &resume), machine.line(&tool, &Ask::default()));
}

#[test]
fn the_runs_model_wins_over_the_configured_one() {
    let machine = Machine::new();
    let settings = with(AgentKind::Claude, |agent| agent.model = Some("sonnet".to_owned()));
    assert!(machine.line(&settings, &Ask::default()).contains("--model sonnet"));
    let asked = Ask { model: Some("haiku"), ..Ask::default() };
    assert!(machine.line(&settings, &asked).contains("--model haiku"));
    assert!(!machine.line(&plain(AgentKind::Claude), &Ask::default()).contains("--model"));
}

#[test]
fn a_token_is_in_the_environment_and_nowhere_else() {
    let machine = Machine::new();
    let ask = Ask { token: Some("s3cret-token"), ..Ask::default() };
    for (kind, name) in [
        (AgentKind::Claude, "ANTHROPIC_API_KEY"),
        (AgentKind::Codex, "CODEX_API_KEY"),
        (AgentKind::Gemini, "GEMINI_API_KEY"),
        (AgentKind::Perplexity, "PERPLEXITY_API_KEY"),
        (AgentKind::Xai, "XAI_API_KEY"),
    ] {
        let spec = machine.command(&plain(kind), &ask).expect("a command");
        assert_eq!(variable(&spec, name), Some("s3cret-token"), "{kind}");
        assert!(
            !spec.display.contains("s3cret") && spec.args.iter().all(|arg| arg != "s3cret-token"),
            "{kind}"
        );
        let others =
            ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"].iter().filter(|name| variable(&spec, name).is_some());
        let own = matches!(kind, AgentKind::Claude | AgentKind::Codex);
        assert_eq!(others.count(), usize::from(own), "{kind} has another agent's key");
    }
}

#[test]
fn a_service_without_a_key_is_refused_before_it_starts() {
    let refused = Machine::new().command(&plain(AgentKind::Xai), &Ask::default());
    let error = refused.map(|spec| spec.display).expect_err("refused");
    assert!(matches!(error.kind, AgentErrorKind::NoToken { .. }), "{error}");
    assert!(error.kind.hint().is_some_and(|hint| hint.contains("XAI_API_KEY")), "{error}");
}

#[test]
fn another_address_reaches_every_agent() {
    let machine = Machine::new();
    let at = |kind| with(kind, |agent| agent.base_url = Some("http://proxy/v1".to_owned()));
    let ask = Ask { token: Some("t"), ..Ask::default() };
    let claude = machine.command(&at(AgentKind::Claude), &ask).expect("a command");
    assert_eq!(variable(&claude, "ANTHROPIC_BASE_URL"), Some("http://proxy/v1"));
    let gemini = machine.command(&at(AgentKind::Gemini), &ask).expect("a command");
    assert_eq!(variable(&gemini, "GOOGLE_GEMINI_BASE_URL"), Some("http://proxy/v1"));
    assert!(machine.line(&at(AgentKind::Codex), &ask).contains(r#"-c openai_base_url="http://proxy/v1""#));
    assert!(machine.line(&at(AgentKind::Perplexity), &ask).contains("--base-url http://proxy/v1"));
}

#[test]
fn a_missing_program_is_named_with_what_to_do() {
    let settings = with(AgentKind::Claude, |agent| agent.command = vec!["/nowhere/claude".to_owned()]);
    let error =
        Machine::new().command(&settings, &Ask::default()).map(|spec| spec.display).expect_err("refused");
    assert_eq!(error.to_string(), "agent claude: program \"/nowhere/claude\" was not found");
    assert!(error.kind.hint().is_some());
}

#[test]
fn a_configured_command_gets_its_prompt_as_it_wants() {
    let machine = Machine::new();
    let tool = |prompt: PromptVia, words: &[&str]| {
        with(AgentKind::Command, |tool| {
            tool.command = words.iter().map(|&word| word.to_owned()).collect();
            tool.args = vec!["--more".to_owned()];
            tool.prompt = prompt;
        })
    };
    let stdin =
        machine.command(&tool(PromptVia::Stdin, &["mytool", "run"]), &Ask::default()).expect("a command");
    assert_eq!((stdin.stdin, stdin.args), (StdinFrom::Prompt, vec!["run".into(), "--more".into()]));
    let file = machine.line(&tool(PromptVia::File, &["mytool"]), &Ask::default());
    assert_eq!(file, "--more /r/demo/t/runs/r1/prompt.md");
    let placed = tool(PromptVia::Argument, &["mytool", "-p", "{prompt}"]);
    let spec = machine.command(&placed, &Ask::default()).expect("a command");
    assert_eq!(spec.args, ["-p", "do it", "--more"]);
    assert_eq!(spec.stdin, StdinFrom::Null);
    assert!(spec.display.ends_with("mytool -p PROMPT --more"), "{}", spec.display);
    let long = "x".repeat(200_000);
    let refused = machine.command(&placed, &Ask { prompt: &long, ..Ask::default() });
    assert!(matches!(refused.map_err(|error| error.kind), Err(AgentErrorKind::PromptTooLong { .. })));
}

#[test]
fn a_configured_commands_output_is_text_or_events() {
    let text = plain(AgentKind::Command);
    let mut fold = Fold::default();
    for line in [&b"first"[..], b"", b"third"] {
        backend_of(&text).parse(line).events.iter().for_each(|event| fold.observe_kind(event));
    }
    assert_eq!(fold.final_message().as_deref(), Some("first\n\nthird\n"));
    assert!(backend_of(&text).judge(&fold, &Exit::code(0), "").ok);
    let missing = backend_of(&text).judge(&fold, &Exit::code(127), "sh: tool: command not found");
    assert_eq!(missing.class, Some(crate::model::FailureClass::Permanent));
    let events = with(AgentKind::Command, |tool| tool.output = OutputFormat::Json);
    let mut fold = Fold::default();
    let line = br#"{"event":"result","ok":false,"text":"no"}"#;
    backend_of(&events).parse(line).events.iter().for_each(|event| fold.observe_kind(event));
    assert!(!backend_of(&events).judge(&fold, &Exit::code(0), "").ok, "its own word counts");
}
