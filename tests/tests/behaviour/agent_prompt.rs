//! What agents are told: every command in the preamble works exactly as it is printed.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use conductor_tests::{PATIENCE, Running, TestEnv};

/// A task whose agent waits while a test does what its prompt says.
struct Case {
    env: TestEnv,
    root: PathBuf,
    task: PathBuf,
    _supervisor: Running,
}

impl Case {
    /// In a root whose name a shell would take apart.
    fn start(prompt: &str) -> Self {
        let env = TestEnv::new();
        place_agent(&env);
        let root = env.path().join("it's a $ROOT");
        let root_text = root.display().to_string();
        let supervisor = env.spawn(&["task", "--root", &root_text, "--project", "demo", "--prompt", prompt]);
        let task = env.wait_for("the task", || find(&root.join("demo"), |name| name.starts_with("task-")));
        Self { env, root, task, _supervisor: supervisor }
    }

    fn run(&self) -> PathBuf {
        let runs = self.task.join("runs");
        self.env.wait_for("the run", || find(&runs, |name| !name.starts_with('.')))
    }

    fn prompt(&self) -> String {
        let run = self.run();
        self.env.wait_for("the prompt", || std::fs::read_to_string(run.join("prompt.md")).ok())
    }

    /// The environment of the agent, as the supervisor made it.
    fn agent_env(&self) -> BTreeMap<String, String> {
        self.env.wait_for("the agent", || {
            let (pid, _) =
                self.env.processes().into_iter().find(|(_, line)| line.starts_with(&self.fake()))?;
            let text = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
            let text = String::from_utf8(text).ok()?;
            Some(text.split('\0').filter_map(|pair| pair.split_once('=')).map(owned).collect())
        })
    }

    fn fake(&self) -> String {
        self.env.fake_agent().display().to_string()
    }

    /// Does what the agent would do with its shell tool: a login shell, in the agent's environment.
    fn shell(&self, command: &str) -> conductor_tests::Output {
        let mut shell = Command::new("bash");
        shell.args(["-lc", command]).env_clear().envs(self.agent_env()).current_dir(self.env.work());
        shell.stdin(Stdio::null());
        Running::start(&mut shell, command).wait(PATIENCE)
    }
}

/// An agent that does what its prompt's script says, and as a child task says at once that it is done.
fn place_agent(env: &TestEnv) {
    let script = format!(
        "#!/bin/sh\nprompt=$(cat)\ncase \"${{prompt##*# The task}}\" in\n\
         *'What the child task shall do.'*) echo 'The child did it.'; exec \"$JRUN_CLI\" done ;;\n\
         *) printf '%s' \"$prompt\" | exec '{}' ;;\nesac\n",
        env.fake_agent().display()
    );
    let file = env.path().join("agent");
    std::fs::write(&file, script).expect("written");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
    env.configure(&format!(
        "  mine: {{ type: command, command: [{}] }}\ndefaults: {{ agent: mine }}",
        file.display()
    ));
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn find(folder: &Path, wanted: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let mut names =
        std::fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    Some(folder.join(names.find(|name| wanted(name))?))
}

/// The commands of a prompt: what stands in its indented blocks before the task itself.
fn commands(prompt: &str) -> Vec<&str> {
    let preamble = prompt.split("\n# The task\n").next().unwrap_or(prompt);
    preamble.lines().filter_map(|line| line.strip_prefix("    ")).collect()
}

#[test]
fn c4_every_command_of_the_preamble_works_as_printed() {
    let case = Case::start("@wait-file task:go\n@done");
    let prompt = case.prompt();
    let commands = commands(&prompt);
    assert_eq!(commands.len(), 9, "{prompt}");
    // Those that end the turn or the task come last, so that every other one still finds it at work.
    let ends =
        |command: &&&str| ["DONE", " done ", " ask ", "--detach"].iter().any(|word| command.contains(word));
    for command in commands.iter().filter(|command| !ends(command)) {
        case.shell(command).ok();
    }
    let child = commands.iter().find(|command| command.contains("--detach")).expect("a child task");
    assert!(case.shell(child).ok().stdout.contains("The child did it."));
    let output = std::fs::read_to_string(case.run().join("output.md")).expect("output.md");
    assert_eq!(output, "The result, as Markdown.\n");
    let said =
        case.shell(commands.iter().find(|command| command.contains("bus read")).expect("bus read")).ok();
    for body in ["What works now, and what is next.", "Something others should know."] {
        assert!(said.stdout.contains(body), "{said}");
    }
    for command in commands.iter().filter(|command| command.contains(" ask ")) {
        case.shell(command).ok();
    }
    assert!(!case.task.join("DONE").exists());
    for command in commands.iter().filter(|command| command.contains("DONE") || command.contains(" done ")) {
        let _ = std::fs::remove_file(case.task.join("DONE"));
        case.shell(command).ok();
        assert!(case.task.join("DONE").exists(), "{command}");
    }
}

#[test]
fn the_preamble_states_the_folders_and_the_agent_has_its_names() {
    let case = Case::start("@wait-file task:go\n@done");
    let env = case.agent_env();
    let (task, run) = (case.task.display().to_string(), case.run().display().to_string());
    let first: Vec<String> = case.prompt().lines().take(2).map(str::to_owned).collect();
    let unquoted = |line: &str| case.shell(&format!("{line}; printf %s \"$TASK_FOLDER$RUN_FOLDER\"")).stdout;
    assert_eq!((unquoted(&first[0]), unquoted(&first[1])), (task.clone(), run.clone()), "{first:?}");
    let root = case.root.display().to_string();
    for (name, value) in [
        ("JRUN_PROJECT_ID", "demo"),
        ("JRUN_ROOT", &root),
        ("JRUN_RUNS_DIR", &root),
        ("JRUN_TASK_FOLDER", &task),
        ("JRUN_RUN_FOLDER", &run),
        ("JRUN_MESSAGE_BUS", &format!("{task}/TASK-MESSAGE-BUS.md")),
    ] {
        assert_eq!(env.get(name).map(String::as_str), Some(value), "{name}");
    }
    let cli = Path::new(&env["JRUN_CLI"]);
    assert!(cli.is_absolute() && cli.starts_with(case.root.join(".conductor/bin")), "{cli:?}");
    assert_eq!(env["PATH"].split(':').next(), cli.parent().and_then(Path::to_str));
    assert!(case.prompt().contains(&*conductor_core::agent::quote(&env["JRUN_CLI"])));
}
