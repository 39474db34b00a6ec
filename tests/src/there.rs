//! The command line as a client of a server, beside the same commands on the files themselves.

use std::process::Command;

use crate::server::TestServer;
use crate::{Output, Running, TestEnv};

/// Runs commands through a server.
#[derive(Debug)]
pub struct There<'a> {
    env: &'a TestEnv,
    url: String,
    token: Option<String>,
}

impl<'a> There<'a> {
    /// Through this server, whose token is found by itself.
    pub fn at(env: &'a TestEnv, server: &TestServer) -> Self {
        Self { env, url: server.ready["url"].as_str().expect("an address").to_owned(), token: None }
    }

    /// Through any address.
    pub fn of(env: &'a TestEnv, url: &str) -> Self {
        Self { env, url: url.to_owned(), token: None }
    }

    /// As an agent on another host: with this token, and without a root or a configuration.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self }
    }

    /// Starts a command, changed first.
    pub fn spawn_with(&self, args: &[&str], change: impl FnOnce(&mut Command)) -> Running {
        self.env.spawn_with(args, |command| {
            command.env("CONDUCTOR_SERVER", &self.url);
            if let Some(token) = &self.token {
                command.env("CONDUCTOR_TOKEN", token).env_remove("CONDUCTOR_CONFIG");
                command.env("CONDUCTOR_ROOT", self.env.path().join("no-root"));
            }
            change(command);
        })
    }

    /// Starts a command.
    pub fn spawn(&self, args: &[&str]) -> Running {
        self.spawn_with(args, |_| ())
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.spawn(args).wait(crate::PATIENCE)
    }
}

/// A text whose numbers, ids and times are blurred: what differs from one call to the next.
pub fn blurred(text: &str) -> String {
    let mut blurred = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let mark = if is_own(bare) { "#" } else { bare };
        blurred.push_str(mark);
        blurred.push_str(&word[bare.len()..]);
    }
    // A time of just a second is written without a part of one.
    while blurred.contains("#.#") {
        blurred = blurred.replace("#.#", "#");
    }
    blurred
}

/// Whether a word is a number, a part of a time, or an id.
fn is_own(word: &str) -> bool {
    let is_ulid = word.len() == 26 && !word.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_number = word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_digit() || b"TZs".contains(&byte));
    is_ulid || is_number
}
