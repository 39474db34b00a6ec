//! OpenAI's Codex: `codex exec --json`.

use serde_json::{Value, json as value_of};

use super::json::{kept, number, text};
use super::launch::Launch;
use super::{
    AgentError, AgentKind, AgentSettings, Backend, CommandSpec, Detection, Env, Exit, Fold, Login, Parsed,
    Start, StdinFrom, Verdict, detect, failure, json, launch,
};
use crate::model::{Access, EventKind, Usage};

/// The backend.
pub struct Codex;

const HINT: &str = "install it with `npm install -g @openai/codex`, or set agents.codex.command";

impl Backend for Codex {
    fn kind(&self) -> AgentKind {
        AgentKind::Codex
    }

    fn detect(&self, settings: &AgentSettings, env: &Env) -> Detection {
        match detect::program(settings, "codex", HINT, env) {
            Ok(path) => Detection {
                version: detect::version(&path, env),
                path: Some(path),
                login: login(settings, env),
            },
            Err(_) => Detection::missing(HINT),
        }
    }

    fn command(&self, start: &Start<'_>) -> Result<CommandSpec, AgentError> {
        let program = detect::program(start.settings, "codex", HINT, start.base_env)?;
        let mut launch = Launch::new(start);
        launch.args(["exec", "--json", "--skip-git-repo-check"]);
        match start.access {
            Access::Read => launch.args(["--sandbox", "read-only"]),
            Access::Edit => launch.args(["--sandbox", "workspace-write", "--add-dir"]).arg(start.task_folder),
            Access::Full => launch.arg("--dangerously-bypass-approvals-and-sandbox"),
        };
        let model = launch.model();
        launch.option("--model", model);
        if let Some(url) = &start.settings.base_url {
            // The value is TOML, of which a JSON string is one.
            launch.arg("-c").arg(format!("openai_base_url={}", value_of!(url)));
        }
        if let Some(session) = start.resume {
            launch.args(["resume", session]);
        }
        launch.arg("-");
        // Its own provider takes the first, one from config.toml usually the second.
        launch.token(&["CODEX_API_KEY", "OPENAI_API_KEY"]);
        Ok(launch.finish(&program, StdinFrom::Prompt))
    }

    fn parse(&self, line: &[u8]) -> Parsed {
        let value = match json::value(line) {
            Ok(value) => value,
            Err(parsed) => return parsed,
        };
        let events = match text(&value, "type") {
            Some("thread.started") => text(&value, "thread_id")
                .map(|id| vec![EventKind::Session { id: id.to_owned(), model: None }]),
            Some("turn.started") => Some(vec![]),
            Some("item.started") => value.get("item").and_then(item_started),
            Some("item.updated") => Some(vec![]),
            Some("item.completed") => value.get("item").and_then(item_completed),
            Some("turn.completed") => Some(turn_completed(&value)),
            Some("turn.failed") => Some(vec![EventKind::Result {
                ok: false,
                text: message(value.get("error").unwrap_or(&Value::Null)),
                denied: vec![],
            }]),
            Some("error") => Some(vec![error(&message(&value))]),
            _ => None,
        };
        events.map_or_else(|| Parsed::raw(line), |events| Parsed { ts: None, events })
    }

    fn interactive(&self, settings: &AgentSettings, session: &str) -> Option<Vec<String>> {
        Some(launch::by_hand(settings, "codex", &["resume", session]))
    }

    fn judge(&self, fold: &Fold, exit: &Exit, stderr_tail: &str) -> Verdict {
        failure::judge_by_result(fold, exit, stderr_tail)
    }

    fn reports_session_usage(&self) -> bool {
        true
    }
}

fn login(settings: &AgentSettings, env: &Env) -> Login {
    if let Some(name) = detect::first_set(settings, env, &["CODEX_API_KEY", "OPENAI_API_KEY"]) {
        return Login::Yes(name.to_owned());
    }
    if detect::has_token(settings, env) {
        return Login::Yes("configured token".to_owned());
    }
    let folder = detect::own_folder(settings, env, "CODEX_HOME", ".codex");
    let file = |name: &str| folder.as_ref().map(|folder| folder.join(name)).filter(|file| file.is_file());
    if let Some(file) = file("auth.json") {
        return Login::Yes(file.display().to_string());
    }
    let own_provider = file("config.toml")
        .and_then(|file| std::fs::read_to_string(file).ok())
        .is_some_and(|text| text.lines().any(|line| line.trim_start().starts_with("model_provider")));
    if own_provider {
        // Its key is in a variable that only the provider's table names.
        return Login::Unknown;
    }
    Login::No("run `codex login`, or set OPENAI_API_KEY".to_owned())
}

fn item_started(item: &Value) -> Option<Vec<EventKind>> {
    let id = text(item, "id")?.to_owned();
    let (name, input) = match text(item, "type")? {
        "command_execution" => ("shell".to_owned(), value_of!({ "command": item.get("command")? })),
        "file_change" => ("file_change".to_owned(), value_of!({ "changes": item.get("changes") })),
        "mcp_tool_call" => (tool_name(item), item.get("arguments").cloned().unwrap_or(Value::Null)),
        "web_search" => ("web_search".to_owned(), value_of!({ "query": item.get("query") })),
        "agent_message" | "reasoning" | "todo_list" | "error" => return Some(vec![]),
        _ => return None,
    };
    Some(vec![EventKind::ToolCall { id, name, input }])
}

fn item_completed(item: &Value) -> Option<Vec<EventKind>> {
    let event = match text(item, "type")? {
        "agent_message" => EventKind::text(text(item, "text")?, false),
        "reasoning" => EventKind::Thinking { text: text(item, "text")?.to_owned() },
        // Only a turn that fails is an error: this may be a remark about the model.
        "error" => EventKind::Error { message: message(item), warning: true },
        "command_execution" | "mcp_tool_call" => tool_result(item)?,
        // Some come only when they are over, without having begun.
        "file_change" | "web_search" => {
            let mut events = item_started(item)?;
            events.push(tool_result(item)?);
            return Some(events);
        }
        "todo_list" => return Some(vec![]),
        _ => return None,
    };
    Some(vec![event])
}

fn tool_result(item: &Value) -> Option<EventKind> {
    let status = text(item, "status").unwrap_or("completed");
    let failed = status != "completed" || number(item, "exit_code").is_some_and(|code| code != 0);
    let output = match text(item, "aggregated_output") {
        Some(output) => output.to_owned(),
        None => ["result", "error"]
            .iter()
            .find_map(|key| item.get(key).filter(|value| !value.is_null()))
            .map(ToString::to_string)
            .unwrap_or_default(),
    };
    Some(EventKind::ToolResult { id: text(item, "id")?.to_owned(), output: kept(&output), is_error: failed })
}

fn tool_name(item: &Value) -> String {
    let part = |key| text(item, key).unwrap_or("?");
    format!("{}.{}", part("server"), part("tool"))
}

fn turn_completed(value: &Value) -> Vec<EventKind> {
    let usage = value.get("usage").map(|usage| {
        EventKind::Usage(Usage {
            input: number(usage, "input_tokens"),
            output: number(usage, "output_tokens"),
            cached: number(usage, "cached_input_tokens"),
            reasoning: number(usage, "reasoning_output_tokens"),
            cost_usd: None,
        })
    });
    let result = EventKind::Result { ok: true, text: String::new(), denied: vec![] };
    usage.into_iter().chain([result]).collect()
}

/// A message, taken out of the JSON body of the service's answer where it stands in one.
fn message(value: &Value) -> String {
    let said = text(value, "message").unwrap_or_default();
    let inner = serde_json::from_str::<Value>(said).ok();
    let inner = inner.as_ref().and_then(|body| text(body.get("error").unwrap_or(body), "message"));
    inner.unwrap_or(said).to_owned()
}

/// `Reconnecting... 2/5 (unexpected status 401 Unauthorized: …)` is a retry, anything else final.
fn error(message: &str) -> EventKind {
    reconnecting(message).unwrap_or_else(|| EventKind::Error { message: message.to_owned(), warning: false })
}

fn reconnecting(message: &str) -> Option<EventKind> {
    let rest = message.strip_prefix("Reconnecting...")?.trim_start();
    let (count, why) = rest.split_once(' ').unwrap_or((rest, ""));
    let (attempt, max) = count.split_once('/')?;
    let why = why.trim().trim_start_matches('(').trim_end_matches(')');
    let status = why.split("unexpected status ").nth(1).and_then(|rest| rest.get(..3)?.parse().ok());
    Some(EventKind::Retry {
        attempt: attempt.parse().ok()?,
        max: max.parse().ok(),
        delay_ms: None,
        status,
        message: why.to_owned(),
    })
}
