//! One round: tasks at work, blows, recovery, the end, the look.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use conductor_core::store::Root;

use super::victims::Victim;
use super::watch::Watch;
use super::{Report, check as promises};
use crate::{TestEnv, check};

/// The project of all tasks.
const PROJECT: &str = "kill";
/// How long a task may take to end after the last blow.
const END: Duration = Duration::from_secs(120);
/// How long a victim is looked for.
const FIND: Duration = Duration::from_secs(2);
/// Promised: so long after a recovery nothing is shown alive, or left over, without its owner.
const RECOVERY: Duration = Duration::from_secs(5);

/// Runs so many rounds, `jobs` at a time. The seed makes the blows of each round.
pub fn run(rounds: u32, seed: u64, jobs: u32, say: impl Fn(&Report) + Sync) -> Report {
    let (next, all) = (AtomicU32::new(1), Mutex::new(Report::default()));
    let work = || {
        loop {
            let round = next.fetch_add(1, Ordering::Relaxed);
            if round > rounds {
                return;
            }
            let mut report = Report { rounds: 1, ..Report::default() };
            one(round, &mut Chance::new(seed, round), &mut report);
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            all.add(report);
            say(&all);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(work);
        }
    });
    all.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn one(round: u32, chance: &mut Chance, report: &mut Report) {
    let env = TestEnv::new();
    env.configure("defaults: { agent: fake, max_running: 3, max_restarts: 20, max_failures: 10 }\n");
    let watch = Watch::start(env.marker());
    let acknowledgements = env.path().join("acknowledged");
    let prompt = env.path().join("prompt.md");
    std::fs::write(&prompt, script(&acknowledgements.display().to_string())).expect("the prompt");
    let prompt = prompt.display().to_string();
    let start = env.run(&["task", "--detach", "--project", PROJECT, "--prompt-file", &prompt]);
    if start.code != Some(0) {
        report.violations.push(format!("round {round}: did not start: {start}"));
        return;
    }
    for _ in 0..1 + chance.next() % 3 {
        std::thread::sleep(Duration::from_millis(chance.next() % 600));
        blow(&env, chance, report);
        if chance.next().is_multiple_of(4) {
            // Recovery may die as well as anybody else.
            let recovery = env.spawn(&["recover"]);
            std::thread::sleep(Duration::from_millis(chance.next() % 60));
            drop(recovery);
            *report.kills.entry("recovery").or_default() += 1;
        }
        recover(round, &env, report);
    }
    wait_for_end(round, &env, report);
    let (looks, doubled) = watch.end();
    report.looks += looks;
    report.violations.extend(doubled.into_iter().map(|what| format!("round {round}: {what}")));
    promises::everything(round, &env, &acknowledgements, report);
    if !report.violations.is_empty() {
        env.keep(&format!("kill-loop-{round}"));
    }
}

/// One blow; waits a while for somebody to hit.
fn blow(env: &TestEnv, chance: &mut Chance, report: &mut Report) {
    let victim = Victim::pick(chance.next());
    let begin = Instant::now();
    while begin.elapsed() < FIND {
        if victim.strike(env, chance.next()) > 0 {
            *report.kills.entry(victim.name()).or_default() += 1;
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A task of two turns that posts what it can prove, and delegates once.
fn script(acknowledgements: &str) -> String {
    let post = |text: &str| {
        format!(
            "@run body=\"$JRUN_ID-{text}\"; \"$JRUN_CLI\" bus post --type PROGRESS --body \"$body\" >/dev/null \
             && echo \"$body\" >> {acknowledgements}"
        )
    };
    let child = format!(
        "{}\\n@sleep 0.2\\n{}\\n@done",
        post("c1").replace('"', "\\\""),
        post("c2").replace('"', "\\\"")
    );
    let child = child.replace("$JRUN", "\\$JRUN").replace("$body", "\\$body");
    format!(
        "@begin\n@@1\n{}\n@run printf '%b' \"{child}\" > child-$JRUN_ID.md; \"$JRUN_CLI\" task --detach --prompt-file child-$JRUN_ID.md >/dev/null || true\n\
         @sleep 0.4\n{}\n@say first\n@@*\n{}\n@sleep 0.3\n{}\n@say more\n@done\n@end\n",
        post("1"),
        post("2"),
        post("3"),
        post("4"),
    )
}

fn recover(round: u32, env: &TestEnv, report: &mut Report) {
    let begin = Instant::now();
    let output = env.run(&["recover"]);
    if output.code != Some(0) {
        report.violations.push(format!("round {round}: recover failed: {output}"));
    }
    loop {
        let wrong = Root::open(&env.root()).map(|root| check::ownerless(&root)).unwrap_or_default();
        if wrong.is_empty() {
            report.longest_recovery = report.longest_recovery.max(begin.elapsed());
            return;
        }
        if begin.elapsed() > RECOVERY {
            report.violations.push(format!("round {round}: after recovery: {}", wrong.join("; ")));
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn wait_for_end(round: u32, env: &TestEnv, report: &mut Report) {
    let begin = Instant::now();
    while begin.elapsed() < END {
        let open = Root::open(&env.root()).map(|root| check::not_ended(&root)).unwrap_or_default();
        if open.is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let gone = Instant::now();
    while !env.processes().is_empty() && gone.elapsed() < END {
        std::thread::sleep(Duration::from_millis(20));
    }
    for (pid, command) in env.processes() {
        report.violations.push(format!("round {round}: left over: {pid} {command}"));
    }
}

/// xorshift64: repeatable, and good enough to pick victims.
struct Chance(u64);

impl Chance {
    fn new(seed: u64, round: u32) -> Self {
        let mut chance = Self((seed ^ u64::from(round).wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1));
        // The first numbers of seeds that differ little differ little.
        for _ in 0..16 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}
