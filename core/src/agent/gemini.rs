//! Google's Gemini CLI: `gemini --output-format stream-json`.

use jiff::Timestamp;
use serde_json::Value;

use super::json::{kept, number, text};
use super::launch::Launch;
use super::{
    AgentError, AgentKind, AgentSettings, Backend, CommandSpec, Detection, Env, Exit, Fold, Login, Parsed,
    Start, StdinFrom, Verdict, detect, failure, json, launch,
};
use crate::model::{Access, EventKind, Usage};

/// The backend.
pub struct Gemini;

const HINT: &str = "install it with `npm install -g @google/gemini-cli`, or set agents.gemini.command";

impl Backend for Gemini {
    fn kind(&self) -> AgentKind {
        AgentKind::Gemini
    }

    fn detect(&self, settings: &AgentSettings, env: &Env) -> Detection {
        match detect::program(settings, "gemini", HINT, env) {
            Ok(path) => Detection {
                version: detect::version(&path, env),
                path: Some(path),
                login: login(settings, env),
            },
            Err(_) => Detection::missing(HINT),
        }
    }

    fn command(&self, start: &Start<'_>) -> Result<CommandSpec, AgentError> {
        let program = detect::program(start.settings, "gemini", HINT, start.base_env)?;
        let mut launch = Launch::new(start);
        launch.args(["--output-format", "stream-json", "--skip-trust"]);
        access(&mut launch, start);
        let model = launch.model();
        launch.option("--model", model);
        match start.resume {
            Some(session) => launch.args(["--resume", session]),
            None => launch.option("--session-id", start.new_session),
        };
        launch.token(&["GEMINI_API_KEY"]);
        if let Some(url) = &start.settings.base_url {
            launch.set("GOOGLE_GEMINI_BASE_URL", url);
        }
        Ok(launch.finish(&program, StdinFrom::Prompt))
    }

    fn parse(&self, line: &[u8]) -> Parsed {
        let value = match json::value(line) {
            Ok(value) => value,
            Err(parsed) => return parsed,
        };
        match events(&value) {
            Some(events) => {
                Parsed { ts: text(&value, "timestamp").and_then(|ts| ts.parse::<Timestamp>().ok()), events }
            }
            None => Parsed::raw(line),
        }
    }

    fn interactive(&self, settings: &AgentSettings, session: &str) -> Option<Vec<String>> {
        Some(launch::by_hand(settings, "gemini", &["--resume", session]))
    }

    fn judge(&self, fold: &Fold, exit: &Exit, stderr_tail: &str) -> Verdict {
        failure::judge_by_result(fold, exit, stderr_tail)
    }
}

/// Below full access it may still call `run-agent`, and with `edit` write in the task's folder.
fn access(launch: &mut Launch<'_, '_>, start: &Start<'_>) {
    let own = format!("run_shell_command({})", start.cli.display());
    match start.access {
        Access::Read => launch.args(["--approval-mode", "plan", "--allowed-tools", &own]),
        Access::Edit => launch.args(["--approval-mode", "auto_edit", "--allowed-tools", &own]),
        Access::Full => launch.args(["--approval-mode", "yolo"]),
    };
    if start.access != Access::Read {
        launch.arg("--include-directories").arg(start.task_folder);
    }
}

fn login(settings: &AgentSettings, env: &Env) -> Login {
    if let Some(name) = detect::first_set(settings, env, &["GEMINI_API_KEY", "GOOGLE_API_KEY"]) {
        return Login::Yes(name.to_owned());
    }
    if detect::has_token(settings, env) {
        return Login::Yes("configured token".to_owned());
    }
    let file = detect::own_folder(settings, env, "GEMINI_CLI_HOME", "")
        .map(|home| home.join(".gemini/oauth_creds.json"));
    match file.filter(|file| file.is_file()) {
        Some(file) => Login::Yes(file.display().to_string()),
        None => Login::No("run `gemini` once and log in, or set GEMINI_API_KEY".to_owned()),
    }
}

fn events(value: &Value) -> Option<Vec<EventKind>> {
    let event = match text(value, "type")? {
        "init" => EventKind::Session {
            id: text(value, "session_id")?.to_owned(),
            model: text(value, "model").map(str::to_owned),
        },
        // The prompt comes back as the first message.
        "message" if text(value, "role") == Some("user") => return Some(vec![]),
        "message" => EventKind::Text {
            text: text(value, "content")?.to_owned(),
            delta: value.get("delta").and_then(Value::as_bool).unwrap_or(false),
            left_out: 0,
        },
        "tool_use" => EventKind::ToolCall {
            id: text(value, "tool_id")?.to_owned(),
            name: text(value, "tool_name")?.to_owned(),
            input: value.get("parameters").cloned().unwrap_or(Value::Null),
        },
        "tool_result" => tool_result(value)?,
        "error" => EventKind::Error {
            message: text(value, "message")?.to_owned(),
            warning: text(value, "severity") == Some("warning"),
        },
        "result" => return Some(result(value)),
        _ => return None,
    };
    Some(vec![event])
}

fn tool_result(value: &Value) -> Option<EventKind> {
    let error = value.get("error").and_then(|error| text(error, "message"));
    let output = text(value, "output").or(error).unwrap_or_default();
    Some(EventKind::ToolResult {
        id: text(value, "tool_id")?.to_owned(),
        output: kept(output),
        is_error: text(value, "status") != Some("success"),
    })
}

fn result(value: &Value) -> Vec<EventKind> {
    let ok = text(value, "status") == Some("success");
    let error = value.get("error").and_then(|error| text(error, "message")).unwrap_or_default();
    let usage = value.get("stats").and_then(usage).map(EventKind::Usage);
    let result = EventKind::Result { ok, text: plain(error), denied: vec![] };
    usage.into_iter().chain([result]).collect()
}

/// What it reports: thinking is neither in `output_tokens` nor on its own. A turn that never reached the
/// model reports zeros, which say nothing.
fn usage(stats: &Value) -> Option<Usage> {
    let usage = Usage {
        input: number(stats, "input_tokens"),
        output: number(stats, "output_tokens"),
        cached: number(stats, "cached"),
        reasoning: None,
        cost_usd: None,
    };
    usage.tokens().filter(|tokens| *tokens > 0).map(|_| usage)
}

/// `[API Error: {"error":{"message":"…","status":"…"}}]` without its wrapping.
fn plain(error: &str) -> String {
    let body = error.strip_prefix("[API Error: ").and_then(|rest| Some(&rest[..rest.rfind(']')?]));
    let json = body.and_then(|body| serde_json::from_str::<Value>(body).ok());
    let Some(inner) = json.as_ref().and_then(|json| json.get("error")) else { return error.to_owned() };
    let words = [text(inner, "message"), text(inner, "status")];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
