//! The exec gate: nothing lives that nobody knows, and nothing of the supervisor leaks through.

use std::path::Path;

use conductor_core::model::RunId;
use conductor_core::supervisor::process::gate::Starting;
use conductor_core::supervisor::process::{Exit, GateErrorKind, Reaper, Tree};
use conductor_tests::TestEnv;
use conductor_tests::alone::{alone, alone_until, run_async};
use conductor_tests::launch::Launch;

fn exited(code: i32) -> Exit {
    Exit { code: Some(code), signal: None, known: true }
}

#[test]
fn a_program_begins_only_when_it_is_released() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@touch begun\n@exit 7");
            let gated = launch.spawn().expect("a gate");
            let id = gated.id();
            assert!(id.is_alive());
            assert_eq!(
                launch.tree().find().expect("a look"),
                [id],
                "the marker is there from the first moment"
            );
            assert!(!env.work().join("begun").exists());
            assert_eq!(gated.release().expect("a start").id(), id, "it stays the same process");
            assert_eq!(reaper.exited(id).await, exited(7));
            assert!(env.work().join("begun").exists());
        });
    });
}

#[test]
fn a_gate_that_is_dropped_leaves_nothing() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@touch begun");
            let gated = launch.spawn().expect("a gate");
            let id = gated.id();
            drop(gated);
            assert_eq!(reaper.exited(id).await, exited(125));
            assert!(!env.work().join("begun").exists());
        });
    });
}

#[test]
fn a_gate_that_is_told_nothing_ends_with_its_supervisors_interest() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let run = RunId::generate();
            let gate = Starting::begin(env.run_agent(), &run).wait().expect("a gate");
            let members = Tree::of_run(&run, None).find().expect("a look");
            assert_eq!(members.len(), 1, "the marker is there from the first moment");
            drop(gate);
            assert_eq!(reaper.exited(members[0]).await, exited(125));
        });
    });
}

/// More than the buffer of any socket.
#[test]
fn what_a_program_is_given_may_be_long() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let mut launch = Launch::shell(&env, "echo $# ${#8} ${#LONG}");
            launch.args.extend((0..9).map(|_| "x".repeat(100_000).into()));
            launch.env.insert("LONG".into(), "y".repeat(100_000).into());
            assert_eq!(reaper.exited(launch.start()).await, exited(0));
            assert_eq!(launch.stdout(), "8 100000 100000\n");
        });
    });
}

/// The supervisor dies when the process exists and nobody knows it.
#[test]
fn a_crash_between_fork_and_record_leaves_no_agent() {
    let dies = |folder: &Path| {
        let env = TestEnv::new();
        let _gated = Launch::new(&env, &format!("@touch {}/begun", folder.display())).spawn();
        unreachable!("it dies while it launches");
    };
    alone_until("launch.forked", dies, |folder| assert!(!folder.join("begun").exists()));
}

#[test]
fn what_cannot_start_says_why() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let refused = async |launch: Launch| {
                let gated = launch.spawn().expect("a gate");
                let id = gated.id();
                let error = gated.release().expect_err("nothing to start");
                assert_eq!(reaper.exited(id).await, exited(127));
                error
            };

            let mut launch = Launch::new(&env, "");
            launch.program = "/nonexistent/agent".into();
            let error = refused(launch).await;
            assert!(error.is_permanent());
            assert_eq!(error.to_string(), "start /nonexistent/agent: No such file or directory (os error 2)");

            let mut launch = Launch::new(&env, "");
            launch.program = env.config_path();
            let error = refused(launch).await;
            assert!(error.is_permanent() && matches!(error.kind, GateErrorKind::Exec(_)), "{error}");

            let mut launch = Launch::new(&env, "");
            launch.cwd = env.path().join("nowhere");
            let error = refused(launch).await;
            assert!(
                error.is_permanent() && matches!(error.kind, GateErrorKind::WorkingFolder { .. }),
                "{error}"
            );

            let launch = Launch::new(&env, "").through(Path::new("/nonexistent/run-agent"));
            let error = launch.spawn().expect_err("no gate");
            assert!(!error.is_permanent() && matches!(error.kind, GateErrorKind::Gate { .. }), "{error}");
        });
    });
}

#[test]
fn a_gate_killed_while_it_waits_is_told() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let gated = Launch::new(&env, "").spawn().expect("a gate");
            let id = gated.id();
            id.signal(rustix::process::Signal::KILL).expect("a signal");
            let ended = reaper.exited(id).await;
            assert_eq!(ended, Exit { code: None, signal: Some(9), known: true });
            let error = gated.release().expect_err("nobody to release");
            assert!(matches!(error.kind, GateErrorKind::Ended), "{error}");
        });
    });
}

/// Descriptors, ignored signals and the session stay with the supervisor.
#[test]
fn nothing_of_the_supervisor_leaks_into_an_agent() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let open = std::fs::File::open(env.config_path()).expect("a file");
            // Not close-on-exec, as careless code might open it.
            let _leak = nix::unistd::dup(&open).expect("a second descriptor");
            let launch = Launch::shell(
                &env,
                "for fd in /proc/self/fd/*; do [ -e $fd ] && echo fd ${fd##*/}; done; \
                 grep -E '^Sig(Ign|Blk)' /proc/self/status; \
                 echo session $(cut -d' ' -f6 /proc/self/stat); echo pid $$; \
                 echo nice $(nice); echo oom $(cat /proc/self/oom_score_adj); \
                 cat; echo >&0",
            );
            std::fs::write(launch.path("prompt.md"), "the prompt\n").expect("the prompt");
            let id = launch.start();
            reaper.exited(id).await;
            let printed = launch.stdout();
            let pid = id.pid;
            let lines: Vec<_> = printed.lines().filter(|line| *line != "fd 3").collect();
            let expected = [
                "fd 0",
                "fd 1",
                "fd 2",
                "SigBlk:\t0000000000000000",
                "SigIgn:\t0000000000000000",
                &format!("session {pid}"),
                &format!("pid {pid}"),
            ];
            assert_eq!(lines[..7], expected, "{printed}");
            let number = |name: &str| {
                let line = lines.iter().find_map(|line| line.strip_prefix(name)).expect("a line");
                line.trim().parse::<i32>().expect("a number")
            };
            assert!(number("nice") >= 5 && number("oom") >= 300, "{printed}");
            assert_eq!(lines.last(), Some(&"the prompt"));
            assert_eq!(
                std::fs::read_to_string(launch.path("prompt.md")).expect("the prompt"),
                "the prompt\n"
            );
            assert!(!launch.read("agent-stderr.txt").is_empty(), "standard input is read-only");
        });
    });
}

#[test]
fn a_program_is_found_on_its_own_path() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let mut launch = Launch::shell(&env, "exit 4");
            launch.program = "sh".into();
            launch.env.insert("PATH".into(), "/usr/bin:/bin".into());
            assert_eq!(reaper.exited(launch.start()).await, exited(4));
            assert!(Tree::of_run(&launch.run, None).find().expect("a look").is_empty());
        });
    });
}
