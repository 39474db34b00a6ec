//! What happens around each death.

use conductor_core::model::TaskStatus;

use super::{Ending, PROJECT, Stage, Victim};

/// Posts a message that cannot be doubled without being seen.
fn post(text: &str) -> String {
    format!("@run \"$JRUN_CLI\" bus post --type PROGRESS --body \"$JRUN_ID-{text}\" >/dev/null")
}

/// Two turns: the first ends without DONE, the second with it.
fn two_turns() -> String {
    format!("@@1\n{}\n@say first\n@@*\n{}\n@say more\n@done", post("1"), post("2"))
}

/// The first turn waits for a signal; the second says DONE.
fn waits(stage: &Stage) -> String {
    let (here, go) = (stage.env.path().join("here"), stage.signal());
    format!(
        "@@1\n{}\n@touch {}\n@wait-file {}\n@say first\n@@*\n{}\n@say more\n@done",
        post("1"),
        here.display(),
        go.display(),
        post("2")
    )
}

const COMPLETED: Ending = Ending { status: TaskStatus::Completed, times: 1 };
const STOPPED: Ending = Ending { status: TaskStatus::Stopped, times: 1 };

/// Plays the scene of a case up to where only the end is waited for.
pub(super) fn play(stage: &Stage) -> Ending {
    match stage.case.victim {
        Victim::Supervisor => supervisor(stage),
        Victim::Queued => queued(stage),
        Victim::Child | Victim::ChildsMaker => child(stage),
        Victim::Adopter => adopter(stage),
        Victim::Recover => recover(stage),
        Victim::Interrupter => interrupter(stage),
        Victim::Stopping => stopping(stage),
        Victim::StoppingAlone => stopping_alone(stage),
        Victim::Stop => stop(stage),
        Victim::Done => done(stage),
        Victim::Ask => ask(stage),
        Victim::Answer => answer(stage),
        Victim::Tell => tell(stage),
        Victim::Resume => resume(stage),
        Victim::Asking => asking(stage),
        Victim::Post => posting(stage),
    }
}

fn supervisor(stage: &Stage) -> Ending {
    let prompt = stage.prompt("prompt.md", &two_turns());
    let args = ["task", "--project", PROJECT, "--prompt-file", &prompt];
    stage.run_dying(&args);
    let recovered = stage.env.run(&["recover"]);
    // 3: it died before there was a root.
    assert!(matches!(recovered.code, Some(0 | 3)), "{recovered}");
    let tasks = conductor_core::store::Root::open(&stage.env.root()).map(|root| crate::check::tasks(&root));
    if tasks.is_ok_and(|tasks| tasks.is_ok_and(|tasks| tasks.is_empty())) {
        // It died before there was a task: whoever asked for it asks again.
        stage.env.run(&args).ok();
    }
    stage.recover();
    COMPLETED
}

fn queued(stage: &Stage) -> Ending {
    stage.env.configure("defaults: { agent: fake, max_running: 1 }\n");
    stage.start(&waits(stage));
    stage.wait_for_file(&stage.env.path().join("here"));
    let prompt = stage.prompt("queued.md", &two_turns());
    stage.run_dying(&["task", "--project", PROJECT, "--prompt-file", &prompt]);
    stage.recover();
    stage.give_signal();
    COMPLETED
}

fn child(stage: &Stage) -> Ending {
    let prompt = stage.prompt("child.md", &format!("{}\n@say child\n@done", post("child")));
    let script = format!(
        "@@1\n@run {}\"$JRUN_CLI\" task --detach --prompt-file {prompt} >/dev/null\n{}\n@say first\n\
         @@*\n@say more\n@done",
        stage.shell_variables(),
        post("1"),
    );
    stage.start(&script);
    stage.wait_for_death();
    stage.recover();
    COMPLETED
}

fn adopter(stage: &Stage) -> Ending {
    let task = stage.start(&waits(stage));
    stage.wait_for_file(&stage.env.path().join("here"));
    stage.kill_supervisor(&task);
    stage.env.run_with(&["recover"], |command| stage.mark(command));
    stage.give_signal();
    stage.wait_for_death();
    stage.recover();
    COMPLETED
}

fn recover(stage: &Stage) -> Ending {
    let task = stage.start(&waits(stage));
    stage.wait_for_file(&stage.env.path().join("here"));
    stage.kill_supervisor(&task);
    stage.run_dying(&["recover"]);
    stage.give_signal();
    stage.recover();
    COMPLETED
}

fn interrupter(stage: &Stage) -> Ending {
    let prompt = stage.prompt("prompt.md", &waits(stage));
    let args = ["task", "--project", PROJECT, "--prompt-file", &prompt];
    let supervisor = stage.env.spawn_with(&args, |command| stage.mark(command));
    stage.wait_for_file(&stage.env.path().join("here"));
    let task = stage.only_task();
    // It may die while it is told, and is then started again by whoever tells.
    stage.env.run(&["tell", "--now", task.id().as_str(), "go on"]).ok();
    stage.must_have_died(&supervisor.wait(crate::PATIENCE));
    stage.recover();
    COMPLETED
}

fn stopping(stage: &Stage) -> Ending {
    let prompt = stage.prompt("prompt.md", &waits(stage));
    let args = ["task", "--project", PROJECT, "--prompt-file", &prompt];
    let supervisor = stage.env.spawn_with(&args, |command| stage.mark(command));
    stage.wait_for_file(&stage.env.path().join("here"));
    let task = stage.only_task();
    let stop = stage.env.spawn(&["stop", task.id().as_str()]);
    stage.must_have_died(&supervisor.wait(crate::PATIENCE));
    stop.wait(crate::PATIENCE).ok();
    stage.recover();
    STOPPED
}

fn stopping_alone(stage: &Stage) -> Ending {
    let task = stage.start(&waits(stage));
    stage.wait_for_file(&stage.env.path().join("here"));
    stage.kill_supervisor(&task);
    // The first supervisor that it starts dies; the command is killed with it, so that nobody helps.
    let stop = stage.env.spawn_with(&["stop", task.id().as_str()], |command| stage.mark(command));
    stage.wait_for_death();
    drop(stop);
    stage.recover();
    STOPPED
}

fn stop(stage: &Stage) -> Ending {
    let task = stage.start(&waits(stage));
    stage.wait_for_file(&stage.env.path().join("here"));
    stage.run_dying(&["stop", task.id().as_str()]);
    STOPPED
}

fn done(stage: &Stage) -> Ending {
    let script = format!("{}\n@run {}\"$JRUN_CLI\" done", post("1"), stage.shell_variables());
    stage.start(&script);
    stage.wait_for_death();
    COMPLETED
}

fn ask(stage: &Stage) -> Ending {
    let question = format!(
        "@@1\n@run {}\"$JRUN_CLI\" ask 'Which?' --choice left --choice right\n@@*\n{}\n@done",
        stage.shell_variables(),
        post("2")
    );
    let task = stage.start(&question);
    stage.wait_for_death();
    stage.wait_for_status(&task, TaskStatus::WaitingAnswer);
    stage.env.run(&["answer", task.id().as_str(), "left"]).ok();
    COMPLETED
}

fn answer(stage: &Stage) -> Ending {
    let question = format!("@@1\n@ask 'Which?' --choice left --choice right\n@@*\n{}\n@done", post("2"));
    let task = stage.start(&question);
    stage.wait_for_status(&task, TaskStatus::WaitingAnswer);
    stage.run_dying(&["answer", task.id().as_str(), "left"]);
    stage.recover();
    // Not posted: it is asked still. Posted: it goes on with it, and a second answer comes too late.
    let again = stage.env.run(&["answer", task.id().as_str(), "right"]);
    assert!(matches!(again.code, Some(0 | 4)), "{again}");
    COMPLETED
}

fn tell(stage: &Stage) -> Ending {
    let task = stage.start(&waits(stage));
    stage.wait_for_file(&stage.env.path().join("here"));
    stage.kill_supervisor(&task);
    stage.run_dying(&["tell", task.id().as_str(), "and mind the tests"]);
    stage.give_signal();
    stage.recover();
    stage.wait_for_end();
    let runs = task.runs().expect("the runs");
    let told = |run: &&conductor_core::model::RunId| {
        let prompt = task.run(run).and_then(|run| run.dir().read_text("prompt.md", 1 << 20));
        prompt.is_ok_and(|prompt| prompt.contains("and mind the tests"))
    };
    assert_eq!(runs.iter().filter(told).count(), 1, "the word is told once");
    COMPLETED
}

fn resume(stage: &Stage) -> Ending {
    let task = stage.start(&waits(stage));
    stage.wait_for_file(&stage.env.path().join("here"));
    stage.env.run(&["stop", task.id().as_str()]).ok();
    stage.run_dying(&["resume", task.id().as_str()]);
    stage.recover();
    if task.state().expect("a state").is_some_and(|state| state.status.is_ended()) {
        stage.env.run(&["resume", task.id().as_str()]).ok();
    }
    Ending { status: TaskStatus::Completed, times: 2 }
}

fn asking(stage: &Stage) -> Ending {
    let script = format!("@@1\n@same\n@@2\n@same\n@@3\n@same\n@@*\n{}\n@done", post("2"));
    let prompt = stage.prompt("prompt.md", &script);
    stage.run_dying(&["task", "--project", PROJECT, "--prompt-file", &prompt]);
    stage.recover();
    let task = stage.only_task();
    stage.wait_for_status(&task, TaskStatus::WaitingAnswer);
    let asked = stage.env.run(&["bus", "read", "--type", "QUESTION", "--task", task.id().as_str()]).ok();
    assert_eq!(asked.stdout.matches("Two iterations").count(), 1, "asked once: {asked}");
    stage.env.run(&["answer", task.id().as_str(), "continue"]).ok();
    COMPLETED
}

fn posting(stage: &Stage) -> Ending {
    stage.env.configure("defaults: { agent: fake }\nbus: { durability: always, rotate_at: 100 }\n");
    let task = stage.start(&format!("{}\n@done", post("1")));
    stage.wait_for_end();
    let post = |text: &str| {
        ["bus", "post", "--type", "PROGRESS", "--task", task.id().as_str(), "--body", text].map(str::to_owned)
    };
    for text in ["a", "b", "c"] {
        stage.env.run(&post(text)).ok();
    }
    let args = post("d");
    stage.run_dying(&args.each_ref().map(String::as_str));
    stage.env.run(&post("e")).ok();
    let look = crate::check::everything(&stage.root(), TaskStatus::Completed, 1);
    for text in ["a", "b", "c", "e"] {
        assert_eq!(look.bodies.get(text), Some(&1), "{:?}", look.bodies);
    }
    COMPLETED
}
