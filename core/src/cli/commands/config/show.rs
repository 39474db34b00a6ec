//! `config show`: what is in force, one dotted key a line.

use serde_json::Value;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::style;
use crate::cli::output::table::Table;
use crate::config::Origin;

pub fn run(origin: bool, context: &Context) -> Result<u8, Failure> {
    let out = &context.out;
    let settings = context.host()?.settings()?;
    if out.is_json() {
        out.json(&settings)?;
        return Ok(0);
    }
    let mut keys = Vec::new();
    flatten(String::new(), &settings.config, &mut keys);
    let headings: &[&'static str] = if origin { &["KEY", "VALUE", "FROM"] } else { &["KEY", "VALUE"] };
    let mut table = Table::new(headings);
    for (key, value) in keys {
        let place = settings.origins.get(&key).cloned().unwrap_or_else(|| Origin::Default.to_string());
        let place = origin.then(|| out.paint(style::DIM, place));
        table.row([out.paint(style::NAME, &key), out.safe(&value)].into_iter().chain(place).collect());
    }
    table.print(out)?;
    for warning in &settings.warnings {
        let words = format!("{}: {}: {}", warning.place, warning.key, warning.message);
        print_warning(&words, warning.hint.as_deref(), context)?;
    }
    Ok(0)
}

/// One warning, in the form of errors.
pub fn print_warning(words: &str, hint: Option<&str>, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let mark = out.paint(style::NEEDS, "warning:");
    out.line(format_args!("{mark} {}", out.safe(words)))?;
    match hint {
        Some(hint) => out.line(format_args!("{} {}", out.paint(style::HINT, "hint:"), out.safe(hint))),
        None => Ok(()),
    }
}

/// Dotted keys and their values, in the order of the document.
fn flatten(prefix: String, value: &Value, keys: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
                flatten(key, field, keys);
            }
        }
        Value::Null => {}
        Value::String(text) => keys.push((prefix, text.clone())),
        Value::Object(_) => {}
        Value::Array(items) if items.is_empty() => {}
        other => keys.push((prefix, other.to_string())),
    }
}
