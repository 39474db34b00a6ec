//! Dependencies: who waits for whom, and what is said when one fails.

use conductor_core::model::task::OnDependencyFailure;
use conductor_core::model::{EndReason, TaskStatus};
use conductor_core::store::TaskDir;
use conductor_tests::{Tasks, wait_for};

const DONE: &str = "@touch task:DONE";

fn dependent(tasks: &Tasks, on: &[&TaskDir], policy: OnDependencyFailure) -> TaskDir {
    let mut new = tasks.wanted(DONE);
    new.depends_on = on.iter().map(|task| task.id().to_string()).collect();
    new.on_dependency_failure = policy;
    tasks.make(&new)
}

#[test]
fn a_task_starts_when_all_it_depends_on_is_completed() {
    let tasks = Tasks::new("");
    let (first, second) = (tasks.make(&tasks.wanted(DONE)), tasks.make(&tasks.wanted(DONE)));
    let last = dependent(&tasks, &[&first, &second], OnDependencyFailure::Fail);
    tasks.start(&last);
    let state = tasks.wait_status(&last, TaskStatus::Waiting);
    assert_eq!(state.runs, 0);
    tasks.start(&first);
    tasks.wait_status(&first, TaskStatus::Completed);
    wait_for("only the second to be waited for", || {
        let reason = last.state().ok()??.reason?;
        (reason.contains(second.id().as_str()) && !reason.contains(first.id().as_str())).then_some(())
    });
    tasks.start(&second);
    tasks.wait_status(&last, TaskStatus::Completed);
}

#[test]
fn c12_a_dependency_that_failed_is_named_and_waited_for_only_when_asked() {
    let tasks = Tasks::new("defaults: { agent: fake, max_failures: 1 }\n");
    let broken = tasks.make(&tasks.wanted("@exit 3"));
    let fails = dependent(&tasks, &[&broken], OnDependencyFailure::Fail);
    let waits = dependent(&tasks, &[&broken], OnDependencyFailure::Wait);
    let ignores = dependent(&tasks, &[&broken], OnDependencyFailure::Ignore);
    for task in [&broken, &fails, &waits, &ignores] {
        tasks.start(task);
    }
    tasks.wait_status(&broken, TaskStatus::Failed);
    let state = tasks.wait_status(&fails, TaskStatus::Failed);
    assert_eq!((state.end_reason, state.runs), (Some(EndReason::DependencyFailed), 0));
    let message = state.error.expect("an error").message;
    assert!(message.contains(broken.id().as_str()), "{message}");
    for shown in
        [tasks.env.run(&["list", "--all"]).ok(), tasks.env.run(&["status", fails.id().as_str()]).ok()]
    {
        let mut lines = shown.stdout.lines();
        let line = lines.find(|line| line.contains("failed") && line.contains("a task it depends on"));
        assert!(line.is_some_and(|line| line.contains(broken.id().as_str())), "{shown}");
    }
    tasks.wait_status(&ignores, TaskStatus::Completed);
    wait_for("the reason", || {
        let reason = waits.state().ok()??.reason?;
        (reason.contains(broken.id().as_str()) && reason.contains("failed")).then_some(())
    });
    assert_eq!(tasks.wait_status(&waits, TaskStatus::Waiting).runs, 0);
}
