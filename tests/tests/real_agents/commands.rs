//! The command lines that the backends make, and what they read of the agents' output, without a supervisor.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use conductor_core::agent::{self, AgentKind, AgentSettings, Exit, Fold, Identity, Start, Verdict};
use conductor_core::model::{Access, ProjectId, RunId, TaskId};
use conductor_tests::real_agents::{Agent, KEY, RealAgent};
use conductor_tests::{PATIENCE, Running};

/// One run without a supervisor.
struct Ran {
    fold: Fold,
    verdict: Verdict,
    display: String,
}

/// What a run is asked for.
#[derive(Default)]
struct Ask<'a> {
    prompt: &'a str,
    access: Access,
    resume: Option<&'a str>,
    new_session: Option<&'a str>,
}

fn kind(agent: Agent) -> AgentKind {
    match agent {
        Agent::Claude => AgentKind::Claude,
        Agent::Codex => AgentKind::Codex,
        Agent::Gemini => AgentKind::Gemini,
    }
}

fn task_folder(world: &RealAgent) -> PathBuf {
    world.env.path().join("task")
}

fn run(world: &RealAgent, ask: &Ask<'_>) -> Ran {
    let task = task_folder(world);
    let folder = world.env.path().join("run");
    for folder in [&task, &folder] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    let prompt = format!("TASK_FOLDER={}\n{}", task.display(), ask.prompt);
    std::fs::write(folder.join("prompt.md"), &prompt).expect("the prompt");
    let settings = settings(world);
    let backend = agent::backend_of(&settings);
    let spec = backend
        .command(&Start {
            settings: &settings,
            token: None,
            access: ask.access,
            model: world.agent.model(),
            resume: ask.resume,
            new_session: ask.new_session,
            prompt: &prompt,
            cwd: &world.env.work(),
            task_folder: &task,
            run_folder: &folder,
            cli: &world.env.path().join("bin/run-agent"),
            identity: Identity {
                project: &ProjectId::new("demo").expect("valid"),
                task: &TaskId::from_disk("task").expect("valid"),
                run: &RunId::generate(),
                parent_run: None,
                root: world.env.path(),
                message_bus: &task.join("TASK-MESSAGE-BUS.md"),
                conductor_url: None,
            },
            base_env: &base_env(world),
        })
        .expect("a command");
    let mut command = Command::new(&spec.program);
    command.args(&spec.args).env_clear().envs(&spec.env).current_dir(world.env.work());
    command.stdin(Stdio::from(File::open(folder.join("prompt.md")).expect("the prompt")));
    let output = Running::start(&mut command, &spec.display).wait(PATIENCE);
    let mut fold = Fold::default();
    output.stdout.lines().for_each(|line| {
        backend.parse(line.as_bytes()).events.iter().for_each(|event| fold.observe_kind(event));
    });
    let exit = Exit { code: output.code, signal: output.signal, known: true };
    Ran { verdict: backend.judge(&fold, &exit, &output.stderr), fold, display: spec.display }
}

/// The agent's settings as its configuration file has them.
fn settings(world: &RealAgent) -> AgentSettings {
    let mut settings = AgentSettings::plain(world.agent.name(), kind(world.agent));
    settings.command = vec![world.program().display().to_string()];
    settings.env = world.variables();
    settings
}

fn base_env(world: &RealAgent) -> BTreeMap<OsString, OsString> {
    let mut command = world.env.command("true", &[] as &[&str]);
    let set = world.equip(&mut command, KEY).get_envs();
    set.filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect()
}

/// A script in the place of `run-agent`, which notes its arguments where no sandbox keeps it from it.
fn place_cli(world: &RealAgent) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let cli = world.env.path().join("bin/run-agent");
    std::fs::create_dir_all(cli.parent().expect("a folder")).expect("a folder");
    let text = format!("#!/bin/sh\necho \"$@\" >> '{}'\n", task_folder(world).join("called").display());
    std::fs::write(&cli, text).expect("a script");
    std::fs::set_permissions(&cli, std::fs::Permissions::from_mode(0o755)).expect("executable");
    cli
}

fn is_there(path: &Path) -> bool {
    path.exists()
}

fn with_full_access(agent: Agent) {
    let Some(world) = RealAgent::new(agent, &[]) else { return };
    let ran = run(&world, &Ask { prompt: "[[stub:done]] [[stub:text=All done.]]", ..Ask::default() });
    assert_eq!(ran.verdict, Verdict::good(), "{}", ran.display);
    assert_eq!(ran.fold.final_message().as_deref(), Some("All done."));
    assert!(is_there(&task_folder(&world).join("DONE")));
    assert_eq!(ran.fold.raw, 0, "{:?}", ran.fold);
    let usage = ran.fold.usage.expect("usage");
    let input = if agent == Agent::Claude { 2400 } else { 2000 };
    assert_eq!((usage.input, usage.output, usage.cached), (Some(input), Some(100), Some(400)));
}

fn with_edit_access(agent: Agent) {
    let Some(world) = RealAgent::new(agent, &[]) else { return };
    let cli = place_cli(&world);
    let prompt = format!("[[stub:run={} done]] [[stub:write]]", cli.display());
    let ran = run(&world, &Ask { prompt: &prompt, access: Access::Edit, ..Ask::default() });
    assert!(ran.verdict.ok, "{:?} {}", ran.verdict, ran.display);
    assert!(is_there(&task_folder(&world).join("DONE")), "the task's folder can be written: {}", ran.display);
    assert!(is_there(&task_folder(&world).join("called")), "run-agent can be called: {}", ran.display);
}

fn with_read_access(agent: Agent) {
    let Some(world) = RealAgent::new(agent, &[]) else { return };
    let target = world.env.work().join("written");
    let prompt = format!("[[stub:run=echo 1 > {}]]", target.display());
    let ran = run(&world, &Ask { prompt: &prompt, access: Access::Read, ..Ask::default() });
    assert!(!is_there(&target), "{}", ran.display);
    assert!(ran.verdict.ok, "a refusal is told to the model: {:?}", ran.verdict);
    if agent != Agent::Codex {
        assert!(!ran.fold.denied.is_empty(), "the refusal is known: {:?}", ran.fold);
    }
}

fn in_one_session(agent: Agent) {
    let Some(world) = RealAgent::new(agent, &[]) else { return };
    let id = agent::new_session();
    let first =
        run(&world, &Ask { prompt: "[[stub:text=First.]]", new_session: Some(&id), ..Ask::default() });
    let session = first.fold.session.expect("a session");
    if agent != Agent::Codex {
        assert_eq!(session, id);
    }
    let second =
        run(&world, &Ask { prompt: "[[stub:text=Second.]]", resume: Some(&session), ..Ask::default() });
    assert_eq!(second.fold.final_message().as_deref(), Some("Second."), "{}", second.display);
    assert_eq!(second.fold.session.as_deref(), Some(&*session));
    let unknown = "00000000-0000-4000-8000-000000000000";
    let lost = run(&world, &Ask { prompt: "hello", resume: Some(unknown), ..Ask::default() });
    assert_eq!(lost.verdict.class, Some(conductor_core::model::FailureClass::Context), "{:?}", lost.verdict);
}

for_each_agent! { with_full_access with_edit_access with_read_access in_one_session }
