//! A full disk: nothing that was acknowledged is lost, the error names the file, and when there is space
//! again everything goes on.

use std::fs;
use std::path::Path;
use std::process::Command;

use conductor_core::bus::{Bus, BusSettings, Durability};
use conductor_core::model::{Cursor, Message, NewMessage, ProjectId, TaskState, TaskStatus};
use conductor_core::store::{Dir, Journal, Root};
use conductor_tests::namespace::with_disk;
use conductor_tests::{TestEnv, check, scene, wait_for};

const ENOSPC: i32 = 28;

/// Leaves not a byte of the disk.
fn fill(disk: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_fault-probe"))
        .arg("fill")
        .arg(disk.join("ballast"))
        .status()
        .expect("the probe runs");
    assert!(status.success());
}

fn free(disk: &Path) {
    fs::remove_file(disk.join("ballast")).expect("the ballast");
}

#[test]
fn a_bus_on_a_full_disk_loses_nothing_that_it_acknowledged() {
    with_disk(4, |disk| {
        let folder = disk.join("bus");
        fs::create_dir(&folder).expect("a folder");
        let open = |durability| {
            let settings = BusSettings { durability, rotate_at: 200_000 };
            Bus::open(&Dir::open(&folder).expect("the folder"), "TASK-MESSAGE-BUS").with_settings(settings)
        };
        let mut acknowledged = Vec::new();
        for round in 0..3 {
            let bus = open(if round == 1 { Durability::Always } else { Durability::None });
            let mut refused = 0;
            for number in 0.. {
                let body = format!("{round}-{number} {}", "x".repeat(3000 + number % 700));
                match bus.append(&NewMessage::new("INFO", &body)) {
                    Ok(_) => acknowledged.push(body),
                    Err(error) => {
                        assert_eq!(error.os_error(), Some(ENOSPC), "{error}");
                        assert!(error.to_string().contains("TASK-MESSAGE-BUS.md"), "{error}");
                        refused += 1;
                    }
                }
                if number == 10 {
                    fill(disk);
                }
                if refused == 5 {
                    break;
                }
            }
            free(disk);
            let body = format!("{round}: space again");
            bus.append(&NewMessage::new("INFO", &body)).expect("it goes on");
            acknowledged.push(body);
        }
        let read: Vec<Message> = open(Durability::None)
            .messages(Cursor::START)
            .expect("the bus")
            .collect::<Result<_, _>>()
            .expect("the messages");
        assert!(read.iter().all(|message| !message.plain));
        assert_eq!(read.into_iter().map(|message| message.body).collect::<Vec<_>>(), acknowledged);
        assert_eq!(open(Durability::None).verify().expect("a report").problems, []);
    });
}

#[test]
fn a_state_on_a_full_disk_stays_as_it_was() {
    with_disk(4, |disk| {
        let root = Root::open_or_init(&disk.join("root")).expect("a root");
        let project = ProjectId::new("demo").expect("a name");
        let project = root.create_project(&project, disk).expect("a project");
        let spec = scene::spec("demo", "task-20261120-201300-full");
        let task = project.create_task(&spec, "Do it.\n").expect("a task");
        let old = TaskState::new(TaskStatus::Running, scene::now());
        task.write_state(&old).expect("written");
        let mut new = old.clone();
        new.reason = Some("long ".repeat(2000));
        fill(disk);
        let error = task.write_state(&new).expect_err("no space");
        assert_eq!(error.errno(), Some(ENOSPC), "{error}");
        assert!(error.to_string().contains("state.yaml"), "{error}");
        assert_eq!(task.state().expect("read").as_ref(), Some(&old));
        let other = scene::spec("demo", "task-20261120-201300-other");
        let error = project.create_task(&other, &"Do it.\n".repeat(10_000)).expect_err("no space");
        assert!(error.to_string().contains("task-20261120-201300-other"), "{error}");
        free(disk);
        task.write_state(&new).expect("it goes on");
        assert_eq!(task.state().expect("read"), Some(new));
        project.create_task(&other, "Do it.\n").expect("it goes on");
        Journal::open(&root).and_then(|journal| journal.rebuild()).expect("a journal");
    });
}

#[test]
fn an_agent_that_fills_the_disk_costs_its_run_and_not_the_task() {
    // The program is copied into the root, and a debug build is large.
    with_disk(700, |disk| {
        let env = TestEnv::new();
        let root = disk.join("root");
        let (here, go) = (env.path().join("here"), env.path().join("go"));
        let script = format!(
            "@@1\n@touch {}\n@wait-file {}\n@big 64MiB\n@say first\n@@*\n@say more\n@done",
            here.display(),
            go.display()
        );
        let root_name = root.display().to_string();
        let args = ["task", "--root", &root_name, "--project", "full", "--prompt", &script];
        let mut supervisor = env.spawn(&args);
        wait_for("the agent", || here.exists().then_some(()));
        fill(disk);
        fs::write(&go, "").expect("the signal");
        // It may end with an error that names a file, or live through it; it may not hang in between.
        let ended = wait_for("the end of the first run", || {
            let root = Root::open(&root).expect("the root");
            let task = check::tasks(&root).expect("the tasks").remove(0);
            let run = task.run_infos().expect("the runs").into_iter().next();
            let run_over =
                run.and_then(conductor_core::store::Listed::ok).is_some_and(|run| run.status.is_ended());
            supervisor.ended().map(Some).or(run_over.then_some(None))
        });
        if let Some(output) = &ended {
            assert_ne!(output.code, Some(0), "{output}");
            assert!(
                output.stderr.contains("No space left") && output.stderr.contains(&root_name),
                "{output}"
            );
        }
        free(disk);
        if ended.is_some() {
            env.run(&["recover", "--root", &root_name]).ok();
        }
        wait_for("the end of the task", || {
            check::not_ended(&Root::open(&root).expect("the root")).is_empty().then_some(())
        });
        drop(supervisor);
        env.wait_until_empty();
        let look = check::everything(&Root::open(&root).expect("the root"), TaskStatus::Completed, 1);
        assert!(look.wrong.is_empty(), "{:?}", look.wrong);
    });
}
