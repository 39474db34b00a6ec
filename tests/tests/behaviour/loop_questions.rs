//! A person in the loop: questions, answers, defaults, words in between, and limits that ask.

use std::time::Duration;

use conductor_core::model::{EndReason, RunStatus, TaskStatus};
use conductor_core::store::{Intent, Marker, TaskDir};
use conductor_core::supervisor::intent::{self, AnswerRequest, AskRequest, ResumeRequest, TellRequest};
use conductor_tests::look::{completion_facts, prompt, runs, said, statuses};
use conductor_tests::{Tasks, wait_for};

/// Waits until the task's n-th run (from 1) has a process, and returns its id.
fn wait_run(task: &TaskDir, nth: usize) -> conductor_core::model::RunId {
    wait_for("a run at work", || {
        runs(task).get(nth - 1).filter(|run| run.pid.is_some()).map(|run| run.run_id.clone())
    })
}

fn claude(tasks: &Tasks, script: &str) -> TaskDir {
    let mut wanted = tasks.wanted(script);
    wanted.agent = Some("claude".to_owned());
    tasks.make(&wanted)
}

fn ask(tasks: &Tasks, task: &TaskDir, default: Option<(&str, Duration)>) {
    let request = AskRequest {
        text: "Left or right?".to_owned(),
        run: Some(wait_run(task, 1)),
        default: default.map(|(text, _)| text.to_owned()),
        after: default.map(|(_, after)| after),
        ..AskRequest::default()
    };
    intent::ask(&tasks.target(task), &request).expect("a question");
}

fn answer(tasks: &Tasks, task: &TaskDir, text: &str) {
    let request = AnswerRequest { who: intent::Who::default(), question: None, text: text.to_owned() };
    intent::answer(&tasks.target(task), &request).expect("an answer");
}

#[test]
fn a_question_frees_the_slot_and_its_answer_continues_the_session() {
    let tasks = Tasks::new("defaults: { agent: fake, max_running: 1 }");
    let task = claude(&tasks, "@@1\n@wait-file asked\n@@2\n@touch task:DONE");
    tasks.start(&task);
    ask(&tasks, &task, None);
    std::fs::write(tasks.env.work().join("asked"), "").expect("a file");
    let state = tasks.wait_status(&task, TaskStatus::WaitingAnswer);
    assert_eq!(state.question.expect("a question").text, "Left or right?");
    let other = tasks.make(&tasks.wanted("other\n@touch task:DONE"));
    tasks.start(&other);
    tasks.wait_status(&other, TaskStatus::Completed);
    answer(&tasks, &task, "left, of course");
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(state.question, None);
    let runs = runs(&task);
    assert_eq!(runs.len(), 2);
    assert!(runs[0].session_id.is_some() && runs[0].session_id == runs[1].session_id);
    let told = prompt(&task, &runs[1]);
    assert!(told.contains("Left or right?") && told.contains("left, of course"), "{told}");
}

#[test]
fn the_default_answers_when_its_time_has_come() {
    let tasks = Tasks::new("");
    let task = claude(&tasks, "@@1\n@wait-file asked\n@@2\n@touch task:DONE");
    tasks.start(&task);
    ask(&tasks, &task, Some(("right", Duration::from_secs(1))));
    std::fs::write(tasks.env.work().join("asked"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Completed);
    let runs = runs(&task);
    assert!(prompt(&task, &runs[1]).contains("right"));
    assert_eq!(said(&task, "ANSWER"), ["right"]);
}

#[test]
fn two_iterations_without_a_change_ask_a_person() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@@1\n@exit 0\n@@2\n@exit 0\n@@*\n@touch task:DONE"));
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::WaitingAnswer);
    assert_eq!((state.runs, state.unchanged), (2, 2));
    answer(&tasks, &task, "look into the cellar");
    tasks.wait_status(&task, TaskStatus::Completed);
    let runs = runs(&task);
    assert!(prompt(&task, &runs[2]).contains("look into the cellar"));
}

#[test]
fn tokens_ask_and_continue_grants_them_once_more() {
    let tasks = Tasks::new("");
    let mut wanted = tasks.wanted("@@1\n@usage 900 200\n@say one\n@@*\n@usage 10 10\n@touch task:DONE");
    wanted.agent = Some("events".to_owned());
    wanted.limits.tokens = Some(1000);
    let task = tasks.make(&wanted);
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::WaitingAnswer);
    assert_eq!(state.spend.tokens(), Some(1100));
    assert!(said(&task, "ERROR").pop().expect("an error").contains("1100 tokens used"));
    answer(&tasks, &task, "continue");
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!(state.granted.get("tokens"), Some(&1));
}

#[test]
fn a_word_for_now_interrupts_the_turn_and_continues_its_session() {
    let tasks = Tasks::new("");
    let task = claude(&tasks, "@@1\n@say begun\n@setsid-child 600\n@sleep 600\n@@2\n@touch task:DONE");
    tasks.start(&task);
    wait_run(&task, 1);
    wait_for("its session", || {
        let run = task.run(&runs(&task)[0].run_id).expect("the run");
        std::fs::read_to_string(run.events_path()).ok().filter(|events| events.contains("begun"))
    });
    let request = TellRequest { text: "stop that, do this".to_owned(), now: true, ..TellRequest::default() };
    intent::tell(&tasks.target(&task), &request).expect("a word");
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    let runs = runs(&task);
    assert_eq!(statuses(&task), [RunStatus::Stopped, RunStatus::Completed]);
    assert_eq!(runs[0].end_reason, Some(EndReason::Interrupted));
    assert_eq!(runs[0].session_id, runs[1].session_id);
    assert!(prompt(&task, &runs[1]).contains("stop that, do this"));
    assert_eq!(state.iteration, 1, "an interrupted turn is not counted");
    tasks.wait_left(&task);
    tasks.env.wait_until_empty();
}

#[test]
fn a_resumed_task_gets_its_exhausted_limit_once_more_and_a_second_fact() {
    let tasks = Tasks::new("defaults: { agent: fake, max_failures: 2 }");
    let task = tasks.make(&tasks.wanted("@@3\n@touch task:DONE\n@@*\n@exit 1"));
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::Failed);
    assert_eq!((state.end_reason, state.failures), (Some(EndReason::MaxFailures), 2));
    tasks.wait_left(&task);
    intent::resume(&tasks.target(&task), &ResumeRequest::default()).expect("a resumed task");
    let state = tasks.wait_status(&task, TaskStatus::Completed);
    assert_eq!((state.runs, state.granted.get("max_failures")), (3, Some(&1)));
    tasks.wait_left(&task);
    assert_eq!(completion_facts(&task), 2, "one for each time that it ended");
}

#[test]
fn once_is_one_run_without_done() {
    let tasks = Tasks::new("");
    for (script, status) in [("@say hi", TaskStatus::Completed), ("@exit 4", TaskStatus::Failed)] {
        let mut wanted = tasks.wanted(&format!("job {status}\n{script}"));
        wanted.workflow = conductor_core::model::Workflow::Once;
        let task = tasks.make(&wanted);
        tasks.start(&task);
        let state = tasks.wait_status(&task, status);
        assert_eq!(state.runs, 1);
    }
}

#[test]
fn a_usage_limit_waits_and_is_no_failure() {
    let tasks = Tasks::new("");
    let mut wanted = tasks.wanted("@@1\n@result error You have hit your usage limit\n@exit 1\n@@*\n@exit 0");
    wanted.agent = Some("events".to_owned());
    let task = tasks.make(&wanted);
    tasks.start(&task);
    let state = tasks.wait_status(&task, TaskStatus::WaitingQuota);
    assert_eq!((state.failures, state.iteration), (0, 0));
    assert!(state.wake_at.is_some());
    conductor_tests::look::touch(&task, "DONE");
    tasks.wait_status(&task, TaskStatus::Completed);
}

#[test]
fn a_takeover_lets_the_turn_end_and_resume_hands_the_session_back() {
    let tasks = Tasks::new("");
    let task = claude(&tasks, "@@1\n@wait-file go\n@@2\n@touch task:DONE");
    tasks.start(&task);
    wait_run(&task, 1);
    let mut pause = Intent::new(Some("me".to_owned()), jiff::Timestamp::now(), None);
    pause.after_turn = true;
    task.set_marker(Marker::Pause, &pause).expect("a marker");
    std::fs::write(tasks.env.work().join("go"), "").expect("a file");
    tasks.wait_status(&task, TaskStatus::Paused);
    assert_eq!(statuses(&task), [RunStatus::Completed], "the turn was not cut short");
    intent::resume(&tasks.target(&task), &ResumeRequest::default()).expect("a resumed task");
    tasks.wait_status(&task, TaskStatus::Completed);
    let runs = runs(&task);
    assert_eq!(runs[0].session_id, runs[1].session_id);
}
