//! `config show`: what is in force, one dotted key a line.

use serde_json::Value;

use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::output::style;
use crate::cli::output::table::Table;
use crate::config::Warning;

pub fn run(origin: bool, context: &Context) -> Result<u8, Failure> {
    let (app, out) = (context.app()?, &context.out);
    let loaded = &app.loaded;
    if out.is_json() {
        out.json(&app.settings())?;
        return Ok(0);
    }
    let document = serde_json::to_value(&loaded.config).unwrap_or_default();
    let mut keys = Vec::new();
    flatten(String::new(), &document, &mut keys);
    let headings: &[&'static str] = if origin { &["KEY", "VALUE", "FROM"] } else { &["KEY", "VALUE"] };
    let mut table = Table::new(headings);
    for (key, value) in keys {
        let place = origin.then(|| out.paint(style::DIM, loaded.origins.get(&key)));
        table.row([out.paint(style::NAME, &key), out.safe(&value)].into_iter().chain(place).collect());
    }
    table.print(out)?;
    for warning in &loaded.warnings {
        print_warning(warning, context)?;
    }
    Ok(0)
}

/// One warning, in the form of errors.
pub fn print_warning(warning: &Warning, context: &Context) -> Result<(), Failure> {
    let out = &context.out;
    let mark = out.paint(style::NEEDS, "warning:");
    out.line(format_args!("{mark} {}", out.safe(&warning.to_string())))?;
    match &warning.hint {
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
