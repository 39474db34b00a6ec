//! The commands as the page calls them, without a display; with the capabilities and the configuration of the app.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, WebviewWindow, WebviewWindowBuilder};

use crate::testbed::Bed;

const COMMANDS: &[&str] = &include!("commands/names.in");

struct Scene {
    _bed: Bed,
    _app: App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
}

impl Scene {
    fn new() -> Self {
        let bed = Bed::new();
        let builder = crate::wired(mock_builder(), bed.door.clone());
        let app = builder.build(tauri::generate_context!(test = true)).expect("an app");
        let window = WebviewWindowBuilder::new(&app, "main", Default::default()).build().expect("a window");
        Self { _bed: bed, _app: app, window }
    }

    fn call_from(&self, url: &str, command: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: url.parse().expect("an address"),
            body: InvokeBody::Json(arguments),
            headers: Default::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request).map(|body| body.deserialize().expect("JSON"))
    }

    fn call(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        self.call_from("tauri://localhost", command, arguments)
    }
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().expect("a body")).expect("JSON")
}

#[test]
fn the_page_asks_as_over_http() {
    let scene = Scene::new();
    let tasks = scene.call("ask", json!({ "method": "GET", "path": "/api/v1/tasks" })).expect("an answer");
    assert_eq!((&tasks["status"], &body(&tasks)["items"]), (&200.into(), &json!([])));
    let new = json!({ "prompt": "x", "colour": 1 });
    let wrong = json!({ "method": "POST", "path": "/api/v1/tasks", "body": new });
    let wrong = scene.call("ask", wrong).expect("an answer");
    assert_eq!((&wrong["status"], &body(&wrong)["code"]), (&400.into(), &"usage".into()));
    let two = json!({ "method": "POST", "path": "/api/v1/tasks", "body": {}, "base64": "" });
    assert_eq!(scene.call("ask", two).expect_err("refused")["code"], "usage");
    let broken = json!({ "method": "POST", "path": "/api/v1/tasks", "base64": "%" });
    assert_eq!(scene.call("ask", broken).expect_err("refused")["code"], "usage");
}

#[test]
fn a_stream_that_is_not_open_takes_no_subscription() {
    let scene = Scene::new();
    let add = json!({ "session": "none", "name": "a", "topic": { "kind": "events" } });
    let refusal = scene.call("stream_add", add).expect_err("refused");
    assert_eq!(refusal["code"], "not_found");
    assert!(refusal["hint"].is_string());
    assert_eq!(
        scene.call("stream_drop", json!({ "session": "none", "name": "a" })).expect_err("no")["code"],
        "not_found"
    );
    assert_eq!(scene.call("stream_close", json!({})), Ok(Value::Null));
}

#[test]
fn only_addresses_of_the_web_and_what_is_here_is_opened() {
    let scene = Scene::new();
    let link = scene.call("open_link", json!({ "url": "file:///etc/passwd" }));
    assert_eq!(link.expect_err("refused")["code"], "usage");
    let editor = scene.call("open_in_editor", json!({ "path": "/no/such/file" }));
    assert_eq!(editor.expect_err("refused")["code"], "usage");
}

#[test]
fn no_command_of_tauri_or_its_plugins_is_open_and_no_other_page_calls_ours() {
    let scene = Scene::new();
    for command in
        ["plugin:event|listen", "plugin:window|close", "plugin:dialog|open", "plugin:path|resolve", "nothing"]
    {
        assert!(scene.call(command, json!({})).is_err(), "{command}");
    }
    let elsewhere =
        scene.call_from("https://example.org", "ask", json!({ "method": "GET", "path": "/api/v1/tasks" }));
    assert!(elsewhere.is_err(), "{elsewhere:?}");
}

#[test]
fn every_command_is_registered_and_allowed_and_nothing_else_is() {
    let scene = Scene::new();
    for command in COMMANDS {
        // Arguments are missing, or the desktop is: what is not registered or not allowed is told otherwise.
        if ["quit", "pick_folder", "desktop_state", "read_environment", "stream_close"].contains(command) {
            continue;
        }
        let error = scene.call(command, json!({})).expect_err("arguments are missing").to_string();
        assert!(error.contains("invalid args"), "{command}: {error}");
    }
    let capability: Value =
        serde_json::from_str(include_str!("../capabilities/main.json")).expect("a capability");
    let allowed = capability["permissions"].as_array().expect("a list").iter();
    let allowed: BTreeSet<String> = allowed.filter_map(Value::as_str).map(str::to_owned).collect();
    let wanted = COMMANDS.iter().map(|name| format!("allow-{}", name.replace('_', "-")));
    assert_eq!(allowed, wanted.collect());
    let registered = include_str!("lib.rs").matches("            commands::").count();
    assert_eq!(registered, COMMANDS.len());
}

#[test]
fn the_types_of_the_page_are_those_of_the_commands() {
    use ts_rs::TS;
    let config = ts_rs::Config::default();
    let all = [
        crate::refusal::Refusal::decl(&config),
        crate::commands::core::Answer::decl(&config),
        crate::page::Told::decl(&config),
        crate::settings::Theme::decl(&config),
        crate::settings::Quiet::decl(&config),
        crate::settings::Notifications::decl(&config),
        crate::settings::Settings::decl(&config),
        crate::desktop::Missing::decl(&config),
        crate::commands::desktop::MissingView::decl(&config),
        crate::shell::Reading::decl(&config),
        crate::commands::desktop::DesktopState::decl(&config),
        crate::commands::desktop::DesktopChange::decl(&config),
    ];
    let types: String = all.iter().map(|decl| format!("export {decl}\n\n")).collect();
    let text = format!("{HEAD}\n{types}{}", include_str!("commands/commands.ts"));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("bindings/ipc.ts");
    if std::env::var_os("CONDUCTOR_BLESS").is_some() {
        std::fs::write(&path, &text).expect("written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        there, text,
        "bindings/ipc.ts is stale: CONDUCTOR_BLESS=1 cargo test -p conductor-desktop writes it anew"
    );
}

const HEAD: &str = "// Written by a test of conductor-desktop from its Rust types: what the window's page may call, and what it gets.";

#[test]
fn the_hand_written_half_of_the_types_names_every_command() {
    let text = include_str!("commands/commands.ts");
    for command in COMMANDS {
        assert!(text.contains(&format!("\n  {command}: {{")), "{command}");
    }
    assert_eq!(text.matches(": { arguments: ").count(), COMMANDS.len());
}
