//! Slots and the queue across processes.

use std::fs;

use conductor_core::model::{TaskId, TaskStatus};
use conductor_core::store::TaskDir;
use conductor_tests::{Tasks, wait_for};

/// A task of this name that does this.
fn make(tasks: &Tasks, name: &str, prompt: &str) -> TaskDir {
    let mut new = tasks.wanted(prompt);
    new.task = Some(TaskId::new(&format!("task-20261120-201300-{name}")).expect("a name"));
    tasks.make(&new)
}

/// Notes its name in the working folder's `order`, and is done.
fn noting(name: &str) -> String {
    format!("@run echo {name} >> order\n@touch task:DONE")
}

fn order(tasks: &Tasks) -> Vec<String> {
    let text = fs::read_to_string(tasks.env.work().join("order")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn c8_the_order_holds_over_processes_and_restarts_of_a_loop() {
    let tasks = Tasks::new("defaults: { agent: fake, max_running: 1 }\n");
    let first = make(&tasks, "first", "@wait-file go\n@touch task:DONE");
    tasks.start(&first);
    tasks.wait_status(&first, TaskStatus::Running);
    let names = ["a", "b", "c"];
    let waiting: Vec<TaskDir> = names.iter().map(|name| make(&tasks, name, &noting(name))).collect();
    for task in &waiting {
        tasks.start(task);
        tasks.wait_status(task, TaskStatus::Queued);
    }
    tasks.kill_supervisor(&waiting[0]);
    let late = make(&tasks, "late", &noting("late"));
    tasks.start(&late);
    tasks.wait_status(&late, TaskStatus::Queued);
    tasks.start(&waiting[0]);
    wait_for("the restarted one to wait", || {
        conductor_core::supervisor::queue::waiting_now(&tasks.root).ok().filter(|queue| queue.len() == 4)
    });
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    for task in waiting.iter().chain([&first, &late]) {
        tasks.wait_status(task, TaskStatus::Completed);
    }
    assert_eq!(order(&tasks), ["a", "b", "c", "late"]);
}

#[test]
fn no_more_are_at_work_than_there_are_slots() {
    let tasks = Tasks::new("defaults: { agent: fake, max_running: 2 }\n");
    let prompt = "@run echo + >> order\n@sleep 0.3\n@run echo - >> order\n@touch task:DONE";
    let all: Vec<TaskDir> = (0..6).map(|n| make(&tasks, &format!("t{n}"), prompt)).collect();
    for task in &all {
        tasks.start(task);
    }
    for task in &all {
        tasks.wait_status(task, TaskStatus::Completed);
    }
    let mut at_work = 0i32;
    for line in order(&tasks) {
        at_work += if line == "+" { 1 } else { -1 };
        assert!((0..=2).contains(&at_work), "{:?}", order(&tasks));
    }
    assert_eq!(at_work, 0);
}

#[test]
fn nesting_cannot_deadlock() {
    let tasks = Tasks::new("defaults: { agent: fake, max_running: 1 }\n");
    for name in ["one", "two"] {
        fs::write(tasks.env.work().join(format!("{name}.md")), noting(name)).expect("a prompt");
    }
    let both = "for n in one two; do \"$JRUN_CLI\" task --prompt-file $n.md & done; wait";
    let parent = make(&tasks, "parent", &format!("@run {both}\n@touch task:DONE"));
    tasks.start(&parent);
    let state = tasks.wait_status(&parent, TaskStatus::Completed);
    assert_eq!(state.runs, 1, "it waited for its children within its turn");
    let mut order = order(&tasks);
    order.sort();
    assert_eq!(order, ["one", "two"]);
    let children = conductor_core::supervisor::children::all(&tasks.root, parent.project(), parent.id());
    let statuses: Vec<_> = children.expect("tasks").into_iter().map(|child| child.status).collect();
    assert_eq!(statuses, [TaskStatus::Completed; 2]);
}

#[test]
fn a_slot_is_kept_for_an_agent_whose_supervisor_died() {
    let tasks = Tasks::new("defaults: { agent: fake, max_running: 1 }\n");
    let orphaned = make(&tasks, "orphaned", "@wait-file go\n@run echo orphaned >> order\n@touch task:DONE");
    tasks.start(&orphaned);
    wait_for("its agent", || orphaned.state().ok()??.current_run);
    wait_for("its process", || {
        let run = orphaned.runs().ok()?.pop()?;
        orphaned.run(&run).ok()?.info().ok()?.pid
    });
    tasks.kill_supervisor(&orphaned);
    let next = make(&tasks, "next", &noting("next"));
    tasks.start(&next);
    tasks.wait_status(&next, TaskStatus::Queued);
    tasks.start(&orphaned);
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&orphaned, TaskStatus::Completed);
    tasks.wait_status(&next, TaskStatus::Completed);
    assert_eq!(order(&tasks), ["orphaned", "next"]);
    assert_eq!(orphaned.runs().expect("runs").len(), 1, "it was adopted, not started again");
}
