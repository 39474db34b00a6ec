//! What agents do, in words that fit on one line.

use serde_json::Value;

/// Arguments that say most about a call, the most telling first.
const TELLING: [&str; 12] = [
    "command",
    "cmd",
    "file_path",
    "path",
    "notebook_path",
    "pattern",
    "query",
    "url",
    "description",
    "prompt",
    "question",
    "text",
];

/// A tool call as one line: the tool and its most telling argument.
pub fn tool_call(name: &str, input: &Value) -> (String, String) {
    let telling = TELLING.iter().find_map(|key| input.get(key)).map(plain);
    let argument = telling.unwrap_or_else(|| match input {
        Value::Object(fields) if fields.is_empty() => String::new(),
        Value::Null => String::new(),
        other => plain(other),
    });
    (name.to_owned(), argument)
}

/// A value as a person would write it: lists as words, anything else as JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

/// The last line of a tool's output that says something.
pub fn last_line(output: &str) -> &str {
    output.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_call_is_told_by_its_most_telling_argument() {
        let told = |input: Value| tool_call("shell", &input).1;
        assert_eq!(told(json!({"description": "lists", "command": "ls"})), "ls");
        assert_eq!(told(json!({"command": ["bash", "-lc", "ls"]})), "bash -lc ls");
        assert_eq!(told(json!({"limit": 3})), "{\"limit\":3}");
        assert_eq!(told(json!({})), "");
        assert_eq!(last_line("a\n b \n\n"), "b");
    }
}
