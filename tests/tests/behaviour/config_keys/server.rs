//! `webhook`: its keys take effect with the server, and each key says so until then.

use super::world::World;

/// A value for each of them.
const VALUES: [(&str, &str); 4] = [
    ("webhook.url", "'http://127.0.0.1:9'"),
    ("webhook.events", "[task.failed]"),
    ("webhook.secret", "not-for-the-eyes"),
    ("webhook.timeout", "3s"),
];

/// The keys of which a command says that they need the server.
fn said(stderr: &str) -> Vec<&str> {
    let lines = stderr.lines().filter_map(|line| line.strip_suffix(": has no effect until the server runs"));
    lines.filter_map(|line| line.rsplit(' ').next()).collect()
}

pub fn is_said_to_need_it(key: &str) {
    let (section, name) = key.split_once('.').expect("a section");
    let value = VALUES.iter().find(|(known, _)| *known == key).expect("a value").1;
    let url = if section == "webhook" && name != "url" { "url: 'http://127.0.0.1:9', " } else { "" };
    let world = World::new(&format!("{section}: {{ {url}{name}: {value} }}"));
    let (output, _) = world.run(&[], |_| ());
    let output = output.ok();
    let expected: Vec<&str> = (!url.is_empty()).then_some("webhook.url").into_iter().chain([key]).collect();
    assert_eq!(said(&output.stderr), expected, "{output}");
    assert!(!output.stderr.contains("not-for-the-eyes"), "{output}");
}
