//! Putting a command together: what all backends share of starting a run.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use secrecy::ExposeSecret;

use super::{AgentSettings, CommandSpec, Env, Start, StdinFrom, environment, quote};

/// What a person types to go on with a session: the agent's program as it is configured, and these words.
pub(super) fn by_hand(settings: &AgentSettings, usual: &str, words: &[&str]) -> Vec<String> {
    let usual = [usual.to_owned()];
    let program = if settings.command.is_empty() { &usual[..] } else { &settings.command };
    program.iter().cloned().chain(words.iter().map(|&word| word.to_owned())).collect()
}

/// A command in the making.
pub(super) struct Launch<'s, 'a> {
    start: &'s Start<'a>,
    args: Vec<OsString>,
    env: Env,
    /// The argument that is the prompt: left out of what is shown.
    prompt_at: Option<usize>,
}

impl<'s, 'a> Launch<'s, 'a> {
    /// Begins with the clean environment, the run's identity and the configured first arguments.
    pub(super) fn new(start: &'s Start<'a>) -> Self {
        let mut launch = Self::without_first_arguments(start);
        let settings = start.settings;
        launch.args(settings.command.iter().skip(1).chain(&settings.args));
        launch
    }

    /// As [`Launch::new`], for a program of our own that knows nothing of configured arguments.
    pub(super) fn without_first_arguments(start: &'s Start<'a>) -> Self {
        let settings = start.settings;
        let mut env = environment::base(settings.kind, start.base_env);
        env.extend(settings.env.iter().map(|(name, value)| (name.into(), value.into())));
        environment::identify(&mut env, &start.identity, start.task_folder, start.run_folder, start.cli);
        Self { start, args: Vec::new(), env, prompt_at: None }
    }

    pub(super) fn arg(&mut self, arg: impl Into<OsString>) -> &mut Self {
        self.args.push(arg.into());
        self
    }

    pub(super) fn args<T: Into<OsString>>(&mut self, args: impl IntoIterator<Item = T>) -> &mut Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// `flag value`, where there is a value.
    pub(super) fn option(&mut self, flag: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.arg(flag).arg(value);
        }
        self
    }

    /// Sets a variable, unless the configuration already set it.
    pub(super) fn set(&mut self, name: &str, value: impl Into<OsString>) -> &mut Self {
        if !self.start.settings.env.contains_key(name) {
            self.env.insert(name.into(), value.into());
        }
        self
    }

    /// Sets the variables that carry the token, where there is one.
    pub(super) fn token(&mut self, names: &[&str]) -> &mut Self {
        if let Some(token) = self.start.token {
            for name in names {
                self.set(name, token.expose_secret());
            }
        }
        self
    }

    /// The model asked for: this run's, else the configured one.
    pub(super) fn model(&self) -> Option<&'a str> {
        self.start.model.or(self.start.settings.model.as_deref())
    }

    /// Puts `value` where an argument is `placeholder`, else at the end; `is_prompt`: it is not shown.
    pub(super) fn place(&mut self, placeholder: &str, value: OsString, is_prompt: bool) {
        let at = self.args.iter().position(|arg| arg == placeholder).unwrap_or_else(|| {
            self.args.push(OsString::new());
            self.args.len() - 1
        });
        self.args[at] = value;
        self.prompt_at = is_prompt.then_some(at);
    }

    /// The finished command.
    pub(super) fn finish(self, program: &Path, stdin: StdinFrom) -> CommandSpec {
        let shown = |(at, arg)| {
            if Some(at) == self.prompt_at { OsStr::new("PROMPT") } else { OsString::as_os_str(arg) }
        };
        let words = std::iter::once(program.as_os_str()).chain(self.args.iter().enumerate().map(shown));
        let display = quote::line(words);
        CommandSpec { program: program.to_owned(), args: self.args, env: self.env, stdin, display }
    }
}
