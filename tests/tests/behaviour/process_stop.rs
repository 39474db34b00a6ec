//! Stopping a run: all of it, nothing but it, and never believed without a look.

use std::process::Command;
use std::time::Duration;

use conductor_core::supervisor::process::{ProcessId, RUN_MARKER, Reaper, StopOptions, Tree, procfs};
use conductor_tests::alone::{alone, run_async};
use conductor_tests::launch::Launch;
use conductor_tests::{Running, TestEnv};

/// Long enough for whoever obeys, short enough for a test of those who do not.
const QUICK: StopOptions =
    StopOptions { grace: Duration::from_millis(300), kill_wait: Duration::from_secs(30) };

/// Time-out and stop used to reach only the main process; its descendants lived on.
#[test]
fn c6_stop_reaches_every_descendant() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(
                &env,
                "@child 600\n@setsid-child 600\n@double-fork 600\n@stubborn-child 600\n@bare-child 600\n\
                 @bare-orphan 600\n@tree 3 600\n@say ready\n@sleep 600",
            );
            let leader = launch.start();
            launch.wait_for("ready");
            let mut tree = launch.tree().with_leader(leader).with_orphans_of(&reaper);
            let found = tree.find().expect("a look").len();
            assert_eq!(found, 1 + 6 + 15, "{:?}", env.processes());
            let evidence = tree.stop(QUICK).await.expect("a stop");
            assert_eq!((evidence.found as usize, evidence.left.len()), (found, 0));
            assert!(evidence.killed >= 1, "one of them is deaf to TERM");
            assert_eq!(env.processes(), []);
            assert!(!leader.is_alive());
        });
    });
}

/// The supervisor that started it is gone; nobody is a subreaper, the leader is dead.
#[test]
fn c6_stop_after_adoption_finds_trees_by_their_marker() {
    let env = TestEnv::new();
    let run = conductor_core::model::RunId::generate();
    let script = "@setsid-child 600\n@double-fork 600\n@tree 2 600\n@say ready\n@die kill";
    let prompt = env.path().join("prompt.md");
    std::fs::write(&prompt, script).expect("the prompt");
    let mut command = env.command(env.fake_agent(), &[&prompt]);
    command.env(RUN_MARKER, run.as_str());
    let ended = Running::start(&mut command, "an agent").wait(conductor_tests::PATIENCE);
    assert_eq!(ended.signal, Some(9), "{ended}");
    assert_eq!(env.processes().len(), 9);

    let evidence = Tree::of_run(&run, None).stop_blocking(QUICK).expect("a stop");
    assert_eq!((evidence.found, evidence.killed, evidence.left.len()), (9, 0, 0));
    assert_eq!(env.processes(), []);
}

/// While the stop looks at one generation, the next is made.
#[test]
fn a_stop_ends_what_forks_and_exits_without_end() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@relay 100000 600\n@relay 100000 600\n@say ready\n@exit 0");
            let leader = launch.start();
            reaper.exited(leader).await;
            let mut tree = launch.tree().with_leader(leader).with_orphans_of(&reaper);
            let evidence = tree.stop(QUICK).await.expect("a stop");
            assert!(evidence.found >= 1 && evidence.left.is_empty(), "{evidence:?}");
            assert_eq!(env.processes(), []);
        });
    });
}

/// A fork bomb as large as a test may have it, every process of it deaf to TERM.
#[test]
fn a_stop_ends_a_hundred_that_do_not_listen() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@stubborn-tree 6 600\n@say ready\n@die kill");
            let leader = launch.start();
            assert_eq!(reaper.exited(leader).await.signal, Some(9));
            let evidence = launch.tree().stop(QUICK).await.expect("a stop");
            assert_eq!((evidence.found, evidence.killed, evidence.left.len()), (127, 127, 0));
            assert_eq!(env.processes(), []);
        });
    });
}

#[test]
fn who_ignores_term_is_killed_after_the_grace() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@ignore-term\n@say ready\n@sleep 600");
            let leader = launch.start();
            launch.wait_for("ready");
            let evidence = launch.tree().stop(QUICK).await.expect("a stop");
            assert_eq!((evidence.found, evidence.killed), (1, 1));
            let exit = reaper.exited(leader).await;
            assert_eq!((exit.code, exit.signal), (None, Some(9)));
        });
    });
}

#[test]
fn who_obeys_term_is_not_killed_even_when_it_was_frozen() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@say ready\n@sleep 600");
            let leader = launch.start();
            launch.wait_for("ready");
            launch.tree().freeze().await.expect("a freeze");
            let patient = StopOptions { grace: Duration::from_secs(60), ..QUICK };
            let evidence = launch.tree().stop(patient).await.expect("a stop");
            assert_eq!((evidence.found, evidence.killed), (1, 0));
            assert_eq!(reaper.exited(leader).await.signal, Some(15));
        });
    });
}

/// A child task's supervisor and its agents are not ours, whoever started them.
#[test]
fn what_carries_another_marker_is_never_touched() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(
                &env,
                "@run env JRUN_ID=another $FAKE_AGENT __child 600 >/dev/null 2>&1 &\n\
                 @run env JRUN_SUPERVISOR=1 $FAKE_AGENT __child 600 --setsid >/dev/null 2>&1 &\n\
                 @run env -u JRUN_ID JRUN_SUPERVISOR=1 $FAKE_AGENT __child 600 --orphan >/dev/null 2>&1\n\
                 @child 600\n@say ready\n@sleep 600",
            );
            let leader = launch.start();
            launch.wait_for("ready");
            let others = || {
                let processes = env.processes();
                processes.into_iter().filter(|(pid, _)| is_sleeping_other(*pid)).count()
            };
            env.wait_for("the three others", || (others() == 3).then_some(()));
            let mut tree = launch.tree().with_leader(leader).with_orphans_of(&reaper);
            let evidence = tree.stop(QUICK).await.expect("a stop");
            assert_eq!((evidence.found, evidence.left.len()), (2, 0), "the agent and its own child");
            assert_eq!(others(), 3);
        });
    });
}

fn is_sleeping_other(pid: i32) -> bool {
    let marked = procfs::stat(pid).map(|stat| procfs::marker(&stat));
    let is_child = std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == b"__child"));
    let orphan = std::fs::read(format!("/proc/{pid}/cmdline"))
        .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == b"--orphan"));
    let other = match marked {
        Some(procfs::Marker::Supervisor) => true,
        Some(procfs::Marker::Run(run)) => run == "another",
        _ => false,
    };
    is_child && other && !orphan
}

/// Neither what was here before the run nor a helper of the supervisor is an orphan of the run.
#[test]
fn the_supervisors_own_children_are_not_the_runs() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let mut before = env.command("sleep", &["600"]);
            let before = Running::start(&mut before, "sleep");
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@say ready\n@sleep 600");
            let leader = launch.start();
            launch.wait_for("ready");
            let mut helper = env.command("sh", &["-c", "echo begun; read line < /dev/zero"]);
            let helper = reaper.output(&mut helper);
            tokio::pin!(helper);
            let mut tree = launch.tree().with_leader(leader).with_orphans_of(&reaper);
            tokio::select! {
                biased;
                _ = &mut helper => panic!("the helper ended"),
                evidence = tree.stop(QUICK) => assert_eq!(evidence.expect("a stop").found, 1),
            }
            assert!(ProcessId::of(before.pid()).is_some());
        });
    });
}

/// A run's process is gone and its number has passed to a stranger.
#[test]
fn c10_a_stranger_with_a_recorded_pid_is_left_alone() {
    let env = TestEnv::new();
    let mut command = env.command("sleep", &["600"]);
    let stranger = Running::start(&mut command, "sleep");
    let now = ProcessId::of(stranger.pid()).expect("a living process");
    let recorded = ProcessId { start_time: now.start_time - 1, ..now };
    let launch = Launch::new(&env, "");
    let mut tree = launch.tree().with_leader(recorded);
    assert!(tree.find().expect("a look").is_empty());
    let evidence = tree.stop_blocking(QUICK).expect("a stop");
    assert_eq!((evidence.found, evidence.left.len()), (0, 0));
    assert!(now.is_alive() && !recorded.is_alive());
}

/// A zombie whose parent does not care is gone, and nothing waits for it.
#[test]
fn zombies_count_as_gone() {
    let env = TestEnv::new();
    let launch = Launch::new(&env, "");
    let mut command = Command::new("true");
    command.env(RUN_MARKER, launch.run.as_str());
    let mut child = command.spawn().expect("true");
    let pid = child.id().cast_signed();
    env.wait_for("a zombie", || procfs::stat(pid).filter(|stat| stat.state == b'Z'));
    let evidence = launch.tree().stop_blocking(StopOptions::default()).expect("a stop");
    assert_eq!((evidence.found, evidence.left.len()), (0, 0));
    assert!(ProcessId::of(pid).is_none());
    child.wait().expect("the zombie");
}

/// A process in a frozen group of cgroup version 1 takes no signal, KILL included.
#[test]
fn what_survives_kill_is_named() {
    let group =
        std::path::Path::new("/sys/fs/cgroup/freezer").join(format!("conductor-test-{}", std::process::id()));
    if std::fs::create_dir(&group).is_err() {
        eprintln!("not run: no writable cgroup v1 freezer to make a process that survives KILL");
        return;
    }
    let thaw = || {
        std::fs::write(group.join("freezer.state"), "THAWED").expect("thawed");
    };
    let env = TestEnv::new();
    let launch = Launch::new(&env, "");
    let mut command = env.command("sleep", &["600"]);
    command.env(RUN_MARKER, launch.run.as_str());
    let sleeper = Running::start(&mut command, "sleep");
    std::fs::write(group.join("cgroup.procs"), sleeper.pid().to_string()).expect("in the group");
    std::fs::write(group.join("freezer.state"), "FROZEN").expect("frozen");
    let impatient = StopOptions { grace: Duration::from_millis(50), kill_wait: Duration::from_millis(300) };
    let evidence = launch.tree().stop_blocking(impatient);
    thaw();
    let evidence = evidence.expect("a look");
    assert_eq!((evidence.found, evidence.killed), (1, 1));
    assert_eq!(evidence.left, [sleeper.pid()]);
    drop(sleeper);
    env.wait_for("the group", || std::fs::remove_dir(&group).ok());
}
