//! `selection` and `projects`: who gets a task that names nobody.

use super::defaults::TWO;
use super::world::World;

/// The programs of so many jobs, one after the other.
fn programs(selection: &str, jobs: usize) -> Vec<String> {
    let world = World::new(&format!(
        "{TWO}  c: {{ type: command, command: [broken] }}\nselection: {{ {selection} }}"
    ));
    (0..jobs).map(|_| world.job(&[]).program).collect()
}

pub fn strategy() {
    assert_eq!(programs("agents: [a, b]", 2), ["one", "one"]);
    assert_eq!(programs("agents: [a, b], strategy: round-robin", 3), ["one", "two", "one"]);
}

pub fn agents() {
    let world = World::new(&format!("{TWO}defaults: {{ agent: b }}"));
    assert_eq!(world.job(&[]).program, "two");
    let call = world.job_with(&format!("{TWO}defaults: {{ agent: b }}\nselection: {{ agents: [a] }}"));
    assert_eq!(call.program, "one", "it wins over defaults.agent of the same file");
    assert!(!world.command(&["agents"]).ok().stdout.contains("(default)"), "none is, a selection decides");
    assert_eq!(programs("agents: [b, a]", 1), ["two"]);
}

pub fn weights() {
    let weighted = |weights: &str, jobs: usize| {
        programs(&format!("agents: [a, b], strategy: weighted, weights: {weights}"), jobs)
    };
    assert_eq!(weighted("[1, 0]", 2), ["one", "one"]);
    assert_eq!(weighted("[1, 2]", 3), ["two", "one", "two"]);
}

pub fn fallback_on_failure() {
    assert_eq!(programs("agents: [c, b], fallback_on_failure: true", 1), ["two"]);
    let world = World::new(&format!(
        "{TWO}  c: {{ type: command, command: [broken] }}\nselection: {{ agents: [c, b] }}"
    ));
    let (output, slug) = world.run(&[], |_| ());
    output.expect_code(1);
    assert_eq!(world.env.json(&["status", &slug])["runs"], 1);
}

pub fn project_agent() {
    let config = "defaults: { agent: b }\nselection: { agents: [b] }\nprojects: { demo: { agent: a } }";
    let world = World::new(&format!("{TWO}{config}"));
    assert_eq!(world.job(&[]).program, "one");
    assert_eq!(world.job(&["--project", "other"]).program, "two");
    assert_eq!(world.job(&["--agent", "b"]).program, "two", "who is asked for wins");
}

pub fn project_model() {
    let world = World::new("defaults: { agent: codex, model: usual }\nprojects: { demo: { model: large } }");
    assert!(world.job(&[]).has(&["--model", "large"]));
    assert!(world.job(&["--project", "other"]).has(&["--model", "usual"]));
}

pub fn project_access() {
    let world = World::new("defaults: { agent: claude }\nprojects: { demo: { access: read } }");
    assert!(world.job(&[]).has(&["--permission-mode", "plan"]));
    assert!(world.job(&["--project", "other"]).has(&["--permission-mode", "bypassPermissions"]));
    let own = "defaults: { agent: claude }\nprojects: { demo: { access: read } }\nagents: { claude: { access: edit } }";
    assert!(world.job_with(own).has(&["--permission-mode", "acceptEdits"]), "the agent's own wins");
}
