use super::*;
use crate::model::access::Access;

const OWN: &str = "
defaults: { access: edit, max_restarts: 10, idle_timeout: 10m, wall_time: 0, max_running: 3 }
agents:
  claude: { model: opus }
  free: { type: claude, access: full }
  careful: { type: claude, access: read }
projects: { site: { access: read } }
";

/// Loads a project file that is not trusted; gives the settings and what was said.
fn untrusted(project: &str) -> (Config, Vec<String>) {
    let loaded = Person::new().own(OWN).project(project).load();
    assert_eq!(loaded.project_file.as_ref().map(|file| file.trusted), Some(false));
    let refused = loaded.warnings.iter().filter(|warning| warning.message.starts_with("ignored: "));
    assert!(refused.clone().all(|warning| warning.hint.as_deref() == Some("run-agent config trust")));
    let refused = refused.map(|warning| warning.key.clone()).collect();
    (loaded.config, refused)
}

#[test]
fn it_may_choose_agent_model_access_and_limits_downwards() {
    let (config, refused) = untrusted(
        "version: 1\ndefaults: { agent: careful, model: haiku, access: read, max_restarts: 2, idle_timeout: 1m, \
         wall_time: 1h, max_tokens: 1000, max_cost_usd: 1.5, max_failures: 1, max_depth: 0, max_running: 1 }\n\
         agents: { claude: { model: sonnet, access: read } }",
    );
    assert_eq!(refused, Vec::<String>::new());
    let defaults = &config.defaults;
    assert_eq!((defaults.agent.as_deref(), defaults.model.as_deref()), (Some("careful"), Some("haiku")));
    assert_eq!((defaults.access, defaults.max_restarts, defaults.max_tokens), (Access::Read, 2, Some(1000)));
    assert_eq!((defaults.idle_timeout.as_secs(), defaults.wall_time.as_secs()), (60, 3600));
    assert_eq!((defaults.max_failures, defaults.max_depth, defaults.max_running), (1, 0, Some(1)));
    let claude = config.agent("claude").unwrap();
    assert_eq!((claude.model.as_deref(), claude.access), (Some("sonnet"), Some(Access::Read)));
}

#[test]
fn every_other_key_is_refused_by_name() {
    let (config, refused) = untrusted(
        "storage: { runs_dir: /tmp/x, extra_roots: [/etc] }\n\
         agents:\n  claude: { command: [evil], env: { PATH: /evil }, args: [--evil], base_url: 'https://evil' }\n  \
         xai: { token: a, token_file: b, keyring: c }\n  new: { type: command, command: [evil], model: m }\n\
         selection: { agents: [free] }\nprojects: { site: { access: full, agent: free, model: x } }\n\
         bus: { durability: always, flush_interval: 2s, rotate_at: 1 }\n\
         power: { keep_awake: false, battery_floor: 1 }\n\
         webhook: { url: 'https://evil', format: slack, secret: s, secret_file: s, events: [a], timeout: 1s, allow_private: true }\n\
         webhooks: { w: { url: 'https://evil', format: slack, secret: s, secret_file: s, events: [a], timeout: 1s, allow_private: true } }\n\
         api: { host: 0.0.0.0, port: 1, allowed_hosts: [h], allowed_origins: [o], public_url: 'https://evil', tls: { cert: c, key: k } }\n"
            .replace("command: [evil], model: m", "command: [evil]")
            .as_str(),
    );
    let allowed = ["agents.*.model", "agents.*.access", "agents.*.prompt", "agents.*.output", "version"];
    let free = |key: &Key| !key.path.starts_with("defaults.") && !allowed.contains(&key.path);
    for key in KEYS.iter().filter(|key| free(key)) {
        let hit = refused.iter().any(|path| super::super::keys::matches(key.path, path));
        let by_strategy = key.path.starts_with("selection.") && key.path != "selection.agents";
        assert!(hit || by_strategy, "{} was not refused: {refused:?}", key.path);
    }
    let without = Person::new().own(OWN).load().config;
    assert_eq!(serde_json::to_value(config).unwrap(), serde_json::to_value(without).unwrap());
}

#[test]
fn nothing_can_be_raised_or_lifted() {
    for (project, key) in [
        ("defaults: { access: full }", "defaults.access"),
        ("defaults: { max_restarts: 11 }", "defaults.max_restarts"),
        ("defaults: { max_running: 4 }", "defaults.max_running"),
        ("defaults: { idle_timeout: 0 }", "defaults.idle_timeout"),
        ("defaults: { idle_timeout: 11m }", "defaults.idle_timeout"),
        ("defaults: { max_failures: 6 }", "defaults.max_failures"),
        ("defaults: { max_depth: 5 }", "defaults.max_depth"),
        ("defaults: { max_tokens: }", "defaults.max_tokens"),
        ("defaults: { agent: free }", "defaults.agent"),
        ("defaults: { agent: nobody }", "defaults.agent"),
        ("agents: { careful: { access: edit } }", "agents.careful.access"),
        ("agents: { careful: { access: } }", "agents.careful.access"),
        // An agent's own setting wins over the project's: `edit` would raise what holds in `site`.
        ("agents: { claude: { access: edit } }", "agents.claude.access"),
        ("agents: { new: { type: claude } }", "agents.new.type"),
        ("agents: { new: { model: x } }", "agents.new.model"),
    ] {
        let (config, refused) = untrusted(project);
        assert_eq!(refused, [key], "{project}");
        let without = Person::new().own(OWN).load().config;
        assert_eq!(
            serde_json::to_value(config).unwrap(),
            serde_json::to_value(without).unwrap(),
            "{project}"
        );
    }
}

#[test]
fn trust_holds_for_this_content_of_this_file_only() {
    let person = Person::new().own(OWN).project("agents: { mine: { type: command, command: [tool] } }\n");
    let path = person.work().join("conductor.yaml");
    assert!(person.load().config.agent("mine").is_err());
    person.trust(&path);
    let loaded = person.load();
    assert!(loaded.config.agent("mine").is_ok() && loaded.warnings.is_empty());
    assert_eq!(loaded.project_file, Some(ProjectFile { path: path.clone(), trusted: true }));

    std::fs::write(&path, "agents: { mine: { type: command, command: [other] } }\n").unwrap();
    assert!(person.load().config.agent("mine").is_err());

    person.trust(&path);
    assert!(person.load().config.agent("mine").is_ok());
    assert!(person.with(Trust::of).revoke(&path).unwrap());
    assert!(!person.with(Trust::of).revoke(&path).unwrap());
    assert!(person.load().config.agent("mine").is_err());
}

#[test]
fn the_same_content_elsewhere_is_not_trusted() {
    let person = Person::new().project("agents: { mine: { type: command, command: [./tool] } }\n");
    let path = person.work().join("conductor.yaml");
    person.trust(&path);
    let other = person.write("home/conductor.yaml", &std::fs::read_to_string(&path).unwrap());
    let content = std::fs::read(&path).unwrap();
    assert!(person.with(Trust::of).holds(&path, &content));
    assert!(!person.with(Trust::of).holds(&other, &content));
}

#[test]
fn a_broken_file_cannot_be_trusted() {
    let person = Person::new().project("nonsense: 1\n");
    let path = person.work().join("conductor.yaml");
    assert!(person.with(Trust::of).record(&path).is_err());
}

#[test]
fn a_named_file_stands_alone() {
    let mut person = Person::new().own(OWN).project("defaults: { access: read }");
    person.flag = Some(person.write("flag.yaml", "defaults: { max_restarts: 1 }"));
    let loaded = person.load();
    assert_eq!((loaded.config.defaults.access, loaded.project_file), (Access::Full, None));
}
