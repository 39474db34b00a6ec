//! Normalised events: what agents of all kinds report, in one form (`events.jsonl`).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One line of `events.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Event {
    /// Byte offset in `agent-stdout.txt` of the line it was made from; parsing goes on after it.
    pub offset: u64,
    /// Byte offset just after that line, its line end included.
    pub end: u64,
    /// When the agent says it happened; absent where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<Timestamp>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What an agent reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// The agent's session began or went on.
    Session {
        /// The agent's own id of the session; what it takes to continue it.
        id: String,
        /// The model in use, where it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        model: Option<String>,
    },
    /// Text of the answer; `delta` marks a piece that continues the one before.
    Text {
        /// The text.
        text: String,
        /// Whether it continues the text before it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        delta: bool,
        /// Bytes that came after it in the same line and were not kept: the log has them.
        #[serde(default, skip_serializing_if = "is_zero")]
        left_out: u64,
    },
    /// Reasoning that the agent shows.
    Thinking {
        /// The text.
        text: String,
    },
    /// The agent began to use a tool.
    ToolCall {
        /// The agent's id of the call.
        id: String,
        /// The tool.
        name: String,
        /// Its arguments.
        input: serde_json::Value,
    },
    /// A tool answered.
    ToolResult {
        /// The id of the call it answers.
        id: String,
        /// What it printed or returned.
        output: String,
        /// Whether it failed or was refused.
        is_error: bool,
    },
    /// The agent tries a request again by itself.
    Retry {
        /// Which try, from 1.
        attempt: u32,
        /// How many it will make, where it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
        /// Milliseconds until the next, where it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay_ms: Option<u64>,
        /// HTTP status of the failed one, where it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// What went wrong.
        message: String,
    },
    /// What was used so far in this run (totals, not differences).
    Usage(Usage),
    /// An error, final or not.
    Error {
        /// What the agent says.
        message: String,
        /// Whether it only warns.
        warning: bool,
    },
    /// The agent's own verdict on its turn.
    Result {
        /// Whether it says that it went well.
        ok: bool,
        /// Its final text or error.
        text: String,
        /// Tool calls that were refused for lack of permission, in words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        denied: Vec<String>,
    },
    /// A line that is not understood; kept as it came (lossy where it is not UTF-8).
    Raw {
        /// The line, at most 64 KiB of it.
        line: String,
    },
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl EventKind {
    /// Text of the answer that is all there.
    pub fn text(text: impl Into<String>, delta: bool) -> Self {
        Self::Text { text: text.into(), delta, left_out: 0 }
    }
}

/// What stands in the place of bytes that were not kept of an agent's output.
pub fn left_out_mark(bytes: u64) -> String {
    format!("\n[{bytes} bytes are left out here; agent-stdout.txt has them]\n")
}

/// Tokens and cost of a run. What the agent does not report is absent, not zero.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Usage {
    /// Tokens read, cached ones included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<u64>,
    /// Tokens written, reasoning included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<u64>,
    /// Of `input`, those read from a cache.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<u64>,
    /// Of `output`, those spent on reasoning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<u64>,
    /// US dollars, as the agent says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
}

impl Usage {
    /// Adds what another run used. Absent stays absent only where both are.
    pub fn add(&mut self, other: &Usage) {
        fn sum<T: std::ops::Add<Output = T> + Copy>(a: Option<T>, b: Option<T>) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(a + b),
                (a, b) => a.or(b),
            }
        }
        self.input = sum(self.input, other.input);
        self.output = sum(self.output, other.output);
        self.cached = sum(self.cached, other.cached);
        self.reasoning = sum(self.reasoning, other.reasoning);
        self.cost_usd = sum(self.cost_usd, other.cost_usd);
    }

    /// Tokens in and out together; none where neither is reported.
    pub fn tokens(&self) -> Option<u64> {
        match (self.input, self.output) {
            (None, None) => None,
            (input, output) => Some(input.unwrap_or(0) + output.unwrap_or(0)),
        }
    }
}

/// Why a run failed, as far as it decides what comes next.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(tag = "class", rename_all = "snake_case")]
pub enum FailureClass {
    /// Trying again cannot help: binary missing, bad key, unknown model, refused flag.
    Permanent,
    /// Trying again may help.
    Transient,
    /// The agent's usage limit is reached.
    UsageLimit {
        /// When it resets, where the agent says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// The conversation is too long: a fresh session helps.
    Context,
}
