//! A server of a world, and requests to it.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::http::{Answer, Request};
use crate::{PATIENCE, Running, TestEnv, wait_for};

/// A server that runs. Dropped, it is killed.
#[derive(Debug)]
pub struct TestServer {
    /// None where it was not started here.
    running: Option<Running>,
    address: String,
    /// What it said when it was ready.
    pub ready: Value,
    token: String,
}

impl TestServer {
    /// Starts one on any free port.
    pub fn start(env: &TestEnv) -> Self {
        Self::start_with(env, &["--port", "0"])
    }

    /// Starts one that dies when it passes a named step.
    #[track_caller]
    pub fn start_dying(env: &TestEnv, step: &str) -> Self {
        Self::start_so(env, &["--port", "0"], |command| {
            command.env("CONDUCTOR_CRASH_AT", step);
        })
    }

    /// Starts one with these options, and waits until it is ready.
    #[track_caller]
    pub fn start_with(env: &TestEnv, options: &[&str]) -> Self {
        Self::start_so(env, options, |_| ())
    }

    /// Starts one with these options and a changed command, and waits until it is ready.
    ///
    /// # Panics
    /// When it is not ready in time.
    #[track_caller]
    pub fn start_so(env: &TestEnv, options: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let args = [&["serve", "--json"][..], options].concat();
        let mut command = env.command(env.run_agent(), &args);
        command.stdin(Stdio::null());
        change(&mut command);
        Self::start_command(env, &mut command)
    }

    /// Starts one through another program, whose words stand before those of the server, and waits until it is
    /// ready. Its process is that of the other program.
    ///
    /// # Panics
    /// As [`TestServer::start_so`].
    #[track_caller]
    pub fn start_through(env: &TestEnv, words: &[&str], options: &[&str]) -> Self {
        let program = env.run_agent().to_str().expect("a plain path");
        let args = [&words[1..], &[program, "serve", "--json"], options].concat();
        Self::start_command(env, &mut env.command(words[0], &args))
    }

    #[track_caller]
    fn start_command(env: &TestEnv, command: &mut Command) -> Self {
        let running = Running::start(command, "run-agent serve");
        let ready = wait_for("a server", || {
            let (stdout, stderr) = running.printed();
            let line = stdout.lines().next().and_then(|line| serde_json::from_str::<Value>(line).ok());
            assert!(!stderr.contains("error:"), "{stderr}");
            line
        });
        Self::of(env, Some(running), ready)
    }

    /// The root's server, whoever started it, once it answers; not the one `before` it.
    ///
    /// # Panics
    /// When there is none in time.
    #[track_caller]
    pub fn found(env: &TestEnv, before: Option<&Self>) -> Self {
        let file = env.root().join(".conductor/run/server.json");
        wait_for("another server", || {
            let known: Value = serde_json::from_slice(&std::fs::read(&file).ok()?).ok()?;
            let is_new = before.is_none_or(|before| known["pid"] != before.ready["pid"]);
            let address = known["url"].as_str()?.split("://").nth(1)?;
            (is_new && std::net::TcpStream::connect(address).is_ok())
                .then(|| Self::of(env, None, known.clone()))
        })
    }

    fn of(env: &TestEnv, running: Option<Running>, ready: Value) -> Self {
        let url = ready["url"].as_str().expect("its address");
        let address = url.split("://").nth(1).expect("a host").to_owned();
        let shown = env.run(&["token", "show"]).ok();
        Self { running, address, token: shown.stdout.trim().to_owned(), ready }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The user's own token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The process.
    ///
    /// # Panics
    /// When it was not started here.
    pub fn running(&self) -> &Running {
        self.running.as_ref().expect("a server of this test")
    }

    /// Its process id.
    ///
    /// # Panics
    /// When it did not say.
    pub fn pid(&self) -> i32 {
        let pid = self.ready["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok());
        pid.expect("its process")
    }

    /// A request to it with the user's own token.
    pub fn request(&self, method: &str, path: &str) -> Request {
        self.request_of(&self.token, method, path)
    }

    /// A request to it with this token.
    pub fn request_of(&self, token: &str, method: &str, path: &str) -> Request {
        self.bare(method, path).header("Authorization", &format!("Bearer {token}"))
    }

    /// A request to it without a token.
    pub fn bare(&self, method: &str, path: &str) -> Request {
        Request::new(method, path).header("Host", &self.address).header("Connection", "close")
    }

    /// The answer to a GET.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send(&self.address)
    }

    /// The answer to a POST of JSON.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.request("POST", path).json(body).send(&self.address)
    }

    /// Makes a task for the scripted agent; its path in the API.
    #[track_caller]
    pub fn task(&self, env: &TestEnv, script: &str) -> String {
        let body = serde_json::json!({ "prompt": script, "cwd": env.work() });
        let made = self.post("/api/v1/tasks", &body).expect(201);
        made.header("location").expect("where it is").to_owned()
    }

    /// Waits until a task is in this status; everything about it then.
    #[track_caller]
    pub fn wait_status(&self, task: &str, status: &str) -> Value {
        wait_for(&format!("{task} to be {status}"), || {
            let detail = self.get(task).expect(200).value();
            (detail["status"] == status).then_some(detail)
        })
    }

    /// Asks it to end, and waits for that; what it printed.
    #[track_caller]
    pub fn end(self) -> crate::Output {
        self.running().signal(rustix::process::Signal::TERM);
        self.running.expect("a server of this test").wait(PATIENCE)
    }

    /// Kills it.
    pub fn kill(self) {
        drop(self.running);
    }
}
