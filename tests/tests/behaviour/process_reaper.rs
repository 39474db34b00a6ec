//! Waiting: one reaper for all, and processes that are not our children.

use std::process::Stdio;

use conductor_core::supervisor::process::{Exit, ProcessId, Reaper};
use conductor_tests::alone::{alone, run_async};
use conductor_tests::launch::Launch;
use conductor_tests::{PATIENCE, Running, TestEnv};
use rustix::process::Signal;

fn signalled(signal: i32) -> Exit {
    Exit { code: None, signal: Some(signal), known: true }
}

#[test]
fn codes_and_signals_are_told_as_they_are() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let ended = async |line: &str| reaper.exited(Launch::shell(&env, line).start()).await;
            for code in [0, 1, 127, 255] {
                let exit = ended(&format!("exit {code}")).await;
                assert_eq!(exit, Exit { code: Some(code), signal: None, known: true });
            }
            for signal in [9, 11, 15, 40] {
                assert_eq!(ended(&format!("kill -{signal} $$")).await, signalled(signal));
            }
        });
    });
}

#[test]
fn an_end_is_not_lost_when_it_is_asked_for_late_or_twice() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let id = Launch::shell(&env, "exit 3").start();
            let first = reaper.exited(id).await;
            assert_eq!(first.code, Some(3));
            assert_eq!(reaper.exited(id).await, first);
            let (a, b) = (reaper.exited(id), reaper.exited(id));
            assert_eq!(tokio::join!(a, b), (first, first));
        });
    });
}

#[test]
fn whoever_is_no_child_has_an_unknown_end() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let here = ProcessId::this().expect("this process");
            let unknown = Exit { code: None, signal: None, known: false };
            assert_eq!(reaper.exited(here).await, unknown);
            let id = Launch::shell(&env, "exit 3").start();
            let before = ProcessId { start_time: id.start_time - 1, ..id };
            assert_eq!(reaper.exited(before).await, unknown);
            assert_eq!(Reaper::adopted(before).expect("a look").await, unknown);
            assert_eq!(reaper.exited(id).await.code, Some(3));
        });
    });
}

/// Its parent is another process, which waits for it or does not.
#[test]
fn an_adopted_process_tells_its_end_where_the_kernel_does() {
    for wait in ["wait", "exec sleep 600"] {
        let env = TestEnv::new();
        let line = format!("(read line; exit 7) <&3 & echo $!; {wait}");
        let mut command = env.command("sh", &["-c", &format!("exec 3<&0; {line}")]);
        command.stdin(Stdio::piped());
        let mut parent = Running::start(&mut command, "a foreign parent");
        let pid = env.wait_for("a pid", || parent.printed().0.trim().parse::<i32>().ok());
        let id = ProcessId::of(pid).expect("a living process");
        let exit = run_async(async {
            let ended = Reaper::adopted(id).expect("a pidfd");
            parent.write("go\n");
            tokio::time::timeout(PATIENCE, ended).await.expect("its end")
        });
        let told = Exit { code: Some(7), signal: None, known: true };
        let unseen = Exit { code: None, signal: None, known: false };
        assert!(exit == told || exit == unseen, "{exit:?}");
        if wait != "wait" {
            assert_eq!(exit, told, "a zombie keeps it on every kernel");
        }
    }
}

/// Commands of the supervisor itself run beside the reaper that waits for everything.
#[test]
fn nothing_is_stolen_from_commands() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let output = async |number: i32| {
                let mut command =
                    env.command("sh", &["-c", &format!("echo {number}; echo e >&2; exit {number}")]);
                let output = reaper.output(&mut command).await.expect("output");
                assert_eq!(output.status.code(), Some(number));
                assert_eq!(output.stdout, format!("{number}\n").as_bytes());
                assert_eq!(output.stderr, b"e\n");
            };
            tokio::join!(output(1), output(2), output(3), output(4), output(0));
            let missing = reaper.output(&mut env.command("/nonexistent", &[""; 0])).await;
            assert_eq!(missing.expect_err("nothing to run").kind(), std::io::ErrorKind::NotFound);
        });
    });
}

#[test]
fn a_command_that_is_given_up_is_killed() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let mut command = env.command("sleep", &["600"]);
            tokio::select! {
                biased;
                _ = reaper.output(&mut command) => panic!("it sleeps"),
                () = async { env.wait_for("sleep", || (!env.processes().is_empty()).then_some(())) } => {}
            }
            env.wait_until_empty();
        });
    });
}

/// What loses its parents comes to the subreaper and is waited for.
#[test]
fn orphans_come_here_and_leave_no_zombies() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@double-fork 600\n@bare-orphan 600\n@exit 0");
            let leader = launch.start();
            reaper.exited(leader).await;
            let mut tree = launch.tree().with_leader(leader).with_orphans_of(&reaper);
            let orphans = tree.find().expect("a look");
            assert_eq!(orphans.len(), 2, "{:?}", env.processes());
            for id in orphans {
                assert!(id.signal(Signal::KILL).expect("a signal"));
                assert_eq!(reaper.exited(id).await, signalled(9));
            }
            assert!(env.processes().is_empty());
        });
    });
}
