//! Any configured command: prompt by standard input, argument or file; output as text or as events.

use std::ffi::OsString;
use std::path::Path;

use super::launch::Launch;
use super::{
    AgentError, AgentErrorKind, AgentKind, AgentSettings, Backend, CommandSpec, Detection, Env, Exit, Fold,
    Login, Parsed, Start, StdinFrom, Verdict, detect, failure, normalised,
};
use crate::config::{OutputFormat, PromptVia};
use crate::model::{EventKind, FailureClass};

/// The backend; one for each form of output, since parsing knows no settings.
pub struct Command {
    /// What the command prints.
    pub output: OutputFormat,
}

const HINT: &str = "correct `command` in the configuration, or the PATH";
/// Where the prompt, or the path of its file, stands in `command`; else it is the last argument.
const PROMPT: &str = "{prompt}";
/// Bytes of one argument that the kernel takes (MAX_ARG_STRLEN less its end).
const ARGUMENT_MAX: usize = 128 * 1024 - 1;
/// The shell's codes for a program that cannot be started.
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;

impl Backend for Command {
    fn kind(&self) -> AgentKind {
        AgentKind::Command
    }

    fn detect(&self, settings: &AgentSettings, env: &Env) -> Detection {
        match detect::program(settings, "", HINT, env) {
            Ok(path) => Detection { path: Some(path), version: None, login: Login::Unknown },
            Err(_) => Detection::missing(HINT),
        }
    }

    fn command(&self, start: &Start<'_>) -> Result<CommandSpec, AgentError> {
        let settings = start.settings;
        let failed = |kind| AgentError { agent: settings.name.clone(), kind };
        if settings.command.is_empty() {
            return Err(failed(AgentErrorKind::NoCommand));
        }
        let program = detect::program(settings, "", HINT, start.base_env)?;
        let mut launch = Launch::new(start);
        launch.set("JRUN_ACCESS", start.access.as_str());
        if let Some(model) = launch.model() {
            launch.set("JRUN_MODEL", model);
        }
        launch.token(&["JRUN_AGENT_TOKEN"]);
        match prompt_argument(start).map_err(failed)? {
            None => Ok(launch.finish(&program, StdinFrom::Prompt)),
            Some(argument) => {
                launch.place(PROMPT, argument, settings.prompt == PromptVia::Argument);
                Ok(launch.finish(&program, StdinFrom::Null))
            }
        }
    }

    fn parse(&self, line: &[u8]) -> Parsed {
        match self.output {
            OutputFormat::Json => normalised::parse(line),
            OutputFormat::Text => {
                let text = format!("{}\n", String::from_utf8_lossy(line));
                EventKind::text(text, true).into()
            }
        }
    }

    fn parse_beginning(&self, head: &[u8], left_out: u64) -> Parsed {
        match self.output {
            OutputFormat::Json => Parsed::raw(head),
            OutputFormat::Text => {
                let (text, cut) = whole_characters(head);
                EventKind::Text { text, delta: true, left_out: left_out + cut }.into()
            }
        }
    }

    fn interactive(&self, _settings: &AgentSettings, _session: &str) -> Option<Vec<String>> {
        None
    }

    fn has_sessions(&self) -> bool {
        false
    }

    fn judge(&self, fold: &Fold, exit: &Exit, stderr_tail: &str) -> Verdict {
        if self.output == OutputFormat::Json && fold.result.is_some() {
            return failure::judge_by_result(fold, exit, stderr_tail);
        }
        match (exit.code, exit.signal) {
            (Some(0), _) => Verdict::good(),
            (Some(code @ (NOT_EXECUTABLE | NOT_FOUND)), _) => {
                let told = failure::failed(fold, stderr_tail, &failure::exit_words(code));
                Verdict { class: Some(FailureClass::Permanent), ..told }
            }
            (Some(code), _) => failure::failed(fold, stderr_tail, &failure::exit_words(code)),
            (None, Some(_)) => failure::judge_by_result(fold, exit, stderr_tail),
            (None, None) => failure::failed(fold, stderr_tail, "its exit was not seen"),
        }
    }
}

/// The text without a character that is cut in its middle, and how many bytes of that are there.
fn whole_characters(bytes: &[u8]) -> (String, u64) {
    let cut = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.len() - error.valid_up_to(),
        _ => 0,
    };
    (String::from_utf8_lossy(&bytes[..bytes.len() - cut]).into_owned(), cut as u64)
}

/// The argument that carries the prompt; none where it comes on standard input.
fn prompt_argument(start: &Start<'_>) -> Result<Option<OsString>, AgentErrorKind> {
    match start.settings.prompt {
        PromptVia::Stdin => Ok(None),
        PromptVia::File => Ok(Some(Path::new(start.run_folder).join("prompt.md").into())),
        PromptVia::Argument if start.prompt.len() > ARGUMENT_MAX => {
            Err(AgentErrorKind::PromptTooLong { bytes: start.prompt.len(), max: ARGUMENT_MAX })
        }
        PromptVia::Argument => Ok(Some(start.prompt.into())),
    }
}
