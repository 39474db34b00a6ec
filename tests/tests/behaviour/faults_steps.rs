//! `kill -9` at every named step of the product, then recovery: tasks end completed, said once, no agent
//! is doubled, no file is damaged, nothing is shown alive without its owner.

use std::collections::BTreeSet;
use std::path::Path;

use conductor_tests::crash::{Case, Victim, prove_all};

/// Cases at a time in each of the tests here; they wait more than they work.
const AT_ONCE: usize = 3;

/// Steps, and at which passings of each.
type Steps = &'static [(&'static str, &'static [u32])];

/// Who dies at which steps.
const TABLE: &[(Victim, Steps)] = &[
    (Victim::Supervisor, MAKING),
    (Victim::Supervisor, LAUNCHING),
    (Victim::Supervisor, RECORDING),
    (Victim::Child, CHILD),
    (Victim::ChildsMaker, &[("create.live", &[1]), ("create.task", &[1])]),
    (
        Victim::Adopter,
        &[
            ("adopt.after-state", &[1]),
            ("run.after-exit", &[1]),
            ("replace.between", &[1]),
            ("run.after-info", &[1]),
            ("run.after-account", &[1]),
            ("record.after-state", &[1, 2]),
            ("record.after-journal", &[1]),
        ],
    ),
    (Victim::Queued, &[("queue.ticket", &[1]), ("record.after-state", &[1])]),
    (Victim::Recover, &[("recover.task", &[1])]),
    (Victim::Interrupter, &[("run.before-stop", &[1]), ("run.after-stop", &[1])]),
    (Victim::Stopping, &[("run.before-stop", &[1]), ("run.after-stop", &[1]), ("drive.after-stopped", &[1])]),
    (Victim::StoppingAlone, &[("run.before-stop", &[1]), ("drive.after-stopped", &[1])]),
    (Victim::Stop, &[("intent.marked", &[1])]),
    (Victim::Done, &[("intent.marked", &[1])]),
    (Victim::Ask, &[("ask.posted", &[1])]),
    (Victim::Answer, &[("answer.post", &[1]), ("bus.written", &[1])]),
    (Victim::Tell, &[("tell.posted", &[1])]),
    (Victim::Resume, &[("reopen.state", &[1]), ("record.after-state", &[1])]),
    (Victim::Asking, &[("drive.after-question", &[1])]),
    (
        Victim::Post,
        &[
            ("bus.locked", &[1]),
            ("bus.put", &[1]),
            ("bus.written", &[1]),
            ("bus.flushed", &[1]),
            ("bus.rotate.closed", &[1]),
            ("bus.rotate.renamed", &[1]),
        ],
    ),
];

const MAKING: Steps = &[
    ("root.folders", &[1]),
    ("create.live", &[1]),
    ("create.task", &[1]),
    ("binary.copied", &[1]),
    ("drive.before-decision", &[1, 2]),
    ("slot.taken", &[1]),
    ("drive.after-slot", &[1, 2]),
];

const LAUNCHING: Steps = &[
    ("run.folder", &[1, 2]),
    ("run.after-create", &[1]),
    ("run.after-prompt", &[1]),
    ("launch.forked", &[1]),
    ("run.after-fork", &[1]),
    ("run.after-record", &[1]),
    ("launch.released", &[1]),
    ("run.after-release", &[1, 2]),
    ("run.after-start", &[1, 2]),
    ("run.after-exit", &[1]),
    ("replace.between", &[1]),
    ("run.after-info", &[1, 2]),
    ("run.after-account", &[1]),
];

const RECORDING: Steps = &[
    ("record.after-state", &[1, 2, 3, 4, 5]),
    ("record.after-journal", &[1, 2, 3, 4, 5]),
    ("bus.put", &[1, 3]),
    ("bus.written", &[2, 4]),
    ("bus.flushed", &[1]),
    ("drive.after-end", &[1]),
    ("complete.before-fact", &[1]),
    ("complete.after-fact", &[1]),
];

const CHILD: Steps = &[
    ("drive.after-slot", &[1]),
    ("run.after-create", &[1]),
    ("run.after-fork", &[1]),
    ("run.after-release", &[1]),
    ("run.after-start", &[1]),
    ("run.after-exit", &[1]),
    ("run.after-account", &[1]),
    ("record.after-state", &[1, 3]),
    ("complete.before-fact", &[1]),
    ("complete.after-fact", &[1]),
];

/// Steps whose deaths are proven elsewhere, because they need another kind of scene.
const ELSEWHERE: &[(&str, &str)] = &[
    ("drive.after-folder", "changes.rs"),
    ("migrate.copied", "store_migrate.rs"),
    ("migrate.converted", "store_migrate.rs"),
    ("migrate.built", "store_migrate.rs"),
    ("migrate.switched", "store_migrate.rs"),
    ("notify.fed", "notify_process.rs"),
    ("notify.before-send", "notify_process.rs"),
    ("notify.answered", "notify_process.rs"),
    ("once.asked", "server_routes.rs"),
    ("once.done", "cli_remote_link.rs"),
    ("detach.owned", "server_routes.rs"),
];

fn cases(steps: Steps, victim: Victim) -> Vec<Case> {
    let all = steps.iter().flat_map(|(step, passings)| passings.iter().map(move |nth| (*step, *nth)));
    all.map(|(step, nth)| Case { victim, step, nth }).collect()
}

fn prove(cases: &[Case]) {
    let wrong = prove_all(cases, AT_ONCE);
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn the_supervisor_dies_before_its_agent_is_launched() {
    prove(&cases(MAKING, Victim::Supervisor));
}

#[test]
fn the_supervisor_dies_around_its_agent() {
    prove(&cases(LAUNCHING, Victim::Supervisor));
}

#[test]
fn the_supervisor_dies_between_its_records() {
    prove(&cases(RECORDING, Victim::Supervisor));
}

#[test]
fn a_childs_supervisor_dies() {
    prove(&cases(CHILD, Victim::Child));
}

#[test]
fn whoever_else_has_a_hand_in_it_dies() {
    let alone = |victim: Victim| victim != Victim::Supervisor && victim != Victim::Child;
    let rest = TABLE.iter().filter(|(victim, _)| alone(*victim));
    prove(&rest.flat_map(|(victim, steps)| cases(steps, *victim)).collect::<Vec<_>>());
}

#[test]
fn every_step_of_the_product_is_in_the_table() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = BTreeSet::new();
    steps_below(&tests.with_file_name("core").join("src"), &mut named);
    assert!(named.len() > 30, "{named:?}");
    let mut proven: BTreeSet<String> = TABLE
        .iter()
        .flat_map(|(_, steps)| steps.iter())
        .filter(|(_, passings)| !passings.is_empty())
        .map(|(step, _)| (*step).to_owned())
        .collect();
    for (step, file) in ELSEWHERE {
        let text = std::fs::read_to_string(tests.join("tests/behaviour").join(file)).expect("the other test");
        assert!(text.contains(&format!("\"{step}\"")), "{file} does not name {step}");
        proven.insert((*step).to_owned());
    }
    assert_eq!(named, proven);
}

fn steps_below(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            steps_below(&path, named);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let calls = text.split("faults::step(\"").skip(1);
            named.extend(calls.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name.to_owned()));
        }
    }
}
