//! An answer as it comes in: pieces of text, reasoning, sources, usage.

use serde_json::Value;

use super::refusal;
use crate::agent::json::{number, text};
use crate::model::{EventKind, Usage};

/// xAI counts cost in ticks of this part of a dollar.
const TICKS_PER_USD: f64 = 1e10;
const THINK: &str = "<think>";
const THINK_END: &str = "</think>";

/// The state of one answer.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// What the service has sent of the message so far, reasoning in it included.
    received: String,
    /// The answer proper.
    said: String,
    inline: Inline,
    finish: Option<String>,
    usage: Option<Usage>,
    sources: Vec<String>,
    error: Option<String>,
}

/// Where the message stands, for models that put their reasoning before the answer, in tags.
#[derive(Debug, Default)]
enum Inline {
    /// It may still begin with reasoning; holds what came so far.
    #[default]
    Undecided,
    /// In the reasoning.
    Thinking,
    /// In the answer.
    Said,
}

impl Answer {
    /// Takes one chunk of a stream, or a whole answer, and tells what is new.
    pub(super) fn take(&mut self, chunk: &Value) -> Vec<EventKind> {
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            self.error = Some(refusal::from_json(chunk));
            return vec![];
        }
        self.notice(chunk);
        let Some(choice) = chunk.get("choices").and_then(|choices| choices.get(0)) else { return vec![] };
        if let Some(finish) = text(choice, "finish_reason") {
            self.finish = Some(finish.to_owned());
        }
        let part = |key| choice.get("delta").and_then(|delta| text(delta, key));
        let mut events = Vec::new();
        let reasoning = part("reasoning_content")
            .or_else(|| choice.get("message").and_then(|message| text(message, "reasoning_content")));
        if let Some(reasoning) = reasoning.filter(|text| !text.is_empty()) {
            events.push(EventKind::Thinking { text: reasoning.to_owned() });
        }
        let whole = choice.get("message").and_then(|message| text(message, "content"));
        let piece = self.fresh(whole, part("content"));
        self.received.push_str(&piece);
        events.extend(self.split());
        events
    }

    /// Whether the service said that the answer is complete.
    pub(super) fn is_complete(&self) -> bool {
        self.error.is_none() && self.finish.is_some()
    }

    /// The answer proper.
    pub(super) fn text(&self) -> &str {
        &self.said
    }

    /// The events that end the run.
    pub(super) fn finish(&self) -> Vec<EventKind> {
        let mut events: Vec<EventKind> = self.usage.map(EventKind::Usage).into_iter().collect();
        if let Some(finish) = self.finish.as_deref().filter(|finish| *finish != "stop") {
            let message = format!("the answer ends early: {finish}");
            events.push(EventKind::Error { message, warning: true });
        }
        let (ok, text) = match (&self.error, self.is_complete()) {
            (Some(error), _) => (false, error.clone()),
            (None, false) => (false, "the stream ended before the answer was complete".to_owned()),
            (None, true) => (true, self.with_sources()),
        };
        events.push(EventKind::Result { ok, text, denied: vec![] });
        events
    }

    /// What comes beside the text; each chunk repeats it, the last one counts.
    fn notice(&mut self, chunk: &Value) {
        if let Some(usage) = chunk.get("usage").filter(|usage| usage.is_object()) {
            self.usage = Some(usage_of(usage));
        }
        if let Some(found) = sources_of(chunk) {
            self.sources = found;
        }
    }

    /// The part that was not received yet. Some services send the whole message in every chunk, beside the
    /// difference; the whole one is right also where a difference got lost.
    fn fresh(&self, whole: Option<&str>, delta: Option<&str>) -> String {
        match whole {
            Some(whole) if whole.starts_with(&self.received) => whole[self.received.len()..].to_owned(),
            Some(_) if delta.is_none() => String::new(),
            _ => delta.unwrap_or_default().to_owned(),
        }
    }

    /// Divides what was received and not told yet into reasoning and answer.
    fn split(&mut self) -> Vec<EventKind> {
        let mut events = Vec::new();
        if matches!(self.inline, Inline::Undecided) {
            let begun = self.received.trim_start();
            if begun.is_empty() || (begun.len() < THINK.len() && THINK.starts_with(begun)) {
                return events;
            }
            self.inline = if begun.starts_with(THINK) { Inline::Thinking } else { Inline::Said };
        }
        if matches!(self.inline, Inline::Thinking) {
            let Some(end) = self.received.find(THINK_END) else { return events };
            let thought = self.received[..end].trim_start().trim_start_matches(THINK).trim();
            events.push(EventKind::Thinking { text: thought.to_owned() });
            self.inline = Inline::Said;
        }
        let from = self.received.find(THINK_END).filter(|_| self.received.trim_start().starts_with(THINK));
        let proper = self.received[from.map_or(0, |at| at + THINK_END.len())..].trim_start();
        if proper.len() > self.said.len() {
            let piece = proper[self.said.len()..].to_owned();
            self.said.push_str(&piece);
            events.push(EventKind::text(piece, true));
        }
        events
    }

    fn with_sources(&self) -> String {
        if self.sources.is_empty() {
            return self.said.clone();
        }
        let list: Vec<String> =
            self.sources.iter().enumerate().map(|(i, source)| format!("[{}] {source}", i + 1)).collect();
        format!("{}\n\nSources:\n{}", self.said.trim_end(), list.join("\n"))
    }
}

/// The sources in the order in which the answer numbers them: with titles where the service gives them.
fn sources_of(chunk: &Value) -> Option<Vec<String>> {
    let urls: Vec<&str> = chunk.get("citations")?.as_array()?.iter().filter_map(Value::as_str).collect();
    let results = chunk.get("search_results").and_then(Value::as_array);
    let title = |url: &str| {
        let found = results?.iter().find(|result| text(result, "url") == Some(url))?;
        text(found, "title").filter(|title| !title.is_empty())
    };
    let named = |url: &&str| title(url).map_or_else(|| (*url).to_owned(), |title| format!("{title} {url}"));
    Some(urls.iter().map(named).collect())
}

/// Reasoning counts as output. Some services leave it out of `completion_tokens`: their total tells.
fn usage_of(usage: &Value) -> Usage {
    let detail = |group: &str, key: &str| usage.get(group).and_then(|group| number(group, key));
    let input = number(usage, "prompt_tokens");
    let reasoning =
        detail("completion_tokens_details", "reasoning_tokens").or_else(|| number(usage, "reasoning_tokens"));
    let written = number(usage, "completion_tokens");
    let apart = match (input, written, reasoning, number(usage, "total_tokens")) {
        (Some(input), Some(written), Some(reasoning), Some(total)) => total >= input + written + reasoning,
        _ => false,
    };
    let ticks = usage.get("cost_in_usd_ticks").and_then(Value::as_f64).map(|ticks| ticks / TICKS_PER_USD);
    let cost = usage.get("cost").and_then(|cost| cost.get("total_cost")).and_then(Value::as_f64);
    Usage {
        input,
        output: written.map(|written| written + reasoning.filter(|_| apart).unwrap_or(0)),
        cached: detail("prompt_tokens_details", "cached_tokens"),
        reasoning,
        cost_usd: cost.or(ticks),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text_of(events: &[EventKind]) -> String {
        events
            .iter()
            .filter_map(|event| match event {
                EventKind::Text { text, delta: true, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The chunks of a stream, `data:` by `data:`.
    fn replay(sse: &str) -> (Answer, Vec<EventKind>) {
        let mut answer = Answer::default();
        let data = sse.lines().filter_map(|line| line.trim_end().strip_prefix("data: "));
        let chunks = data.filter_map(|data| serde_json::from_str::<Value>(data).ok());
        let events = chunks.flat_map(|chunk| answer.take(&chunk)).collect();
        (answer, events)
    }

    fn result(answer: &Answer) -> (bool, String) {
        match answer.finish().pop() {
            Some(EventKind::Result { ok, text, .. }) => (ok, text),
            other => panic!("no result: {other:?}"),
        }
    }

    fn usage(answer: &Answer) -> Usage {
        answer.usage.expect("reported")
    }

    #[test]
    fn cumulative_chunks_are_told_once() {
        let (answer, events) =
            replay(include_str!("../../../../tests/fixtures/agents/perplexity-stream.sse"));
        assert_eq!(text_of(&events), "Short grounded answer[1][2].");
        let sources =
            "[1] Stub source one https://example.com/one\n[2] Stub source two https://example.org/two";
        assert_eq!(result(&answer), (true, format!("Short grounded answer[1][2].\n\nSources:\n{sources}")));
        let used = usage(&answer);
        assert_eq!((used.input, used.output, used.cached), (Some(1000), Some(50), None));
        assert_eq!(used.cost_usd, Some(0.00605));
    }

    #[test]
    fn concise_chunks_are_told_once() {
        let (answer, events) =
            replay(include_str!("../../../../tests/fixtures/agents/perplexity-stream-concise.sse"));
        assert_eq!(text_of(&events), "Short grounded answer[1].");
        assert!(answer.is_complete());
    }

    #[test]
    fn reasoning_and_ticks_of_xai_are_read() {
        let (answer, events) = replay(include_str!("../../../../tests/fixtures/agents/xai-chat-stream.sse"));
        assert_eq!(text_of(&events), "Short answer.");
        let thoughts = events.iter().filter(|event| matches!(event, EventKind::Thinking { .. })).count();
        assert_eq!(thoughts, 5);
        let used = usage(&answer);
        assert_eq!((used.input, used.cached), (Some(1000), Some(200)));
        assert_eq!(
            (used.output, used.reasoning),
            (Some(60), Some(10)),
            "its completion leaves reasoning out"
        );
        assert_eq!(used.cost_usd, Some(0.0037756));
    }

    #[test]
    fn a_whole_answer_is_one_chunk() {
        for whole in [
            include_str!("../../../../tests/fixtures/agents/perplexity-whole.json"),
            include_str!("../../../../tests/fixtures/agents/xai-chat-whole.json"),
        ] {
            let mut answer = Answer::default();
            let events = answer.take(&serde_json::from_str(whole).expect("json"));
            assert!(text_of(&events).contains("answer"), "{events:?}");
            assert!(answer.is_complete());
        }
    }

    #[test]
    fn reasoning_in_tags_is_no_part_of_the_answer() {
        let mut answer = Answer::default();
        let mut events = Vec::new();
        for piece in ["<th", "ink>\nhm", "m</think>\n", "\nYes", " it is < 3"] {
            events.extend(answer.take(&json!({"choices": [{"delta": {"content": piece}}]})));
        }
        assert_eq!(text_of(&events), "Yes it is < 3");
        assert!(events.contains(&EventKind::Thinking { text: "hmm".to_owned() }));
    }

    #[test]
    fn a_stream_that_stops_or_breaks_is_a_failure() {
        let mut answer = Answer::default();
        answer.take(&json!({"choices": [{"delta": {"content": "Half"}}]}));
        assert!(!result(&answer).0);
        answer.take(&json!({"error": {"message": "stub stream error", "type": "server_error"}}));
        assert_eq!(result(&answer), (false, "stub stream error (server_error)".to_owned()));
    }
}
