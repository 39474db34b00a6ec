//! `CONDUCTOR_<SECTION>_<KEY>`: settings from the environment, over all files.

use super::keys::{KEYS, Key, KeyKind};
use super::token::Env;
use super::tree::{Node, Origin, Value};

/// A name as a part of a variable's: `my-agent` is `MY_AGENT`.
pub(super) fn variable_part(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    push_part(&mut part, name);
    part
}

fn push_part(variable: &mut String, name: &str) {
    variable
        .extend(name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }));
}

/// The variable that sets a key, given the name that stands for `*`; none for keys that are maps,
/// and for an agent's key, which is `CONDUCTOR_AGENT_<NAME>_TOKEN` and has its own order.
pub(super) fn variable(key: &Key, name: &str) -> Option<String> {
    if key.kind == KeyKind::Variables || key.path == "agents.*.token" || key.path == "version" {
        return None;
    }
    const HEAD: &str = "CONDUCTOR_";
    let mut variable = String::with_capacity(HEAD.len() + key.path.len() + name.len());
    variable.push_str(HEAD);
    for (index, fixed) in key.path.split('*').enumerate() {
        if index > 0 {
            push_part(&mut variable, name);
        }
        push_part(&mut variable, fixed);
    }
    Some(variable)
}

/// Every setting in the environment; `names` tells the agents and projects that exist, by section.
///
/// Every command asks for some ninety variables: what is made for each of them counts.
pub(super) fn layer(env: &Env<'_>, names: &dyn Fn(&str) -> Vec<String>) -> Node {
    let mut tree = Node::empty();
    let mut known: Option<(&str, Vec<String>)> = None;
    for key in KEYS {
        let Some((section, _)) = key.path.split_once(".*") else {
            set(&mut tree, key, "", env);
            continue;
        };
        if known.as_ref().is_none_or(|(of, _)| *of != section) {
            known = Some((section, names(section)));
        }
        for name in known.iter().flat_map(|(_, names)| names) {
            set(&mut tree, key, name, env);
        }
    }
    tree
}

/// Sets a key, given the name that stands for `*`, where its variable is set.
fn set(tree: &mut Node, key: &Key, name: &str, env: &Env<'_>) {
    let Some(variable) = variable(key, name) else { return };
    let Some(text) = env(&variable).filter(|text| !text.is_empty()) else { return };
    let path: Vec<&str> = key.path.split('.').map(|word| if word == "*" { name } else { word }).collect();
    tree.set(&path, value(key.kind, &text, Origin::Environment(variable)));
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
