//! A supervisor that dies at each named step: the next one goes on, and nothing is lost or doubled.

use conductor_core::model::{RunStatus, TaskStatus};
use conductor_core::supervisor::detach::StartOptions;
use conductor_tests::look::{completion_facts, prompt, runs, said};
use conductor_tests::{Tasks, wait_for};

/// Every step of a run and of the end of its task.
const STEPS: &[&str] = &[
    "drive.before-decision",
    "drive.after-slot",
    "run.after-create",
    "run.after-prompt",
    "launch.forked",
    "run.after-fork",
    "run.after-record",
    "launch.released",
    "run.after-release",
    "record.after-state",
    "record.after-journal",
    "run.after-start",
    "run.after-exit",
    "replace.between",
    "run.after-info",
    "run.after-account",
    "drive.after-end",
    "complete.before-fact",
    "complete.after-fact",
];

const SCRIPT: &str = "@@1\n@say one\n@@2\n@say two\n@touch task:DONE\n@@*\n@touch task:DONE";

/// Starts a supervisor that dies at a step, and waits until it is gone.
fn crash_at(tasks: &Tasks, task: &conductor_core::store::TaskDir, step: &str) {
    let env = vec![("CONDUCTOR_CRASH_AT".into(), step.into())];
    // It may be dead before it could say that it owned the task.
    let _ = tasks.start_with(task, StartOptions { env, ..StartOptions::default() });
    tasks.wait_left(task);
}

#[test]
fn c7_whatever_step_a_supervisor_dies_at_the_next_one_goes_on() {
    let tasks = Tasks::new("");
    for step in STEPS {
        let task = tasks.make(&tasks.wanted(&format!("die at {step}\n{SCRIPT}")));
        crash_at(&tasks, &task, step);
        let died = task.state().expect("a state").is_none_or(|state| state.completion_fact.is_none());
        assert!(died, "nothing died at {step}");
        tasks.start(&task);
        tasks.wait_left(&task);
        let state = task.state().expect("a state").expect("written");
        assert_eq!(state.status, TaskStatus::Completed, "{step}: {state:#?}");
        assert_eq!(state.failures, 0, "{step}: a supervisor's death is no failure of the agent");
        assert_eq!(completion_facts(&task), 1, "{step}");
        let runs = runs(&task);
        assert!(runs.iter().all(|run| run.status.is_ended()), "{step}: {runs:#?}");
        assert_eq!(usize::try_from(state.runs).expect("few"), runs.len(), "{step}");
        assert!(!tasks.root.is_live(task.project(), task.id()).expect("a look"), "{step}");
        tasks.env.wait_until_empty();
    }
}

#[test]
fn c7_a_living_agent_is_adopted_and_never_doubled() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@say one\n@wait-file go\n@say two\n@touch task:DONE"));
    tasks.start(&task);
    at_work(&task, "one");
    for _ in 0..3 {
        tasks.kill_supervisor(&task);
        tasks.start(&task);
        wait_for("adoption", || {
            task.state().ok()??.reason.filter(|reason| reason.contains("adopted")).map(|_| ())
        });
    }
    std::fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
    tasks.wait_left(&task);
    let runs = runs(&task);
    assert_eq!(runs.len(), 1, "no second agent beside a living one");
    assert_eq!(said(&task, "RUN_START").len(), 1);
    assert!(prompt(&task, &runs[0]).contains("@wait-file go"));
    tasks.env.wait_until_empty();
}

/// Changes what the record of the task's first run says, as another machine or boot would have written it.
fn rewrite(task: &conductor_core::store::TaskDir, change: impl FnOnce(&mut conductor_core::model::RunInfo)) {
    let mut info = runs(task).remove(0);
    change(&mut info);
    task.run(&info.run_id).expect("the run").write_info(&info).expect("a record");
}

/// The pid of the task's agent, once it has said so much: a supervisor that dies before it lets its agent
/// go leaves none.
fn at_work(task: &conductor_core::store::TaskDir, word: &str) -> i32 {
    wait_for("an agent at work", || {
        let run = runs(task).into_iter().next()?;
        let said = std::fs::read_to_string(run.stdout_path.as_ref()?).ok()?.contains(word);
        run.pid.filter(|_| said)
    })
}

/// A task whose agent and supervisor were killed together.
fn orphaned(tasks: &Tasks) -> conductor_core::store::TaskDir {
    let task = tasks.make(&tasks.wanted("@@1\n@say begun\n@sleep 600\n@@*\n@touch task:DONE"));
    tasks.start(&task);
    let pid = at_work(&task, "begun");
    tasks.kill_supervisor(&task);
    let pid = rustix::process::Pid::from_raw(pid).expect("a pid");
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("a kill");
    tasks.env.wait_until_empty();
    task
}

#[test]
fn a_run_of_another_boot_is_lost_and_the_task_goes_on() {
    let tasks = Tasks::new("");
    let task = orphaned(&tasks);
    rewrite(&task, |info| info.boot_id = Some("another".to_owned()));
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!((state.runs, state.iteration, state.failures), (2, 1, 0));
    assert_eq!(runs(&task)[0].status, RunStatus::Lost);
}

#[test]
fn a_run_of_another_machine_is_refused_until_it_is_declared_dead() {
    let tasks = Tasks::new("");
    let task = orphaned(&tasks);
    rewrite(&task, |info| info.machine_id = Some("another".to_owned()));
    let refused = tasks.start_with(&task, StartOptions::default());
    assert!(refused.is_err(), "it is refused before anybody is told that it is owned");
    assert!(!task.is_supervised().expect("a look"), "who was refused has left when that is told");
    assert_eq!(runs(&task)[0].status, RunStatus::Running, "whether it lives cannot be told");
    assert_eq!(runs(&task).len(), 1);
    tasks
        .start_with(&task, StartOptions { assume_dead: true, ..StartOptions::default() })
        .expect("a supervisor");
    tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(runs(&task)[0].status, RunStatus::Lost);
}
