//! What a run's events add up to.

use serde_json::Value;

use super::failure::one_line;
use crate::model::event::left_out_mark;
use crate::model::{Event, EventKind, Usage};

/// How agents tell the model that a tool call was refused for lack of permission.
const REFUSALS: &[&str] = &["Tool execution denied by policy", "This command requires approval"];

/// A tool call in one line: the tool, and what it works on.
pub(super) fn described(name: &str, input: &Value) -> String {
    let what =
        ["command", "file_path", "path", "url", "query"].iter().find_map(|key| input.get(key)?.as_str());
    one_line(&what.map_or_else(|| name.to_owned(), |what| format!("{name}: {what}")))
}

/// The state of a run, folded from its events: replaying `events.jsonl` yields the same one again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Fold {
    /// The agent's own id of its session.
    pub session: Option<String>,
    /// The model that it says it uses.
    pub model: Option<String>,
    /// What it reports to have used; absent where it reports nothing.
    pub usage: Option<Usage>,
    /// Its own last verdict on its turn.
    pub result: Option<ResultSeen>,
    /// The last error that was not a mere warning.
    pub last_error: Option<String>,
    /// The last warning.
    pub last_warning: Option<String>,
    /// The last request that it tried again by itself, where nothing good came after it.
    pub last_retry: Option<RetrySeen>,
    /// Tool calls without an answer so far, oldest first.
    pub open_tools: Vec<OpenTool>,
    /// Tool calls that were refused for lack of permission, in words.
    pub denied: Vec<String>,
    /// How many events there were.
    pub events: u64,
    /// Of them, lines that were not understood.
    pub raw: u64,
    message: Message,
}

/// The agent's own verdict on its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultSeen {
    /// Whether it says that it went well.
    pub ok: bool,
    /// Its final text or error.
    pub text: String,
}

/// A request that the agent tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrySeen {
    /// HTTP status of the failed one, where it says.
    pub status: Option<u16>,
    /// What went wrong.
    pub message: String,
}

/// A tool at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTool {
    /// The agent's id of the call.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The tool and what it works on, one line.
    pub what: String,
}

/// The last text of the answer.
#[derive(Debug, Clone, PartialEq, Default)]
struct Message {
    text: String,
    /// Whether a delta continues it.
    open: bool,
    /// Bytes at its start that were let go.
    dropped: u64,
    /// Where a mark stands for bytes that were not kept, in the order of the text.
    gaps: Vec<Gap>,
}

/// Bytes that are in the log and not in the text.
#[derive(Debug, Clone, PartialEq)]
struct Gap {
    /// The mark's place in the text.
    at: usize,
    mark: usize,
    bytes: u64,
}

impl Fold {
    /// Bytes of the final message that are kept, the last ones of it.
    pub const MESSAGE_MAX: usize = 1024 * 1024;
    /// Refused tool calls that are kept.
    const DENIED_MAX: usize = 32;

    /// Adds one event.
    pub fn observe(&mut self, event: &Event) {
        self.observe_kind(&event.kind);
    }

    /// Adds what one event says.
    pub fn observe_kind(&mut self, kind: &EventKind) {
        self.events += 1;
        match kind {
            EventKind::Session { id, model } => {
                self.session = Some(id.clone());
                if model.is_some() {
                    self.model.clone_from(model);
                }
            }
            EventKind::Text { text, delta, left_out } => {
                self.message.add(text, *delta, *left_out);
                self.last_retry = None;
            }
            EventKind::Thinking { .. } => self.message.open = false,
            EventKind::ToolCall { id, name, input } => self.tool_began(id, name, input),
            EventKind::ToolResult { id, output, is_error } => {
                self.tool_answered(id, is_error.then_some(output.as_str()));
            }
            EventKind::Retry { status, message, .. } => {
                self.last_retry = Some(RetrySeen { status: *status, message: message.clone() });
            }
            EventKind::Usage(usage) => self.usage = Some(*usage),
            EventKind::Error { message, warning: true } => self.last_warning = Some(message.clone()),
            EventKind::Error { message, warning: false } => self.last_error = Some(message.clone()),
            EventKind::Result { ok, text, denied } => self.ended(*ok, text, denied),
            EventKind::Raw { .. } => self.raw += 1,
        }
    }

    /// The text that the agent ended with: what its result says, else its last message. Absent where it
    /// said nothing; a failed result's text is an error and not a message.
    pub fn final_message(&self) -> Option<String> {
        let result = self.result.as_ref().filter(|result| result.ok).map(|result| result.text.as_str());
        if let Some(text) = result.filter(|text| !text.trim().is_empty()) {
            return Some(text.to_owned());
        }
        self.message.whole()
    }

    /// Whether a tool is at work: then silence is no sign of death.
    pub fn is_tool_running(&self) -> bool {
        !self.open_tools.is_empty()
    }

    fn tool_began(&mut self, id: &str, name: &str, input: &Value) {
        self.message.open = false;
        self.last_retry = None;
        if !self.open_tools.iter().any(|tool| tool.id == id) {
            let what = described(name, input);
            self.open_tools.push(OpenTool { id: id.to_owned(), name: name.to_owned(), what });
        }
    }

    fn tool_answered(&mut self, id: &str, error: Option<&str>) {
        let Some(at) = self.open_tools.iter().position(|tool| tool.id == id) else { return };
        let tool = self.open_tools.remove(at);
        if error.is_some_and(|error| REFUSALS.iter().any(|words| error.starts_with(words))) {
            self.refused(tool.what);
        }
    }

    fn refused(&mut self, what: String) {
        if self.denied.len() < Self::DENIED_MAX && !self.denied.contains(&what) {
            self.denied.push(what);
        }
    }

    fn ended(&mut self, ok: bool, text: &str, denied: &[String]) {
        self.message.open = false;
        self.open_tools.clear();
        if ok {
            self.last_retry = None;
        }
        self.result = Some(ResultSeen { ok, text: text.to_owned() });
        denied.iter().for_each(|call| self.refused(call.clone()));
    }
}

impl Message {
    fn add(&mut self, text: &str, delta: bool, left_out: u64) {
        if !delta || !self.open {
            *self = Self::default();
        }
        self.open = true;
        self.text.push_str(text);
        if left_out > 0 {
            let mark = left_out_mark(left_out);
            self.gaps.push(Gap { at: self.text.len(), mark: mark.len(), bytes: left_out });
            self.text.push_str(&mark);
        }
        self.bound();
    }

    /// Lets go of the first half when it has grown to twice what is kept, so that appending stays cheap.
    fn bound(&mut self) {
        if self.text.len() < 2 * Fold::MESSAGE_MAX {
            return;
        }
        let mut cut = self.text.len() - Fold::MESSAGE_MAX;
        while !self.text.is_char_boundary(cut) {
            cut += 1;
        }
        // A mark is let go as a whole.
        let within = self.gaps.iter().rev().find(|gap| gap.at < cut);
        cut = within.map_or(cut, |gap| cut.max(gap.at + gap.mark));
        self.text.drain(..cut);
        self.dropped += cut as u64;
        let (dropped, gaps) = std::mem::take(&mut self.gaps).into_iter().partition(|gap| gap.at < cut);
        let dropped: Vec<Gap> = dropped;
        // What a mark stood for is before the text now, and the mark is not.
        self.dropped += dropped.iter().map(|gap| gap.bytes.saturating_sub(gap.mark as u64)).sum::<u64>();
        self.gaps = gaps;
        self.gaps.iter_mut().for_each(|gap| gap.at -= cut);
    }

    fn whole(&self) -> Option<String> {
        if self.text.trim().is_empty() {
            return None;
        }
        if self.dropped == 0 {
            return Some(self.text.clone());
        }
        Some(format!("[{} bytes before this are in agent-stdout.txt]\n{}", self.dropped, self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fold(kinds: &[EventKind]) -> Fold {
        let mut fold = Fold::default();
        kinds.iter().for_each(|kind| fold.observe_kind(kind));
        fold
    }

    fn text(text: &str, delta: bool) -> EventKind {
        EventKind::text(text, delta)
    }

    fn call(id: &str) -> EventKind {
        EventKind::ToolCall { id: id.to_owned(), name: "shell".to_owned(), input: Value::Null }
    }

    #[test]
    fn the_final_message_is_the_last_one() {
        let folded = fold(&[text("first", false), call("1"), text("se", true), text("cond", true)]);
        assert_eq!(folded.final_message().as_deref(), Some("second"));
        assert_eq!(fold(&[text("a", false), text("b", false)]).final_message().as_deref(), Some("b"));
    }

    #[test]
    fn a_failed_results_text_is_no_message() {
        let bad = EventKind::Result { ok: false, text: "no key".to_owned(), denied: vec![] };
        assert_eq!(fold(std::slice::from_ref(&bad)).final_message(), None);
        assert_eq!(fold(&[text("so far", false), bad]).final_message().as_deref(), Some("so far"));
        let empty = EventKind::Result { ok: true, text: " \n".to_owned(), denied: vec![] };
        assert_eq!(fold(&[text("\n", false), empty]).final_message(), None);
    }

    #[test]
    fn tools_are_open_until_they_answer_or_the_turn_ends() {
        let answer = EventKind::ToolResult { id: "1".to_owned(), output: String::new(), is_error: false };
        let mut folded = fold(&[call("1"), call("2"), call("1"), answer]);
        assert_eq!(folded.open_tools.iter().map(|tool| tool.id.as_str()).collect::<Vec<_>>(), ["2"]);
        folded.observe_kind(&EventKind::Result { ok: true, text: String::new(), denied: vec![] });
        assert!(!folded.is_tool_running());
    }

    #[test]
    fn a_refused_call_is_remembered_once_in_words() {
        let input = serde_json::json!({"command": "curl  http://x"});
        let ask = EventKind::ToolCall { id: "1".to_owned(), name: "Bash".to_owned(), input };
        let no = "This command requires approval".to_owned();
        let refused = EventKind::ToolResult { id: "1".to_owned(), output: no, is_error: true };
        let denied = vec!["Bash: curl http://x".to_owned()];
        let end = EventKind::Result { ok: true, text: String::new(), denied: denied.clone() };
        assert_eq!(fold(&[ask, refused, end]).denied, denied);
    }

    #[test]
    fn endless_text_is_kept_in_bounded_memory() {
        let mut folded = Fold::default();
        let piece = text(&"é".repeat(64 * 1024), true);
        for _ in 0..64 {
            folded.observe_kind(&piece);
        }
        let kept = folded.final_message().expect("text");
        assert!(kept.len() < 2 * Fold::MESSAGE_MAX + 100 && kept.starts_with('['));
    }

    #[test]
    fn what_is_left_out_is_marked_and_counted() {
        let long = EventKind::Text { text: "beginning".to_owned(), delta: true, left_out: 50 << 20 };
        let mut folded = fold(&[text("one\n", true), long, text("two\n", true)]);
        let told = folded.final_message().expect("text");
        assert!(told.contains("52428800 bytes are left out here; agent-stdout.txt"), "{told}");
        assert!(told.starts_with("one\nbeginning\n[") && told.ends_with("]\ntwo\n"), "{told}");
        let more = "x".repeat(Fold::MESSAGE_MAX);
        (0..2).for_each(|_| folded.observe_kind(&text(&more, true)));
        let told = folded.final_message().expect("text");
        let before = (4 + 9 + (50 << 20) + 4 + 2 * Fold::MESSAGE_MAX) - Fold::MESSAGE_MAX;
        assert!(told.starts_with(&format!("[{before} bytes before this")), "{}", &told[..60]);
    }

    #[test]
    fn what_comes_after_a_retry_forgets_it() {
        let retry = EventKind::Retry {
            attempt: 1,
            max: None,
            delay_ms: None,
            status: Some(429),
            message: "slow down".to_owned(),
        };
        assert!(fold(std::slice::from_ref(&retry)).last_retry.is_some());
        assert!(fold(&[retry, text("on we go", false)]).last_retry.is_none());
    }
}
