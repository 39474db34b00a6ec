//! Whole tasks with the real agents, through `run-agent task`.

use std::path::PathBuf;

use conductor_core::model::{RunInfo, RunStatus, TaskState, TaskStatus};
use conductor_core::store::{Listed, Root, TaskDir};
use conductor_tests::real_agents::{Agent, KEY, RealAgent};
use conductor_tests::{Output, PATIENCE, Running, wait_for};
use rustix::process::Signal;

/// One agent at one task.
struct Case {
    world: RealAgent,
    supervisor: Option<Running>,
}

impl Case {
    fn new(agent: Agent, stub: &[&str]) -> Option<Self> {
        Some(Self { world: RealAgent::new(agent, stub)?, supervisor: None })
    }

    /// Starts the task in the foreground of a process of its own.
    fn start(mut self, prompt: &str) -> Self {
        self.supervisor = Some(self.world.spawn(&["task", "--project", "demo", "--prompt", prompt]));
        self
    }

    fn task(&self) -> TaskDir {
        wait_for("the task", || {
            let root = Root::open(&self.world.env.root()).ok()?;
            let project = root.projects().ok()?.into_iter().find(|project| project.as_str() == "demo")?;
            let task = root.project(&project).ok()?.tasks().ok()?.into_iter().next()?;
            root.task(&project, &task).ok()
        })
    }

    fn state(&self) -> TaskState {
        wait_for("the task's state", || self.task().state().ok().flatten())
    }

    fn wait_until(&self, status: TaskStatus) -> TaskState {
        let what = format!("{} to be {status}", self.world.agent.name());
        wait_for(&what, || Some(self.state()).filter(|state| state.status == status))
    }

    fn folder(&self) -> PathBuf {
        self.task().path().to_owned()
    }

    fn wait_for_file(&self, name: &str) {
        let file = self.folder().join(name);
        wait_for(&format!("the agent to make {name}"), || file.exists().then_some(()));
    }

    /// Another command about the task.
    fn run(&self, command: &str, more: &[&str]) -> Output {
        let id = self.task().id().to_string();
        self.world.spawn(&[&[command, &*id], more].concat()).wait(PATIENCE)
    }

    /// The end of the task in the foreground.
    fn ended(&mut self) -> Output {
        self.supervisor.take().expect("a supervisor").wait(PATIENCE)
    }

    fn runs(&self) -> Vec<RunInfo> {
        self.task().run_infos().expect("a list").into_iter().filter_map(Listed::ok).collect()
    }
}

fn loops_until_it_says_done(agent: Agent) {
    let turn = "[[stub:run=if test -e {dir}/once; then touch {dir}/DONE; else touch {dir}/once; fi]]";
    let Some(case) = Case::new(agent, &[]) else { return };
    let mut case = case.start(&format!("Work on it. {turn} [[stub:text=Worked on it.]]"));
    case.ended().ok();
    let (state, runs) = (case.state(), case.runs());
    assert_eq!((state.status, runs.len()), (TaskStatus::Completed, 2), "{state:?}");
    for run in &runs {
        assert_eq!(run.status, RunStatus::Completed, "{run:?}");
        assert!(run.session_id.is_some() && run.usage.is_some() && run.agent_version.is_some(), "{run:?}");
    }
    assert_ne!(runs[0].session_id, runs[1].session_id, "a fresh session for each turn");
    let last = case.task().run(&runs[1].run_id).expect("a run");
    assert_eq!(std::fs::read_to_string(last.output_path()).expect("output").trim(), "Worked on it.");
    let tokens = if agent == Agent::Claude { 4800 } else { 4000 };
    assert_eq!(state.spend.input, Some(tokens), "{:?}", state.spend);
    case.world.env.wait_until_empty();
}

fn asks_and_goes_on_in_its_session(agent: Agent) {
    let ask = r#"[[stub:run="$JRUN_CLI" ask 'Which of them?' --choice this --choice that]]"#;
    let Some(case) = Case::new(agent, &[]) else { return };
    let mut case = case.start(&format!("Ask first. {ask} [[stub:text=I have asked.]]"));
    let state = case.wait_until(TaskStatus::WaitingAnswer);
    let question = state.question.expect("a question");
    assert_eq!((&*question.text, question.choices.len()), ("Which of them?", 2));
    case.run("answer", &["this [[stub:run=touch {dir}/DONE]] [[stub:text=This it is.]]"]).ok();
    case.ended().ok();
    let runs = case.runs();
    assert_eq!(runs.len(), 2, "{runs:?}");
    assert_eq!(runs[0].session_id, runs[1].session_id, "the same session goes on");
    let prompt = std::fs::read_to_string(case.task().run(&runs[1].run_id).expect("a run").prompt_path());
    assert!(prompt.expect("a prompt").contains("> this "), "the prompt carries the answer");
    let input = if agent == Agent::Claude { 2400 } else { 2000 };
    assert_eq!(runs[1].usage.and_then(|usage| usage.input), Some(input), "of the run, not of the session");
}

fn stopped_in_a_tool_call_it_leaves_nothing(agent: Agent) {
    let Some(case) = Case::new(agent, &[]) else { return };
    let mut case = case.start("Take long. [[stub:treetool=300]]");
    case.world.env.wait_for("the tool to run", || {
        let running = case.world.env.processes();
        running.iter().any(|(_, line)| line.contains("-c import time; time.sleep(300)")).then_some(())
    });
    case.run("stop", &["--reason", "enough"]).ok();
    case.ended().expect_code(5);
    let state = case.state();
    assert_eq!(state.status, TaskStatus::Stopped);
    let evidence = state.stop.expect("evidence");
    assert!(evidence.found >= 2 && evidence.left.is_empty(), "{evidence:?}");
    assert_eq!(case.runs()[0].status, RunStatus::Stopped);
    case.world.env.wait_until_empty();
}

fn a_bad_key_fails_at_once(agent: Agent) {
    let Some(case) = Case::new(agent, &["--require-key", "the-right-key"]) else { return };
    let mut case = case.start("Do it. [[stub:done]]");
    case.ended().expect_code(1);
    let (state, runs) = (case.state(), case.runs());
    assert_eq!((state.status, runs.len()), (TaskStatus::Failed, 1), "{state:?}");
    let why = runs[0].error_summary.as_deref().unwrap_or_default().to_lowercase();
    assert!(why.contains("key") || why.contains("401"), "{why}");
    assert!(!why.contains(KEY), "the key itself is not told: {why}");
    case.world.env.wait_until_empty();
}

fn a_usage_limit_waits(agent: Agent) {
    let Some(case) = Case::new(agent, &[]) else { return };
    let mut case = case.start("Do it. [[stub:quota]]");
    let state = case.wait_until(TaskStatus::WaitingQuota);
    assert_eq!((state.failures, state.restarts), (0, 0), "not counted: {state:?}");
    assert!(state.wake_at.is_some(), "{state:?}");
    case.world.env.wait_for("the agent to be gone", || (case.world.env.processes().len() == 1).then_some(()));
    case.run("stop", &[]).ok();
    case.ended().expect_code(5);
}

fn recover_adopts_what_a_killed_supervisor_left(agent: Agent) {
    let wait = "touch {dir}/started; while test ! -e {dir}/go; do sleep 0.2; done; touch {dir}/DONE";
    let Some(case) = Case::new(agent, &[]) else { return };
    let mut case = case.start(&format!("Wait. [[stub:run={wait}]] [[stub:text=Done at last.]]"));
    case.wait_for_file("started");
    let agent_before = case.runs()[0].pid;
    let supervisor = case.supervisor.take().expect("a supervisor");
    supervisor.signal(Signal::KILL);
    supervisor.wait(PATIENCE);
    case.world.spawn(&["recover"]).wait(PATIENCE).ok();
    wait_for("a new supervisor", || case.task().is_supervised().ok()?.then_some(()));
    std::fs::write(case.folder().join("go"), "").expect("written");
    case.run("watch", &["--timeout", "50s"]).ok();
    let (state, runs) = (case.state(), case.runs());
    assert_eq!((state.status, runs.len()), (TaskStatus::Completed, 1), "{state:?}");
    assert_eq!(runs[0].pid, agent_before, "no second agent was started");
    let output = case.task().run(&runs[0].run_id).expect("a run").output_path();
    assert_eq!(std::fs::read_to_string(output).expect("output").trim(), "Done at last.");
    case.world.env.wait_until_empty();
}

for_each_agent! {
    loops_until_it_says_done
    asks_and_goes_on_in_its_session
    stopped_in_a_tool_call_it_leaves_nothing
    a_bad_key_fails_at_once
    a_usage_limit_waits
    recover_adopts_what_a_killed_supervisor_left
}
