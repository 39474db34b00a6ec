//! `defaults`: which agent works, with which model and access.

use super::world::World;

/// Two programs as agents `a` and `b`.
pub const TWO: &str =
    "agents:\n  a: { type: command, command: [one] }\n  b: { type: command, command: [two] }\n";

pub fn agent() {
    let world = World::new("");
    assert_eq!(world.job(&[]).program, "claude", "the first of the usual ones that is installed");
    for (agent, program) in [("a", "one"), ("gemini", "gemini")] {
        let call = world.job_with(&format!("{TWO}defaults: {{ agent: {agent} }}"));
        assert_eq!(call.program, program);
    }
}

pub fn model() {
    let world = World::new("");
    let without = world.job(&[]);
    assert!(!without.args.contains(&"--model".to_owned()), "{without:?}");
    assert!(world.job_with("defaults: { model: small }").has(&["--model", "small"]));
    assert!(world.job(&["--model", "asked"]).has(&["--model", "asked"]), "what is asked wins");
    let call = |model: &str| world.job_with(&format!("{TWO}defaults: {{ agent: a{model} }}"));
    assert_eq!(call(", model: small").variable("JRUN_MODEL"), Some("small"));
}

pub fn access() {
    let world = World::new("");
    assert!(world.job(&[]).has(&["--permission-mode", "bypassPermissions"]), "full is the default");
    let call = |agent: &str| world.job_with(&format!("{TWO}defaults: {{ agent: {agent}, access: read }}"));
    assert!(call("claude").has(&["--permission-mode", "plan"]));
    assert_eq!(call("a").variable("JRUN_ACCESS"), Some("read"));
}
