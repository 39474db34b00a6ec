//! Claude Code: `claude -p --output-format stream-json`.

use jiff::Timestamp;
use serde_json::Value;

use super::fold::described;
use super::json::{kept, number, text};
use super::launch::Launch;
use super::{
    AgentError, AgentKind, AgentSettings, Backend, CommandSpec, Detection, Env, Exit, Fold, Login, Parsed,
    Start, StdinFrom, Verdict, detect, failure, json, launch,
};
use crate::model::{Access, EventKind, Usage};

/// The backend.
pub struct Claude;

const HINT: &str = "install it with `npm install -g @anthropic-ai/claude-code`, or set agents.claude.command";
const KEYS: &[&str] = &["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
const CLOUDS: &[&str] = &["CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY"];

impl Backend for Claude {
    fn kind(&self) -> AgentKind {
        AgentKind::Claude
    }

    fn detect(&self, settings: &AgentSettings, env: &Env) -> Detection {
        match detect::program(settings, "claude", HINT, env) {
            Ok(path) => Detection {
                version: detect::version(&path, env),
                path: Some(path),
                login: login(settings, env),
            },
            Err(_) => Detection::missing(HINT),
        }
    }

    fn command(&self, start: &Start<'_>) -> Result<CommandSpec, AgentError> {
        let program = detect::program(start.settings, "claude", HINT, start.base_env)?;
        let mut launch = Launch::new(start);
        launch.args(["-p", "--output-format", "stream-json", "--verbose"]);
        access(&mut launch, start);
        let model = launch.model();
        launch.option("--model", model);
        match start.resume {
            Some(session) => launch.args(["--resume", session]),
            None => launch.option("--session-id", start.new_session),
        };
        launch.token(&["ANTHROPIC_API_KEY"]);
        if let Some(url) = &start.settings.base_url {
            launch.set("ANTHROPIC_BASE_URL", url);
        }
        if start.access == Access::Full && rustix::process::geteuid().is_root() {
            // As root it refuses to go without asking unless it is told that it runs in a sandbox.
            launch.set("IS_SANDBOX", "1");
        }
        Ok(launch.finish(&program, StdinFrom::Prompt))
    }

    fn parse(&self, line: &[u8]) -> Parsed {
        let value = match json::value(line) {
            Ok(value) => value,
            Err(parsed) => return parsed,
        };
        let events = match text(&value, "type") {
            Some("system") => system(&value),
            Some("assistant") => assistant(&value),
            Some("user") => tool_results(&value),
            Some("result") => Some(result(&value)),
            Some("rate_limit_event") => rate_limit(&value),
            _ => None,
        };
        match events {
            Some(events) => {
                Parsed { ts: text(&value, "timestamp").and_then(|ts| ts.parse::<Timestamp>().ok()), events }
            }
            None => Parsed::raw(line),
        }
    }

    fn interactive(&self, settings: &AgentSettings, session: &str) -> Option<Vec<String>> {
        Some(launch::by_hand(settings, "claude", &["--resume", session]))
    }

    fn judge(&self, fold: &Fold, exit: &Exit, stderr_tail: &str) -> Verdict {
        failure::judge_by_result(fold, exit, stderr_tail)
    }
}

/// Below full access it may still call `run-agent`, and with `edit` write in the task's folder.
fn access(launch: &mut Launch<'_, '_>, start: &Start<'_>) {
    let own = format!("Bash({}:*)", start.cli.display());
    match start.access {
        Access::Read => launch.args(["--permission-mode", "plan", "--allowedTools", &own]),
        Access::Edit => launch
            .args(["--permission-mode", "acceptEdits", "--add-dir"])
            .arg(start.task_folder)
            .args(["--allowedTools", &own]),
        Access::Full => launch.args(["--permission-mode", "bypassPermissions"]),
    };
}

fn login(settings: &AgentSettings, env: &Env) -> Login {
    if let Some(name) =
        detect::first_set(settings, env, KEYS).or_else(|| detect::first_set(settings, env, CLOUDS))
    {
        return Login::Yes(name.to_owned());
    }
    if detect::has_token(settings, env) {
        return Login::Yes("configured token".to_owned());
    }
    let file = detect::own_folder(settings, env, "CLAUDE_CONFIG_DIR", ".claude")
        .map(|folder| folder.join(".credentials.json"));
    match file.filter(|file| file.is_file()) {
        Some(file) => Login::Yes(file.display().to_string()),
        None => Login::No("run `claude` once and log in, or set ANTHROPIC_API_KEY".to_owned()),
    }
}

fn system(value: &Value) -> Option<Vec<EventKind>> {
    match text(value, "subtype")? {
        "init" => Some(vec![EventKind::Session {
            id: text(value, "session_id")?.to_owned(),
            model: text(value, "model").map(str::to_owned),
        }]),
        "api_retry" => Some(vec![EventKind::Retry {
            attempt: number(value, "attempt")? as u32,
            max: number(value, "max_retries").map(|n| n as u32),
            delay_ms: number(value, "retry_delay_ms"),
            status: number(value, "error_status").map(|n| n as u16),
            message: text(value, "error").unwrap_or("request failed").to_owned(),
        }]),
        // Running counts and background work of its own; what matters of it comes in other lines.
        "thinking_tokens" | "task_started" | "task_progress" | "task_notification" => Some(vec![]),
        "permission_denied" => Some(vec![EventKind::Error {
            message: format!("refused: {}", text(value, "message").unwrap_or("no permission")),
            warning: true,
        }]),
        _ => None,
    }
}

fn assistant(value: &Value) -> Option<Vec<EventKind>> {
    let blocks = value.get("message")?.get("content")?.as_array()?;
    // What a sub-agent says is not this agent's answer; it stays in the log.
    if text(value, "parent_tool_use_id").is_some() {
        return None;
    }
    // An API failure stands there as if the model had said it; the result repeats it as an error.
    if value.get("is_api_error_message").and_then(Value::as_bool) == Some(true) {
        let message = blocks.iter().find_map(|block| text(block, "text")).unwrap_or("request failed");
        return Some(vec![EventKind::Error { message: message.to_owned(), warning: false }]);
    }
    blocks.iter().map(block).collect()
}

fn block(block: &Value) -> Option<EventKind> {
    match text(block, "type")? {
        "text" => Some(EventKind::text(text(block, "text")?, false)),
        "thinking" => Some(EventKind::Thinking { text: text(block, "thinking")?.to_owned() }),
        "tool_use" => Some(EventKind::ToolCall {
            id: text(block, "id")?.to_owned(),
            name: text(block, "name")?.to_owned(),
            input: block.get("input").cloned().unwrap_or(Value::Null),
        }),
        _ => None,
    }
}

fn tool_results(value: &Value) -> Option<Vec<EventKind>> {
    let blocks = value.get("message")?.get("content")?.as_array()?;
    blocks
        .iter()
        .map(|block| {
            (text(block, "type")? == "tool_result").then_some(())?;
            Some(EventKind::ToolResult {
                id: text(block, "tool_use_id")?.to_owned(),
                output: kept(&content(block.get("content"))),
                is_error: block.get("is_error").and_then(Value::as_bool).unwrap_or(false),
            })
        })
        .collect()
}

/// The text of a tool's answer: a string, or a list of blocks.
fn content(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(blocks)) => {
            blocks.iter().filter_map(|block| text(block, "text")).collect::<Vec<_>>().join("\n")
        }
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// The last line. `subtype` is `success` also for API failures: only `is_error` counts.
fn result(value: &Value) -> Vec<EventKind> {
    let ok = value.get("is_error").and_then(Value::as_bool) == Some(false);
    let errors = || {
        let list = value.get("errors")?.as_array()?;
        Some(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "))
    };
    let said = text(value, "result").map(str::to_owned).or_else(errors).unwrap_or_default();
    let denied = value.get("permission_denials").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut events: Vec<EventKind> = usage(value).map(EventKind::Usage).into_iter().collect();
    if let Some(reason) = text(value, "terminal_reason").filter(|_| !ok && said.is_empty()) {
        events.push(EventKind::Error { message: reason.to_owned(), warning: false });
    }
    events.push(EventKind::Result { ok, text: said, denied: denied.iter().map(refused).collect() });
    events
}

fn refused(call: &Value) -> String {
    described(text(call, "tool_name").unwrap_or("a tool"), call.get("tool_input").unwrap_or(&Value::Null))
}

/// What this run used. In a continued session `total_cost_usd` and `modelUsage` count the runs before too,
/// so what was used since the last result is taken where the version says it. Cached tokens are not part
/// of `input_tokens` there; ours include them.
fn usage(value: &Value) -> Option<Usage> {
    let since = value.get("model_usage_since_last_result").and_then(Value::as_object);
    if let Some(models) = since.filter(|models| !models.is_empty()) {
        let mut total = Usage::default();
        models.values().for_each(|model| total.add(&model_usage(model)));
        return Some(total);
    }
    let usage = value.get("usage")?;
    let input = number(usage, "input_tokens")?;
    let output = number(usage, "output_tokens")?;
    let cached = number(usage, "cache_read_input_tokens");
    let input = input + cached.unwrap_or(0) + number(usage, "cache_creation_input_tokens").unwrap_or(0);
    if input == 0 && output == 0 {
        return None;
    }
    let thinking = usage.get("output_tokens_details").and_then(|details| number(details, "thinking_tokens"));
    Some(Usage {
        input: Some(input),
        output: Some(output),
        cached,
        reasoning: thinking,
        cost_usd: value.get("total_cost_usd").and_then(Value::as_f64),
    })
}

fn model_usage(model: &Value) -> Usage {
    let cached = number(model, "cacheReadInputTokens");
    let written = number(model, "cacheCreationInputTokens");
    Usage {
        input: number(model, "inputTokens").map(|n| n + cached.unwrap_or(0) + written.unwrap_or(0)),
        output: number(model, "outputTokens"),
        cached,
        reasoning: number(model, "thinkingTokens"),
        cost_usd: model.get("costUSD").and_then(Value::as_f64),
    }
}

/// A subscription's limit: a warning before it is reached, with the time of its reset.
fn rate_limit(value: &Value) -> Option<Vec<EventKind>> {
    let info = value.get("rate_limit_info")?;
    let status = text(info, "status")?;
    if status == "allowed" {
        return Some(vec![]);
    }
    let kind = text(info, "rateLimitType").unwrap_or("account");
    let until = number(info, "resetsAt").map(|at| format!(", resets_at {at}")).unwrap_or_default();
    Some(vec![EventKind::Error { message: format!("usage limit ({kind}) {status}{until}"), warning: true }])
}
