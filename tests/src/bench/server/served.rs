//! A server of a world, as a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::bench::World;

/// A server that runs; killed when it is dropped.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    token: String,
}

impl Served {
    /// Starts one and waits until it answers.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(world: &World) -> Self {
        let mut command = world.run_agent(&["serve", "--port", "0", "--json"]);
        command.env("CONDUCTOR_LOG", "warn").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("run-agent starts");
        let mut line = String::new();
        let pipe = child.stdout.take().expect("a pipe");
        BufReader::new(pipe).read_line(&mut line).expect("it says where it is");
        let ready: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        let address = ready["url"].as_str().and_then(|url| url.split("://").nth(1)).expect("an address");
        let token = world.run(&["token", "show"]);
        Self { address: address.parse().expect("an address"), child, token }
    }

    /// The bytes of a GET with the user's token.
    pub fn get(&self, path: &str, more: &str) -> Vec<u8> {
        format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n{more}\r\n",
            self.address, self.token
        )
        .into_bytes()
    }

    /// Its resident memory, in KiB.
    ///
    /// # Panics
    /// When it is gone.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it lives");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim().trim_end_matches("kB").trim().parse().expect("a number")
    }

    /// How long its threads have been on a CPU.
    ///
    /// # Panics
    /// When it is gone.
    pub fn cpu_time(&self) -> Duration {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("it lives");
        let of = |thread: std::fs::DirEntry| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
            text.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok()).unwrap_or(0)
        };
        Duration::from_nanos(threads.flatten().map(of).sum())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
