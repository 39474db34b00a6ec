//! What the fake agent prints, in the form it was asked for.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::options::{Format, Options};

const MODEL: &str = "fake-1";

/// Prints; every line is flushed, as a real agent's are.
pub(super) struct Voice {
    format: Format,
    session: String,
    calls: u32,
    last: String,
}

impl Voice {
    pub(super) fn new(options: &Options) -> Self {
        let session = options.session.clone().unwrap_or_else(|| ulid::Ulid::generate().to_string());
        Self { format: options.format, session, calls: 0, last: String::new() }
    }

    pub(super) fn begin(&self) -> io::Result<()> {
        self.print(
            None,
            json!({"event": "session", "id": self.session, "model": MODEL}),
            json!({"type": "system", "subtype": "init", "session_id": self.session, "model": MODEL, "tools": []}),
        )
    }

    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        self.last = text.to_owned();
        let event = json!({"event": "text", "text": text});
        self.print(Some(text), event, self.assistant(json!({"type": "text", "text": text})))
    }

    pub(super) fn think(&self, text: &str) -> io::Result<()> {
        let event = json!({"event": "thinking", "text": text});
        self.print(Some(text), event, self.assistant(json!({"type": "thinking", "thinking": text})))
    }

    pub(super) fn call(&mut self, name: &str, input: &str) -> io::Result<String> {
        self.calls += 1;
        let id = format!("call-{}", self.calls);
        let input = json!({"command": input});
        let event = json!({"event": "tool_call", "id": id, "name": name, "input": input});
        let claude = self.assistant(json!({"type": "tool_use", "id": id, "name": name, "input": input}));
        self.print(Some(&format!("[{name}]")), event, claude)?;
        Ok(id)
    }

    pub(super) fn answer(&self, id: &str, output: &str, is_error: bool) -> io::Result<()> {
        let event = json!({"event": "tool_result", "id": id, "output": output, "is_error": is_error});
        let result =
            json!({"type": "tool_result", "tool_use_id": id, "content": output, "is_error": is_error});
        let claude = json!({"type": "user", "message": {"role": "user", "content": [result]},
            "session_id": self.session});
        self.print(Some(output), event, claude)
    }

    pub(super) fn retry(&self, status: u16, message: &str) -> io::Result<()> {
        let event = json!({"event": "retry", "attempt": 1, "status": status, "message": message});
        let claude = json!({"type": "system", "subtype": "api_retry", "attempt": 1, "max_retries": 10,
            "retry_delay_ms": 1000, "error_status": status, "error": message, "session_id": self.session});
        self.print(Some(message), event, claude)
    }

    pub(super) fn usage(&self, input: u64, output: u64) -> io::Result<()> {
        if self.format == Format::Json {
            self.line(json!({"event": "usage", "input": input, "output": output}).to_string().as_bytes())?;
        }
        Ok(())
    }

    /// The agent's own verdict; plain text has none.
    pub(super) fn finish(&self, ok: bool, text: Option<&str>) -> io::Result<()> {
        let text = text.unwrap_or(&self.last);
        let event = json!({"event": "result", "ok": ok, "text": text});
        let subtype = if ok { "success" } else { "error_during_execution" };
        let claude = json!({"type": "result", "subtype": subtype, "is_error": !ok, "result": text,
            "session_id": self.session, "num_turns": 1, "duration_ms": 1, "total_cost_usd": 0.01,
            "usage": {"input_tokens": 100, "output_tokens": 10,
                "cache_read_input_tokens": 0, "cache_creation_input_tokens": 0}});
        self.print((!ok).then_some(text), event, claude)
    }

    /// A line as it is, whatever the form.
    pub(super) fn line(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    fn print(&self, text: Option<&str>, event: Value, claude: Value) -> io::Result<()> {
        match self.format {
            Format::Text => text.map_or(Ok(()), |text| self.line(text.as_bytes())),
            Format::Json => self.line(event.to_string().as_bytes()),
            Format::Claude => self.line(claude.to_string().as_bytes()),
        }
    }

    fn assistant(&self, block: Value) -> Value {
        json!({"type": "assistant", "session_id": self.session,
            "message": {"role": "assistant", "model": MODEL, "content": [block]}})
    }
}
