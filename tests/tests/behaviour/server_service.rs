//! The server as a service: its end, however it comes, is not that of an agent.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::path::Path;

use conductor_tests::server::TestServer;
use conductor_tests::systemd::{UserSystemd, with_systemd};
use conductor_tests::{PATIENCE, TestEnv, wait_for};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;

/// What a service manager tells its service alone.
const MANAGERS: [&str; 3] = ["NOTIFY_SOCKET", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID"];

/// A task whose agent works until a file is there.
struct AtWork {
    path: String,
    go: std::path::PathBuf,
    supervisor: i64,
    agent: i32,
}

impl AtWork {
    fn start(env: &TestEnv, server: &TestServer, name: &str) -> Self {
        let go = env.path().join(name);
        let path = server.task(env, &format!("@say at work\n@wait-file {}\n@done", go.display()));
        let (detail, agent) = wait_for("an agent at work", || {
            let detail = server.get(&path).value();
            let run =
                Path::new(detail["path"].as_str()?).join("runs").join(detail["run_list"][0]["run"].as_str()?);
            let at_work = fs::read_to_string(run.join("agent-stdout.txt")).ok()?.contains("at work");
            let info = fs::read_to_string(run.join("run-info.yaml")).ok()?;
            let pid = info.lines().find_map(|line| line.strip_prefix("pid: "))?.parse().ok()?;
            at_work.then_some((detail, pid))
        });
        let supervisor = detail["supervisor_pid"].as_i64().expect("a supervisor");
        Self { path, go, supervisor, agent }
    }

    /// Its agent is the one that was started, and has not noticed anything.
    fn goes_on(&self, server: &TestServer) {
        let detail = server.wait_status(&self.path, "running");
        assert_eq!(detail["supervisor_pid"], self.supervisor);
        let command = fs::read_to_string(format!("/proc/{}/cmdline", self.agent)).unwrap_or_default();
        assert!(command.contains("fake-agent"), "{} is {command:?}", self.agent);
    }

    /// It ends as if nothing had been, and is counted once.
    fn ends(&self, server: &TestServer) {
        fs::write(&self.go, "").expect("a file");
        let detail = server.wait_status(&self.path, "completed");
        assert_eq!((&detail["runs"], &detail["iteration"]), (&1.into(), &1.into()), "{detail}");
    }

    /// Neither its supervisor nor its agent takes itself for the service.
    fn knows_no_manager(&self) {
        for pid in [i32::try_from(self.supervisor).expect("a pid"), self.agent] {
            let bytes = fs::read(format!("/proc/{pid}/environ")).expect("its environment");
            let variables = String::from_utf8_lossy(&bytes).into_owned();
            let told = |name: &&str| variables.split('\0').any(|one| one.starts_with(&format!("{name}=")));
            let told: Vec<_> = MANAGERS.iter().filter(|name| told(name)).collect();
            assert!(told.is_empty(), "{pid} was told {told:?}");
        }
    }
}

/// The fields of `/proc/<pid>/stat` behind the name: state, parent, group, session.
fn stat(pid: i32) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).expect("its stat");
    text.rsplit(')').next().unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_restart_of_the_service_touches_no_agent() {
    with_systemd(|| {
        let env = TestEnv::new();
        let systemd = UserSystemd::start(&env);
        let service =
            |words: &[&str]| env.run_with(&[&["service"], words].concat(), |command| systemd.tell(command));
        service(&["install", "--", "--port", "0"]).ok();
        let server = TestServer::found(&env, None);
        let task = AtWork::start(&env, &server, "go");
        task.knows_no_manager();
        let group = fs::read_to_string(format!("/proc/{}/cgroup", task.supervisor)).expect("its group");
        assert!(group.contains(".scope") && !group.contains("conductor.service"), "{group}");

        systemd.control(&env, &["restart", "conductor.service"]).ok();
        let server = TestServer::found(&env, Some(&server));
        task.goes_on(&server);
        let pid = Pid::from_raw(server.pid()).expect("a pid");
        rustix::process::kill_process(pid, Signal::KILL).expect("killed");
        let server = TestServer::found(&env, Some(&server));
        task.goes_on(&server);
        task.ends(&server);

        let again = service(&["install", "--", "--port", "0"]).ok();
        assert!(again.stdout.contains("as it was"), "{again}");
        assert_eq!(TestServer::found(&env, None).pid(), server.pid(), "nothing changed, nothing restarted");
        let status = service(&["status", "--json"]).ok();
        let status: Value = serde_json::from_str(&status.stdout).expect("JSON");
        assert_eq!((&status["state"], &status["enabled"]), (&"active".into(), &"enabled".into()));
        service(&["remove"]).ok();
        assert!(!env.root().join(".conductor/run/server.json").exists(), "it ended");
        service(&["status"]).expect_code(3);
    });
}

#[test]
fn no_end_of_the_server_is_that_of_an_agent() {
    let env = TestEnv::new();
    let socket = env.path().join("notify");
    let manager = UnixDatagram::bind(&socket).expect("a socket");
    manager.set_read_timeout(Some(PATIENCE)).expect("a limit");
    let start = || {
        TestServer::start_so(&env, &["--port", "0"], |command| {
            command.process_group(0).env("NOTIFY_SOCKET", &socket);
            command.envs(MANAGERS[1..].iter().map(|name| (name, "told")));
        })
    };
    let ready = || {
        let mut said = [0; 256];
        let mut word =
            || manager.recv(&mut said).map(|length| String::from_utf8_lossy(&said[..length]).into_owned());
        while !word().expect("that it is ready").contains("READY=1") {}
    };
    let mut server = start();
    ready();
    let task = AtWork::start(&env, &server, "go");
    task.knows_no_manager();
    let own = stat(server.pid());
    for pid in [i32::try_from(task.supervisor).expect("a pid"), task.agent] {
        let its = stat(pid);
        assert!(its[2] != own[2] && its[3] != own[3], "{pid} is in the group or session of the server");
    }
    // As systemd ends its main process, as a crash does, and as a terminal or a rough manager would.
    let group = |server: &TestServer| {
        let pid = Pid::from_raw(server.pid()).expect("a pid");
        kill_process_group(pid, Signal::KILL).expect("killed");
    };
    let ends: [&dyn Fn(&TestServer); 3] = [
        &|server| server.running().signal(Signal::TERM),
        &|server| server.running().signal(Signal::KILL),
        &group,
    ];
    for end in ends {
        end(&server);
        server.kill();
        server = start();
        ready();
        task.goes_on(&server);
    }
    task.ends(&server);
}

#[test]
fn without_systemd_the_unit_is_written_and_the_rest_is_said() {
    let env = TestEnv::new();
    let unit = env.home().join(".config/systemd/user/conductor.service");
    let installed = env.run(&["service", "install", "--", "--lan", "--port", "4000"]).ok();
    assert!(installed.stdout.contains("systemctl --user enable --now conductor.service"), "{installed}");
    let text = fs::read_to_string(&unit).expect("a unit");
    let command = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
    let program = env.run_agent().display().to_string();
    assert!(
        command.starts_with(&format!("\"{program}\" serve --root \"{}\"", env.root().display())),
        "{command}"
    );
    assert!(command.ends_with(r#""--lan" "--port" "4000""#), "{command}");
    for line in ["Type=notify", "KillMode=process", "Restart=on-failure"] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    let wrong = env.run(&["service", "install", "--", "--lane"]).expect_code(2);
    assert!(wrong.stderr.contains("--lane"), "{wrong}");
    env.run(&["service", "status"]).ok();
    env.run(&["service", "remove"]).ok();
    assert!(!unit.exists());
    env.run(&["service", "remove"]).expect_code(3);
    fs::write(&unit, "[Service]\nExecStart=/bin/true\n").expect("another's unit");
    env.run(&["service", "install"]).expect_code(4);
    assert!(fs::read_to_string(&unit).expect("it").contains("/bin/true"));
}
