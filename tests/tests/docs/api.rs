//! `docs/api.md`: its table of routes is that of the description, its codes are those of the program, and
//! every example works as it is printed.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use conductor_core::api::ErrorCode;
use conductor_tests::description::{promised, routes};
use conductor_tests::server::TestServer;
use conductor_tests::{PATIENCE, Running, TestEnv};

use crate::pages::{Block, Page, quoted, repository};

/// Where the examples are of a server on its usual port.
const USUAL: &str = "http://127.0.0.1:14355";

#[test]
fn every_route_is_in_the_table_and_nothing_else() {
    let described: Vec<String> = routes().iter().map(conductor_tests::description::Route::name).collect();
    let promised = promised();
    let named: BTreeSet<&str> = promised.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(named.len(), promised.len(), "a route has two rows");
    assert_eq!(named, described.iter().map(String::as_str).collect(), "docs/api.md and docs/openapi.json");
    let unknown: Vec<_> = promised.iter().filter(|(_, needs)| needs.is_none()).collect();
    assert!(unknown.is_empty(), "what do these need? {unknown:?}");
}

#[test]
fn every_code_is_in_the_table_with_its_status() {
    let page = Page::open("docs/api.md");
    let rows = page.rows(&["Means"]);
    for code in ErrorCode::all() {
        let row = rows.iter().find(|row| quoted(&row[0]) == [code.as_str()]);
        let row = row.unwrap_or_else(|| panic!("docs/api.md lacks `{code}`"));
        assert_eq!(row[1], code.http_status().to_string(), "{code}");
    }
}

/// One of two types of one name would be described as the other.
#[test]
fn no_two_types_of_the_description_have_one_name() {
    let mut seen = BTreeSet::new();
    for text in sources() {
        for derived in text.split("ToSchema)").skip(1) {
            let words = derived.split_whitespace().skip_while(|word| !["struct", "enum"].contains(word));
            let name = words.take(2).last().unwrap_or_default();
            let name: String = name.chars().take_while(char::is_ascii_alphanumeric).collect();
            assert!(seen.insert(name.clone()), "two types are described as {name}");
        }
    }
    assert!(seen.len() > 60, "only {} types", seen.len());
}

/// The sources of the library.
fn sources() -> Vec<String> {
    let mut folders = vec![repository().join("core/src")];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false => texts.extend(fs::read_to_string(path)),
            }
        }
    }
    texts
}

/// The tour among them: each block goes on with what the ones before it left.
#[test]
fn every_example_with_curl_works_as_it_is_printed() {
    let page = Page::open("docs/api.md");
    let blocks = page.blocks();
    let is_sh = |block: &&Block| block.language == "sh";
    let begin = blocks.iter().filter(is_sh).find(|block| block.text.contains(USUAL)).expect("the variables");
    let examples: Vec<&Block> =
        blocks.iter().filter(is_sh).filter(|block| block.text.contains("curl ")).collect();
    assert!(examples.len() >= 10, "only {} examples", examples.len());
    let env = world();
    let server = TestServer::start(&env);
    let begin = begin.text.replace(USUAL, &format!("http://{}", server.address()));
    let mut script = format!("set -euo pipefail\n{begin}");
    for block in examples {
        script.push_str(&format!("echo '== docs/api.md:{}' >&2\n{}", block.line, block.text));
    }
    let mut command = env.command("bash", &["-c", &script]);
    let output = Running::start(&mut command, "the examples").wait(PATIENCE);
    assert_eq!(output.code, Some(0), "{output}");
    for shown in ["\"left\":[]", "\"text\":\"blue\"", "painting it blue", "304\n"] {
        assert!(output.stdout.contains(shown), "{shown} is not shown: {output}");
    }
    assert_made_once(&server);
}

/// What was asked for twice with one key is there once.
fn assert_made_once(server: &TestServer) {
    let tasks = server.get("/api/v1/tasks").expect(200).value();
    let titles = tasks["items"].as_array().expect("tasks").iter().map(|task| task["title"].clone());
    assert_eq!(titles.filter(|title| title == "Oil the door.").count(), 1, "{tasks}");
}

/// A world whose agent does what the examples ask for, and whose curl takes an error for one.
fn world() -> TestEnv {
    let env = TestEnv::new();
    let agent = env.path().join("painter");
    let fake = env.fake_agent().display();
    let script = format!(
        "#!/bin/sh\ncase \"$(cat)\" in *'which colour the door'*) script='@say I look at the door\n\
         @ask \"Which colour?\" --choice red --choice blue --wait 60s\n@say painting it blue\n@sleep 600' ;;\n\
         *) script='@say oiled' ;; esac\nprintf '%s\\n' \"$script\" | exec {fake} \"$@\"\n"
    );
    fs::write(&agent, script).expect("an agent");
    fs::set_permissions(&agent, fs::Permissions::from_mode(0o755)).expect("a program");
    let text = format!(
        "version: 1\nagents:\n  painter: {{ type: command, command: [{}] }}\ndefaults: {{ agent: painter }}\n",
        agent.display()
    );
    fs::write(env.config_path(), text).expect("a configuration");
    fs::write(env.home().join(".curlrc"), "fail-with-body\n").expect("curl's settings");
    env
}
