//! Files that end in their middle, as a disk that died may leave them.

use std::fs;
use std::path::{Path, PathBuf};

use conductor_core::model::TaskStatus;
use conductor_core::store::TaskDir;
use conductor_core::supervisor::{SuperviseError, SuperviseOptions, supervise};
use conductor_tests::{Tasks, wait_for};

/// A task whose agent waits for `go`; its supervisor is killed.
struct Left {
    tasks: Tasks,
    task: TaskDir,
}

impl Left {
    fn new(agent: &str, before: &str) -> Self {
        let tasks = Tasks::new("");
        let (here, go) = (tasks.env.path().join("here"), tasks.env.path().join("go"));
        let script =
            format!("{before}\n@touch {}\n@wait-file {}\n@say ready\n@done", here.display(), go.display());
        let mut wanted = tasks.wanted(&script);
        wanted.agent = Some(agent.to_owned());
        let task = tasks.make(&wanted);
        tasks.start(&task);
        wait_for("the agent", || here.exists().then_some(()));
        wait_for("its record", || task.state().expect("a state")?.current_run);
        Self { tasks, task }
    }

    fn run_file(&self, name: &str) -> PathBuf {
        let run = self.task.runs().expect("the runs").remove(0);
        self.task.run(&run).expect("a run").path().join(name)
    }

    fn agents(&self) -> usize {
        let all = self.tasks.env.processes();
        all.iter().filter(|(_, command)| command.contains("fake-agent")).count()
    }

    fn ends(&self) {
        fs::write(self.tasks.env.path().join("go"), "").expect("the signal");
        self.tasks.env.run(&["recover"]).ok();
        self.tasks.wait_status(&self.task, TaskStatus::Completed);
        assert_eq!(self.task.runs().expect("the runs").len(), 1, "no second agent was started");
    }
}

/// Where a file is cut: all of it, within a key, and within the last value, which leaves good YAML.
fn cuts(text: &str) -> [usize; 3] {
    let keys = text.match_indices('\n').map(|(at, _)| at + 1);
    let key = keys.filter(|at| text[*at..].starts_with("status")).map(|at| at + 3).next();
    let end = text.rfind("\n# end").expect("a last line");
    [0, key.expect("a status"), end - 1]
}

/// While a file is torn, its task is shown as damaged and its neighbour as it is. `recover` makes the file
/// anew, keeps the torn one, and the agent that lives is adopted: none is started beside it.
fn mended_when_torn(left: &Left, path: &Path, neighbour: &TaskDir) {
    let text = fs::read_to_string(path).expect("a file");
    for at in cuts(&text) {
        fs::write(path, &text[..at]).expect("written");
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let shown = left.tasks.env.run(&["status", left.task.id().as_str()]).to_string();
        assert!(shown.contains("damaged") || shown.contains(name), "what is damaged is named: {shown}");
        let list = left.tasks.env.run(&["list"]).ok().stdout;
        assert!(list.contains(neighbour.id().slug()), "{list}");
        assert!(!list.contains("running "), "what nobody owns is not shown as running: {list}");
        let recovered = left.tasks.env.run(&["recover"]).ok();
        assert!(recovered.stderr.contains("made anew") && recovered.stderr.contains(name), "{recovered}");
        let kept = recovered.stderr.split_whitespace().rfind(|word| word.contains(".damaged-"));
        let kept = path.with_file_name(kept.expect("the name of what is kept"));
        assert_eq!(fs::read_to_string(kept).expect("kept"), text[..at], "not a byte is changed");
        assert_eq!(left.agents(), 1, "cut at {at}");
        let adopted = || left.task.state().ok()??.reason.filter(|reason| reason.contains("adopted"));
        wait_for("adoption", adopted);
        left.tasks.kill_supervisor(&left.task);
        let clock = jiff::Timestamp::now().as_second();
        // The name of what is kept tells seconds.
        wait_for("the next second", || (jiff::Timestamp::now().as_second() > clock).then_some(()));
    }
}

#[test]
fn a_torn_state_is_made_anew_hides_no_neighbour_and_starts_no_second_agent() {
    let left = Left::new("fake", "");
    let neighbour = left.tasks.make(&left.tasks.wanted("@say hello\n@done"));
    left.tasks.start(&neighbour);
    left.tasks.wait_status(&neighbour, TaskStatus::Completed);
    left.tasks.kill_supervisor(&left.task);
    let state = left.task.path().join("state.yaml");
    mended_when_torn(&left, &state, &neighbour);
    left.ends();
}

#[test]
fn a_torn_run_info_is_made_anew_and_starts_no_second_agent() {
    let left = Left::new("fake", "");
    let neighbour = left.tasks.make(&left.tasks.wanted("@say hello\n@done"));
    left.tasks.start(&neighbour);
    left.tasks.wait_status(&neighbour, TaskStatus::Completed);
    left.tasks.kill_supervisor(&left.task);
    mended_when_torn(&left, &left.run_file("run-info.yaml"), &neighbour);
    left.ends();
}

#[test]
fn a_stop_reaches_what_lives_whichever_file_is_torn_and_whoever_owns_the_task() {
    for name in ["state.yaml", "run-info.yaml"] {
        for supervised in [true, false] {
            let left = Left::new("fake", "@setsid-child 600");
            let path = if name == "state.yaml" { left.task.path().join(name) } else { left.run_file(name) };
            if !supervised {
                left.tasks.kill_supervisor(&left.task);
            }
            fs::write(&path, "").expect("an empty file");
            assert_eq!(left.agents(), 2);
            let stopped = left.tasks.env.run(&["stop", left.task.id().as_str()]).ok();
            assert_eq!(left.agents(), 0, "{name}, {supervised}: {stopped}");
            let state = left.task.state().expect("a whole file").expect("a state");
            assert_eq!(state.status, TaskStatus::Stopped, "{name}, {supervised}: {stopped}");
            assert!(state.stop.expect("evidence").found >= 2, "{name}, {supervised}: {stopped}");
            let run = left.task.runs().expect("the runs").remove(0);
            let info = left.task.run(&run).and_then(|run| run.info()).expect("a whole record");
            assert!(info.status.is_ended(), "{info:?}");
            if name == "state.yaml" || !supervised {
                assert!(stopped.stderr.contains("anew"), "{name}, {supervised}: it is said: {stopped}");
            }
            left.tasks.env.wait_until_empty();
        }
    }
}

/// Puts something else in the place of a file.
fn replace_by(kind: &str, path: &Path) {
    fs::remove_file(path).expect("a file");
    match kind {
        "folder" => fs::create_dir_all(path.join("kept")).expect("a folder"),
        "pipe" => rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).expect("a pipe"),
        "link" => std::os::unix::fs::symlink("/etc/passwd", path).expect("a link"),
        _ => {}
    }
}

#[test]
fn a_stop_reaches_what_lives_whatever_stands_in_the_place_of_a_file() {
    for (kind, name, supervised) in [
        ("folder", "state.yaml", true),
        ("folder", "state.yaml", false),
        ("folder", "run-info.yaml", true),
        ("pipe", "state.yaml", true),
        ("pipe", "run-info.yaml", false),
        ("link", "state.yaml", false),
        ("link", "run-info.yaml", true),
    ] {
        let scene = format!("{kind}, {name}, {supervised}");
        let left = Left::new("fake", "");
        let path = if name == "state.yaml" { left.task.path().join(name) } else { left.run_file(name) };
        if !supervised {
            left.tasks.kill_supervisor(&left.task);
        }
        replace_by(kind, &path);
        let stopped = left.tasks.env.run(&["stop", left.task.id().as_str()]).ok();
        assert_eq!(left.agents(), 0, "{scene}: {stopped}");
        let state = left.task.state().expect("a whole file").expect("a state");
        assert_eq!(state.status, TaskStatus::Stopped, "{scene}: {stopped}");
        let run = left.task.runs().expect("the runs").remove(0);
        let info = left.task.run(&run).and_then(|run| run.info()).expect("a whole record");
        assert!(info.status.is_ended(), "{scene}: {info:?}");
        if kind == "folder" {
            let names = fs::read_dir(path.parent().expect("a folder")).expect("listed");
            let mut names = names.map(|entry| entry.expect("an entry").path());
            let is_kept = |path: &PathBuf| path.to_string_lossy().contains(".damaged-");
            let kept = names.find(is_kept).unwrap_or_else(|| panic!("{scene}: {stopped}"));
            assert!(kept.join("kept").is_dir(), "what was in it is kept: {scene}");
        }
        left.tasks.env.wait_until_empty();
    }
}

#[test]
fn a_task_that_works_is_shown_as_running_also_when_its_state_is_gone() {
    let left = Left::new("fake", "");
    replace_by("nothing", &left.task.path().join("state.yaml"));
    let list = left.tasks.env.json(&["list"]);
    assert_eq!(list["tasks"][0]["status"], "running", "{list}");
    let id = left.task.id().as_str();
    assert_eq!(left.tasks.env.json(&["status", id])["status"], "running");
    left.tasks.kill_supervisor(&left.task);
    assert_eq!(left.tasks.env.json(&["status", id])["status"], "interrupted");
    left.tasks.env.run(&["recover"]).ok();
    left.ends();
}

#[test]
fn a_stop_without_a_supervisor_does_not_need_the_prompt() {
    let left = Left::new("fake", "@setsid-child 600");
    left.tasks.kill_supervisor(&left.task);
    fs::remove_file(left.task.path().join("TASK.md")).expect("a prompt");
    assert_eq!(left.agents(), 2);
    let stopped = left.tasks.env.run(&["stop", left.task.id().as_str()]).ok();
    assert_eq!(left.agents(), 0, "{stopped}");
    assert_eq!(left.task.state().expect("a file").expect("a state").status, TaskStatus::Stopped);
    left.tasks.env.wait_until_empty();
}

/// Emptied, torn, gone, and gone with `state.yaml`.
#[test]
fn a_stop_without_a_supervisor_does_not_need_what_was_asked() {
    for (round, tear) in [Some(""), Some("version: 1\nproject_id: de"), None, None].into_iter().enumerate() {
        let left = Left::new("fake", "@setsid-child 600");
        left.tasks.kill_supervisor(&left.task);
        let path = left.task.path().join("task.yaml");
        match tear {
            Some(tear) => fs::write(&path, tear).expect("written"),
            None => fs::remove_file(&path).expect("a file"),
        }
        if round == 3 {
            fs::remove_file(left.task.path().join("state.yaml")).expect("a file");
        }
        assert_eq!(left.agents(), 2);
        let stopped = left.tasks.env.run(&["stop", left.task.id().as_str()]).ok();
        assert_eq!(left.agents(), 0, "{round}: {stopped}");
        assert!(stopped.stderr.contains("task.yaml"), "{round}: what is lost is said: {stopped}");
        let state = left.task.state().expect("a file").expect("a state");
        assert_eq!(state.status, TaskStatus::Stopped, "{round}: {stopped}");
        assert!(state.stop.expect("evidence").found >= 2, "{round}: {stopped}");
        assert_eq!(fs::read_to_string(&path).ok().as_deref(), tear, "nothing is made up in its place");
        left.tasks.env.run(&["stop", left.task.id().as_str()]).expect_code(4);
        left.tasks.env.wait_until_empty();
    }
}

/// Whose child it is, the journal tells; where its supervisor is dead, the parent's starts another.
#[test]
fn a_stop_reaches_a_child_task_of_which_nobody_knows_what_was_asked() {
    for supervised in [true, false] {
        let left = Left::new("fake", "");
        let mut wanted = left.tasks.wanted("child\n@setsid-child 600\n@touch task:here\n@sleep 600");
        wanted.parent_run = left.task.runs().expect("the runs").pop();
        wanted.parent_task = Some((left.task.project().clone(), left.task.id().clone()));
        let child = left.tasks.make(&wanted);
        left.tasks.start(&child);
        wait_for("the child's agent", || child.path().join("here").exists().then_some(()));
        if !supervised {
            left.tasks.kill_supervisor(&child);
        }
        fs::write(child.path().join("task.yaml"), "").expect("an empty file");
        assert_eq!(left.agents(), 3);
        let stopped = left.tasks.env.run(&["stop", left.task.id().as_str()]).ok();
        assert_eq!(left.agents(), 0, "{supervised}: {stopped}");
        let state = child.state().expect("a file").expect("a state");
        assert_eq!(state.status, TaskStatus::Stopped, "{supervised}: {stopped}");
        assert!(stopped.stdout.contains("child stopped"), "{supervised}: {stopped}");
        left.tasks.env.wait_until_empty();
    }
}

/// Whoever took it only to stop it, when nobody wants it stopped any more.
#[test]
fn a_task_of_which_nobody_knows_what_was_asked_is_not_run() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@say hello\n@done"));
    fs::remove_file(task.path().join("task.yaml")).expect("a file");
    let options = SuperviseOptions { to_stop: true, ..SuperviseOptions::default() };
    let ended = supervise(&tasks.root, &tasks.config, task.project(), task.id(), options);
    assert!(matches!(ended, Err(SuperviseError::NoSpec)), "{ended:?}");
    assert_eq!(task.runs().expect("the runs"), []);
    tasks.env.run(&["recover"]).expect_code(1);
    tasks.env.run(&["stop", task.id().as_str()]).ok();
    assert_eq!(task.state().expect("a file").expect("a state").status, TaskStatus::Stopped);
}

#[test]
fn a_task_that_has_ended_is_known_to_have_ended_without_its_state() {
    let tasks = Tasks::new("");
    let task = tasks.make(&tasks.wanted("@say hello\n@done"));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Completed);
    tasks.wait_left(&task);
    fs::write(task.path().join("state.yaml"), "").expect("an empty file");
    tasks.env.run(&["stop", task.id().as_str()]).expect_code(4);
    assert_eq!(task.state().expect("a whole file").expect("a state").status, TaskStatus::Completed);
    assert!(!task.path().join("STOP").exists());
    assert_eq!(task.runs().expect("runs").len(), 1);
}

#[test]
fn torn_events_are_read_on_without_loss_or_repetition() {
    let left = Left::new("events", "@say one\n@say two\n@usage 10 5\n@chatter 20");
    let path = left.run_file("events.jsonl");
    wait_for("events", || fs::read_to_string(&path).ok().filter(|text| text.lines().count() > 20));
    for back in [1, 2, 30, 200] {
        left.tasks.kill_supervisor(&left.task);
        let text = fs::read(&path).expect("a file");
        fs::write(&path, &text[..text.len() - back]).expect("written");
        left.tasks.env.run(&["recover"]).ok();
    }
    left.tasks.kill_supervisor(&left.task);
    left.ends();
    left.tasks.wait_left(&left.task);
    let text = fs::read_to_string(&path).expect("a file");
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a whole event")).collect();
    assert!(text.ends_with('\n'));
    for number in 1..=20 {
        let said = format!("line {number} of run 1");
        let count = lines.iter().filter(|line| line.to_string().contains(&format!("\"{said}\""))).count();
        assert_eq!(count, 1, "{said}\n{text}");
    }
}
