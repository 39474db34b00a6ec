//! `ask`, `answer`, `tell`, `done`: what is said between a person and an agent.

use std::fs;

use conductor_core::bus::{Bus, Query};
use conductor_core::model::{Message, TaskStatus, Workflow};
use conductor_core::store::TaskDir;
use conductor_tests::{Output, Tasks, wait_for};

fn run(tasks: &Tasks, args: &[&str], task: &TaskDir) -> Output {
    tasks.env.run(&[&args[..1], &[task.id().as_str()], &args[1..]].concat())
}

fn messages(task: &TaskDir, kind: &str) -> Vec<Message> {
    Bus::task(task).read(&Query::default().kind(kind)).expect("the bus")
}

fn last_prompt(task: &TaskDir) -> String {
    let run = task.runs().expect("runs").pop().expect("a run");
    fs::read_to_string(task.run(&run).expect("the run").prompt_path()).expect("a prompt")
}

#[test]
fn an_answer_continues_the_task_and_nothing_is_counted() {
    let tasks = Tasks::new("");
    let task =
        tasks.make(&tasks.wanted("@@1\n@ask 'Which one?' --choice red --choice blue\n@@2\n@touch task:DONE"));
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::WaitingAnswer);
    assert_eq!(state.question.expect("a question").choices, ["red", "blue"]);
    run(&tasks, &["answer", "2"], &task).ok();
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!((state.runs, state.failures), (2, 0));
    assert!(last_prompt(&task).contains("blue"));
    run(&tasks, &["answer", "red"], &task).expect_code(4);
    assert_eq!(messages(&task, "ANSWER").len(), 1);
}

#[test]
fn a_waiting_task_holds_no_slot() {
    let tasks = Tasks::new("defaults: { agent: fake, max_running: 1 }\n");
    let asks = tasks.make(&tasks.wanted("@@1\n@ask 'Well?'\n@@2\n@touch task:DONE"));
    tasks.start(&asks);
    tasks.wait_status(&asks, TaskStatus::WaitingAnswer);
    let other = tasks.make(&tasks.wanted("@touch task:DONE"));
    tasks.start(&other);
    tasks.wait_status(&other, TaskStatus::Completed);
    run(&tasks, &["answer", "yes"], &asks).ok();
    tasks.wait_status(&asks, TaskStatus::Completed);
}

#[test]
fn of_an_answer_and_the_defaults_time_exactly_one_counts() {
    let tasks = Tasks::new("");
    for _ in 0..3 {
        let prompt = "@@1\n@ask 'Well?' --default default --after 1s\n@@2\n@touch task:DONE";
        let task = tasks.make(&tasks.wanted(prompt));
        tasks.start(&task);
        let state = tasks.wait_status(&task, TaskStatus::WaitingAnswer);
        let question = state.question.expect("a question");
        let due = question.default_at.expect("a time");
        wait_for("the default's time", || (jiff::Timestamp::now() >= due).then_some(()));
        let code = run(&tasks, &["answer", "person"], &task).code;
        tasks.wait_status(&task, TaskStatus::Completed);
        let first = messages(&task, "ANSWER").remove(0).body;
        let expected = if code == Some(0) { "person" } else { "default" };
        assert_eq!(first, expected, "code {code:?}");
        assert!(last_prompt(&task).contains(&first));
        assert_eq!(task.runs().expect("runs").len(), 2);
    }
}

#[test]
fn who_waits_for_the_answer_gets_it_on_the_spot() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@ask 'Well?' --wait 50s\n@touch task:DONE"));
    tasks.start(&task);
    wait_for("the question", || (messages(&task, "QUESTION").len() == 1).then_some(()));
    run(&tasks, &["answer", "certainly"], &task).ok();
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(state.runs, 1);
    let run_id = task.runs().expect("runs").remove(0);
    let said = fs::read_to_string(task.run(&run_id).expect("the run").stdout_path()).expect("output");
    assert!(said.contains("certainly"), "{said}");
}

#[test]
fn a_word_is_in_the_next_prompt_and_gets_a_receipt() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@@1\n@wait-file go\n@say one\n@@2\n@touch task:DONE"));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Running);
    let file = tasks.env.work().join("mock.txt");
    fs::write(&file, "like this").expect("a file");
    run(&tasks, &["tell", "Mind the gap", "--attach", file.to_str().expect("text")], &task).ok();
    fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
    let prompt = last_prompt(&task);
    assert!(prompt.contains("Mind the gap") && prompt.contains("ATTACH-"), "{prompt}");
    let word = messages(&task, "USER").remove(0).msg_id.expect("an id");
    let receipt = Query { parent: Some(word), ..Query::default() };
    assert_eq!(Bus::task(&task).read(&receipt).expect("the bus").len(), 1);
}

#[test]
fn a_word_in_the_last_turn_is_read_by_one_more() {
    for workflow in [Workflow::Loop, Workflow::Once] {
        let tasks = Tasks::new("");
        let mut new = tasks.wanted("@@1\n@wait-file go\n@touch task:DONE\n@@2\n@touch task:DONE");
        new.workflow = workflow;
        let task = tasks.make(&new);
        tasks.start(&task);
        tasks.wait_status(&task, TaskStatus::Running);
        let told = run(&tasks, &["tell", "Mind the gap"], &task).ok();
        assert!(told.stdout.contains("next turn"), "{told}");
        fs::write(tasks.env.work().join("go"), "").expect("a file");
        let state = tasks.wait_status(&task, TaskStatus::Completed);
        assert_eq!(state.runs, 2, "{workflow:?}");
        assert!(last_prompt(&task).contains("Mind the gap"), "{workflow:?}");
        let first = task.runs().expect("runs").remove(0);
        assert!(task.path().join(format!("DONE.{first}")).exists(), "{workflow:?}");
        let word = messages(&task, "USER").remove(0).msg_id.expect("an id");
        let receipt = Query { parent: Some(word), ..Query::default() };
        assert_eq!(Bus::task(&task).read(&receipt).expect("the bus").len(), 1, "{workflow:?}");
    }
}

#[test]
fn a_word_for_now_interrupts_the_turn() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@@1\n@say at work\n@sleep 600\n@@2\n@touch task:DONE"));
    tasks.start(&task);
    // An agent that is ended before it has begun does not know that its next run is the second.
    wait_for("its agent at work", || {
        let run = task.runs().ok()?.pop()?;
        let said = std::fs::read_to_string(task.run(&run).ok()?.stdout_path()).ok()?;
        said.contains("at work").then_some(())
    });
    run(&tasks, &["tell", "--now", "Leave the schema alone"], &task).ok();
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!((state.runs, state.failures), (2, 0));
    assert!(last_prompt(&task).contains("Leave the schema alone"));
}

#[test]
fn a_word_to_an_ended_task_is_a_follow_up() {
    let tasks = Tasks::new("");
    let mut new = tasks.wanted("@@1\n@say one\n@@2\n@say two");
    new.workflow = Workflow::Once;
    let task = tasks.make(&new);
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Completed);
    run(&tasks, &["tell", "And now the tests"], &task).ok();
    wait_for("a second run", || (task.runs().ok()?.len() == 2).then_some(()));
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(state.runs, 2);
    assert!(last_prompt(&task).contains("And now the tests"));
}

#[test]
fn done_is_said_once_and_again_changes_nothing() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@run \"$JRUN_CLI\" done\n@run \"$JRUN_CLI\" done -m twice"));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Completed);
    run(&tasks, &["done"], &task).ok();
    tasks.wait_left(&task);
    let project = tasks.root.project(task.project()).expect("the project");
    let facts = Bus::project(&project).read(&Query::default().kind("TASK_DONE")).expect("the bus");
    assert_eq!(facts.len(), 1, "exactly one completion fact");
}

#[test]
fn an_agent_without_sessions_starts_afresh_whatever_it_calls_a_session() {
    let tasks = Tasks::new("defaults: { agent: events }");
    let script = "@@1\n@ask 'Which one?'\n@@2\n@touch task:DONE\n@@3\n@touch task:DONE";
    let task = tasks.make(&tasks.wanted(script));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::WaitingAnswer);
    run(&tasks, &["answer", "the red one"], &task).ok();
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!((state.runs, state.failures, state.session), (2, 0, None));
    let told = last_prompt(&task);
    assert!(told.contains("the red one") && told.contains("@@1"), "a whole prompt: {told}");
    tasks.wait_left(&task);
    run(&tasks, &["tell", "and one more"], &task).ok();
    wait_for("the follow-up", || (task.runs().ok()?.len() == 3).then_some(()));
    tasks.wait_status(&task, TaskStatus::Completed);
    assert!(last_prompt(&task).contains("and one more"));
    let first = task.run(&task.runs().expect("runs")[0]).expect("a run");
    let events = fs::read_to_string(first.path().join("events.jsonl")).expect("events");
    assert!(events.contains("\"event\":\"session\""), "what it said is kept: {events}");
}
