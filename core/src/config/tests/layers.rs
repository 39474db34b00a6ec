use super::*;
use crate::model::access::Access;

#[test]
fn nothing_is_required() {
    let loaded = Person::new().load();
    let names: Vec<_> = loaded.config.agents.keys().map(String::as_str).collect();
    assert_eq!(names, ["claude", "codex", "gemini", "perplexity", "xai"]);
    assert_eq!((loaded.path, loaded.project_file), (None, None));
    assert!(loaded.warnings.is_empty());
    assert_eq!(loaded.config.defaults, Defaults::default());
    assert_eq!(loaded.config.bus.rotate_at, 64 << 20);
}

#[test]
fn an_empty_file_and_empty_sections_change_nothing() {
    for text in ["", "# only a comment\n", "version: 1\ndefaults:\nagents:\nbus: {}\n"] {
        assert_eq!(Person::new().own(text).load().config.defaults, Defaults::default(), "{text:?}");
    }
}

#[test]
fn the_flag_wins_over_the_variable_over_the_home_file() {
    let mut person = Person::new().own("defaults: { agent: codex }");
    let agent = |person: &Person| person.load().config.defaults.agent.unwrap();
    assert_eq!(agent(&person), "codex");
    let named = person.write("named.yaml", "defaults: { agent: gemini }");
    person = person.variable("CONDUCTOR_CONFIG", named.to_str().unwrap());
    assert_eq!(agent(&person), "gemini");
    person.flag = Some(person.write("flag.yaml", "defaults: { agent: xai }"));
    assert_eq!(agent(&person), "xai");
    assert_eq!(person.load().path, person.flag);
}

#[test]
fn the_environment_wins_over_every_file() {
    let mut person = Person::new()
        .own("defaults: { agent: codex, idle_timeout: 1m }")
        .variable("CONDUCTOR_DEFAULTS_AGENT", "gemini")
        .variable("CONDUCTOR_DEFAULTS_MAX_RUNNING", "3")
        .variable("CONDUCTOR_AGENTS_CLAUDE_MODEL", "opus")
        .variable("CONDUCTOR_STORAGE_EXTRA_ROOTS", "~/a,b");
    let loaded = person.load();
    assert_eq!(loaded.config.defaults.agent.as_deref(), Some("gemini"));
    assert_eq!(loaded.config.defaults.max_running, Some(3));
    assert_eq!(loaded.config.defaults.idle_timeout.as_secs(), 60);
    assert_eq!(loaded.config.agent("claude").unwrap().model.as_deref(), Some("opus"));
    assert_eq!(loaded.config.storage.extra_roots, [person.home().join("a"), person.work().join("b")]);
    person.flag = Some(person.write("flag.yaml", "defaults: { agent: xai }"));
    assert_eq!(person.load().config.defaults.agent.as_deref(), Some("gemini"));
}

#[test]
fn every_value_knows_where_it_was_set() {
    let loaded = Person::new()
        .own("defaults:\n  agent: codex\n  max_restarts: 3\n")
        .project("defaults:\n  max_restarts: 2\n")
        .variable("CONDUCTOR_BUS_DURABILITY", "always")
        .load();
    let origin = |key: &str| loaded.origins.get(key).to_string();
    assert!(origin("defaults.agent").ends_with("config.yaml:2:10"), "{}", origin("defaults.agent"));
    assert!(origin("defaults.max_restarts").ends_with("conductor.yaml:2:17"));
    assert_eq!(origin("bus.durability"), "CONDUCTOR_BUS_DURABILITY");
    assert_eq!(origin("bus.rotate_at"), "default");
}

#[test]
fn paths_begin_where_they_are_written() {
    let person = Person::new().own(
        "storage: { runs_dir: ~/runs, extra_roots: [more, /abs] }\n\
         agents:\n  mine: { type: command, command: [bin/tool, a/b] }\n  \
         bare: { type: command, command: [tool] }\n  sonar: { type: perplexity, token_file: key }\n",
    );
    let config = person.load().config;
    let folder = person.home().join(".config/conductor-loop");
    assert_eq!(config.storage.runs_dir, Some(person.home().join("runs")));
    assert_eq!(config.storage.extra_roots, [folder.join("more"), PathBuf::from("/abs")]);
    assert_eq!(config.agent("mine").unwrap().command, [folder.join("bin/tool").to_str().unwrap(), "a/b"]);
    assert_eq!(config.agent("bare").unwrap().command, ["tool"]);
    assert_eq!(config.agent("sonar").unwrap().token_file(), Some(folder.join("key").as_path()));
}

#[test]
fn scalars_stay_as_they_are_written() {
    let text = "agents: { claude: { model: 4.10, env: { A: 007, B: 1e3, C: no, D: '', E: true } } }";
    let claude = Person::new().own(text).load().config.agent("claude").unwrap();
    assert_eq!(claude.model.as_deref(), Some("4.10"));
    let values: Vec<_> = claude.env.values().map(String::as_str).collect();
    assert_eq!(values, ["007", "1e3", "no", "", "true"]);
}

#[test]
fn access_and_model_come_from_agent_then_project_then_default() {
    let config = Person::new()
        .own(
            "defaults: { access: full, model: d }\nprojects: { site: { access: edit, model: p } }\n\
             agents: { claude: { access: read, model: a } }",
        )
        .load()
        .config;
    let (claude, codex) = (config.agent("claude").unwrap(), config.agent("codex").unwrap());
    assert_eq!(config.access(&claude, Some("site")), Access::Read);
    assert_eq!(config.access(&codex, Some("site")), Access::Edit);
    assert_eq!(config.access(&codex, Some("other")), Access::Full);
    assert_eq!(config.access(&codex, None), Access::Full);
    let model = |agent, project| config.model(agent, project).unwrap();
    assert_eq!(
        [model(&claude, Some("site")), model(&codex, Some("site")), model(&codex, None)],
        ["a", "p", "d"]
    );
}

#[test]
fn a_chosen_agent_is_not_overruled_by_a_selection_below_it() {
    let own = "selection: { agents: [claude, codex], strategy: round-robin }";
    assert!(Person::new().own(own).load().config.selection.is_some());
    let project = "defaults: { agent: codex }";
    assert!(Person::new().own(own).project(project).load().config.selection.is_none());
    let chosen = Person::new().own(own).variable("CONDUCTOR_DEFAULTS_AGENT", "codex");
    assert!(chosen.load().config.selection.is_none());
}

#[test]
fn an_interval_is_kept_where_a_stronger_layer_chooses_another_durability() {
    let person = Person::new()
        .own("bus: { durability: interval, flush_interval: 2s }")
        .variable("CONDUCTOR_BUS_DURABILITY", "always");
    assert_eq!(person.load().config.bus.durability, Durability::Always);
    let person = Person::new().own("{}").variable("CONDUCTOR_BUS_FLUSH_INTERVAL", "2s");
    let alone =
        "CONDUCTOR_BUS_FLUSH_INTERVAL: bus.flush_interval: has no effect unless durability is interval";
    assert_eq!(person.error(), alone);
}

#[test]
fn an_hcl_file_gets_a_clear_answer() {
    let mut person = Person::new();
    person.write("home/.config/conductor-loop/config.hcl", "agent \"x\" {}");
    let loaded = person.load();
    assert_eq!(warnings(&loaded), ["file: is HCL and not read; configuration is YAML here"]);
    person.flag = Some(person.write("old.hcl", "agent \"x\" {}"));
    assert_eq!(person.error(), "old.hcl is HCL, and configuration is YAML here");
}

#[test]
fn a_key_that_others_may_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let person = Person::new().own("agents: { xai: { token: abcdef }, perplexity: { token_file: key } }\nwebhook: { url: 'https://x', secret_file: key }\nwebhooks: { w: { url: 'https://x', secret: abcdef } }\napi: { tls: { cert: key, key: key } }");
    let folder = "home/.config/conductor-loop";
    let files = [
        person.write(&format!("{folder}/key"), "secret"),
        person.folder.path().join(folder).join("config.yaml"),
    ];
    let mode = |mode| {
        files.iter().for_each(|file| {
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
        });
    };
    mode(0o644);
    assert_eq!(person.load().warnings.len(), 5);
    mode(0o600);
    assert!(person.load().warnings.is_empty());
}

#[test]
fn slots_follow_the_memory_where_nothing_is_said() {
    assert!((2..=8).contains(&Defaults::default().slots()));
    assert_eq!(Defaults { max_running: Some(20), ..Defaults::default() }.slots(), 20);
}

#[test]
fn a_folder_of_the_project_files_name_is_passed_over_with_a_word() {
    let person = Person::new().own("defaults: { agent: codex }");
    std::fs::create_dir(person.work().join("conductor.yaml")).unwrap();
    let loaded = person.load();
    assert_eq!((loaded.config.defaults.agent.as_deref(), &loaded.project_file), (Some("codex"), &None));
    let told: Vec<_> = loaded.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(told, ["is not a regular file and not read"]);
}
