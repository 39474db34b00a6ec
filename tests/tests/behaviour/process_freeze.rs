//! Freezing a run, its activity, and its control group.

use std::fs::File;
use std::time::{Duration, Instant};

use conductor_core::model::RunId;
use conductor_core::supervisor::process::freeze::FreezeError;
use conductor_core::supervisor::process::{Cgroup, Reaper, Tree, cgroup, procfs};
use conductor_tests::alone::{alone, run_async};
use conductor_tests::launch::Launch;
use conductor_tests::{TestEnv, wait_for};

#[test]
fn a_frozen_run_stands_still_until_it_is_thawed() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@busy-child 600\n@tree 2 600\n@say ready\n@busy 600");
            let leader = launch.start();
            launch.wait_for("ready");
            let mut tree = launch.tree().with_leader(leader).with_orphans_of(&reaper);
            let frozen = tree.freeze().await.expect("a freeze");
            assert_eq!(frozen.processes, 9);
            let before = tree.activity().expect("a look");
            for id in tree.find().expect("a look") {
                assert!(procfs::stat(id.pid).is_some_and(|stat| stat.is_stopped()));
            }
            assert_eq!(tree.activity().expect("a look"), before);
            tree.thaw().expect("a thaw");
            wait_for("work", || {
                (tree.activity().expect("a look").cpu_ticks > before.cpu_ticks).then_some(())
            });
        });
    });
}

#[test]
fn a_freeze_never_keeps_a_bus_lock() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let _reaper = Reaper::start().expect("a reaper");
            // The bus is released soon after the freeze has begun; the other lock is nobody's business.
            let launch = Launch::new(&env, "@child 600\n@lock bus 0.5\n@lock task:own.lock 600");
            launch.start();
            wait_for("the lock", || launch.path("locked").exists().then_some(()));
            let mut tree = launch.tree();
            let frozen = tree.freeze().await.expect("a freeze");
            assert_eq!(frozen.processes, 2);
            let bus = File::options().append(true).open(launch.path("TASK-MESSAGE-BUS.md")).expect("the bus");
            assert!(bus.try_lock().is_ok(), "a frozen process holds the bus");
        });
    });
}

#[test]
fn a_run_that_keeps_a_bus_lock_is_not_frozen() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let _reaper = Reaper::start().expect("a reaper");
            let launch = Launch::new(&env, "@lock bus 600");
            let leader = launch.start();
            wait_for("the lock", || launch.path("locked").exists().then_some(()));
            let error = launch.tree().freeze().await.expect_err("a lock that stays");
            assert!(matches!(error, FreezeError::Lock { pid, .. } if pid == leader.pid), "{error}");
            wait_for("it runs on", || procfs::stat(leader.pid).filter(|stat| !stat.is_stopped()));
        });
    });
}

#[test]
fn activity_tells_work_from_sleep() {
    alone(|| {
        run_async(async {
            let env = TestEnv::new();
            let reaper = Reaper::start().expect("a reaper");
            let sleeper = Launch::new(&env, "@child 600\n@say ready\n@sleep 600");
            let worker = Launch::new(&env, "@setsid-child 600\n@busy-child 600\n@say ready\n@sleep 600");
            for launch in [&sleeper, &worker] {
                launch.start();
                launch.wait_for("ready");
            }
            let (mut asleep, mut at_work) = (sleeper.tree(), worker.tree());
            let first = asleep.activity().expect("a look");
            let begun = at_work.activity().expect("a look");
            assert_eq!((first.processes, begun.processes), (2, 3));
            wait_for("work", || {
                (at_work.activity().expect("a look").cpu_ticks > begun.cpu_ticks + 5).then_some(())
            });
            assert!(asleep.activity().expect("a look").cpu_ticks <= first.cpu_ticks + 1);
            drop(reaper);
        });
    });
}

/// Only where version 2 can be written to without asking anyone: as root, without systemd.
#[test]
fn a_control_group_holds_freezes_and_kills_a_run() {
    let run = RunId::generate();
    let made = cgroup::mount_point().map(|mount| Cgroup::create(mount, "/", &run));
    let Some(Ok(group)) = made else {
        eprintln!("not run: no writable tree of cgroup version 2");
        return;
    };
    assert_eq!(Cgroup::recorded(group.relative()).as_ref(), Some(&group));
    assert_eq!(Cgroup::recorded("/../etc"), None);
    let env = TestEnv::new();
    let name = format!("exec sleep 600 # {}", env.marker());
    let mut command = env.command("env", &["-i", "sh", "-c", &name]);
    let bare = conductor_tests::Running::start(&mut command, "a process without a marker");
    group.add(bare.pid()).expect("a move");
    let mut tree = Tree::of_run(&run, Some(group.clone()));
    assert_eq!(tree.find().expect("a look").len(), 1);
    run_async(async {
        assert_eq!(tree.freeze().await.expect("a freeze").processes, 1);
        tree.thaw().expect("a thaw");
        let evidence = tree.stop(Default::default()).await.expect("a stop");
        assert_eq!((evidence.found, evidence.killed, evidence.left.len()), (1, 0, 0));
    });
    let ended = bare.wait(conductor_tests::PATIENCE);
    assert_eq!(ended.signal, Some(15));
    let deadline = Instant::now() + Duration::from_secs(20);
    while Cgroup::recorded(group.relative()).is_some() && Instant::now() < deadline {
        group.remove();
    }
    assert_eq!(Cgroup::recorded(group.relative()), None);
}
