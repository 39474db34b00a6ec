//! `CONDUCTOR_<SECTION>_<KEY>`: settings from the environment, over all files.

use super::keys::{KEYS, Key, KeyKind};
use super::token::Env;
use super::tree::{Node, Origin, Value};

/// A name as a part of a variable's: `my-agent` is `MY_AGENT`.
pub(super) fn variable_part(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// The variable that sets a key, given the name that stands for `*`; none for keys that are maps,
/// and for an agent's key, which is `CONDUCTOR_AGENT_<NAME>_TOKEN` and has its own order.
pub(super) fn variable(key: &Key, name: &str) -> Option<String> {
    if key.kind == KeyKind::Variables || key.path == "agents.*.token" || key.path == "version" {
        return None;
    }
    Some(format!("CONDUCTOR_{}", variable_part(&key.path.replace('*', name))))
}

/// Every setting in the environment; `names` tells the agents and projects that exist, by section.
pub(super) fn layer(env: &Env<'_>, names: &dyn Fn(&str) -> Vec<String>) -> Node {
    let mut tree = Node::empty();
    for key in KEYS {
        let words: Vec<&str> = key.path.split('.').collect();
        let named = if words.contains(&"*") { names(words[0]) } else { vec![String::new()] };
        for name in named {
            let Some(variable) = variable(key, &name) else { continue };
            let Some(text) = env(&variable).filter(|text| !text.is_empty()) else { continue };
            let path: Vec<&str> =
                words.iter().map(|word| if *word == "*" { name.as_str() } else { word }).collect();
            tree.set(&path, value(key.kind, &text, Origin::Environment(variable)));
        }
    }
    tree
}

fn value(kind: KeyKind, text: &str, origin: Origin) -> Node {
    let scalar = |text: &str| Node { value: Value::Plain(text.trim().to_owned()), origin: origin.clone() };
    match kind {
        KeyKind::List | KeyKind::Paths => {
            let items = text.split(',').filter(|item| !item.trim().is_empty()).map(scalar).collect();
            Node { value: Value::List(items), origin }
        }
        KeyKind::Command => {
            Node { value: Value::List(text.split_whitespace().map(scalar).collect()), origin }
        }
        _ => scalar(text),
    }
}
