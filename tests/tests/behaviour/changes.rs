//! What a task changed in its working folder: told apart from what was there before and what came after, and
//! nothing of the folder's repository is touched for it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use conductor_tests::seed_root::SeedRoot;
use conductor_tests::server::TestServer;
use conductor_tests::there::There;
use conductor_tests::{TestEnv, wait_for};
use serde_json::{Value, json};

/// A world whose working folder is a repository with two files in a commit.
fn world() -> TestEnv {
    let env = TestEnv::new();
    env.git_init();
    write(&env, "a", "1\n2\n3\n");
    write(&env, "sub/b", "b\n");
    git(&env, &["add", "--all"]);
    git(&env, &["commit", "--quiet", "--message=files"]);
    env
}

fn write(env: &TestEnv, name: &str, text: &str) {
    let path = env.work().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("written");
}

fn git(env: &TestEnv, args: &[&str]) -> String {
    let output = env.command("git", args).output().expect("git");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Runs a task to its end.
#[track_caller]
fn job(env: &TestEnv, slug: &str, script: &str) {
    env.run(&["job", "--task", slug, script]).ok();
}

fn changes(env: &TestEnv, slug: &str) -> Value {
    env.json(&["diff", slug, "--stat"])
}

/// Kind, path, lines added and removed.
fn files(changes: &Value) -> Vec<String> {
    let files = changes["files"].as_array().unwrap_or_else(|| panic!("{changes}"));
    let row = |file: &Value| {
        let text = |key: &str| file[key].as_str().map(str::to_owned);
        let from = text("old_path").map(|old| format!("{old} -> ")).unwrap_or_default();
        let lines = match (&file["added"], &file["removed"]) {
            (Value::Null, Value::Null) => "binary".to_owned(),
            (added, removed) => format!("+{added} -{removed}"),
        };
        format!("{} {from}{} {lines}", text("kind").expect("a kind"), text("path").expect("a path"))
    };
    files.iter().map(row).collect()
}

/// Every file of a repository's own folder.
fn own_files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    conductor_tests::scene::snapshot(&folder.join(".git"))
        .into_iter()
        .map(|(path, (bytes, _))| (path, bytes))
        .collect()
}

fn folder_of(env: &TestEnv, slug: &str) -> PathBuf {
    PathBuf::from(env.json(&["status", slug])["path"].as_str().expect("a path"))
}

#[test]
fn commits_edits_and_deletions_are_shown_and_what_was_dirty_before_is_not() {
    let env = world();
    write(&env, "dirty", "of the person\n");
    write(&env, "sub/b", "of the person, too\n");
    write(&env, ".gitignore", "ignored\n");
    let begin = git(&env, &["rev-parse", "HEAD"]);
    job(
        &env,
        "work",
        "@commit first step\n@run echo 4 >>a; rm sub/b; echo x >new; echo y >ignored\n\
         @run git add new; git commit --quiet --message 'second step'\n@run git mv a moved; echo z >'new too'",
    );
    let seen = changes(&env, "work");
    assert_eq!(seen["unavailable"], Value::Null, "{seen}");
    let expected = [
        "renamed a -> moved +1 -0",
        "added new +1 -0",
        "added new too +1 -0",
        "deleted sub/b +0 -1",
        "added work.txt +1 -0",
    ];
    assert_eq!(files(&seen), expected);
    assert_eq!(seen["totals"], json!({ "files": 5, "added": 4, "removed": 1 }));
    let subjects: Vec<_> = seen["commits"]
        .as_array()
        .expect("commits")
        .iter()
        .map(|commit| commit["subject"].as_str())
        .collect();
    assert_eq!(subjects, [Some("second step"), Some("first step")]);
    assert_eq!((&seen["since"]["commit"], &seen["since"]["dirty"]), (&json!(begin), &json!(true)));
    assert_eq!((&seen["since"]["branch"], &seen["until"]["ended"]), (&json!("main"), &json!(true)));
    // What a person does afterwards is none of it.
    write(&env, "new too", "of the person\n");
    git(&env, &["add", "--all"]);
    git(&env, &["commit", "--quiet", "--message=later"]);
    assert_eq!(changes(&env, "work"), seen);
    let patch = env.run(&["diff", "work", "--", "sub"]).ok();
    assert!(patch.stdout.ends_with("@@ -1 +0,0 @@\n-of the person, too\n"), "{patch}");
    assert_eq!(patch.stderr, "");
    let moved = env.run(&["diff", "work", "-U0", "--", "moved"]).ok();
    assert!(moved.stdout.contains("rename from a\n") && moved.stdout.ends_with("+4\n"), "{moved}");
    let none = env.run(&["diff", "work", "--", "dirty"]).expect_code(3);
    assert!(none.stderr.contains("nothing changed at \"dirty\""), "{none}");
}

#[test]
fn a_clean_folder_costs_one_record_and_no_object() {
    let env = world();
    job(&env, "look", "@say nothing to do");
    let folder = folder_of(&env, "look").join("changes");
    let mut names: Vec<_> =
        fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    assert_eq!(names, ["begin.yaml", "end.yaml"]);
    let seen = changes(&env, "look");
    assert_eq!((files(&seen).len(), &seen["since"]["dirty"]), (0, &json!(false)));
    let printed = env.run(&["diff", "look"]).ok();
    assert_eq!((printed.stdout.as_str(), printed.stderr.as_str()), ("", ""));
}

#[test]
fn nothing_is_written_into_the_repository_whatever_the_environment_says() {
    let env = world();
    write(&env, "dirty", "1\n");
    write(&env, "a", "changed\n");
    let other = env.path().join("other");
    fs::create_dir(&other).expect("a folder");
    git(&env, &["init", "--quiet", other.to_str().expect("a path")]);
    let elsewhere = |command: &mut Command| {
        command.env("GIT_DIR", other.join(".git")).env("GIT_WORK_TREE", &other);
        command.env("GIT_INDEX_FILE", other.join("index")).env("GIT_OBJECT_DIRECTORY", other.join("objects"));
        command.env("GIT_EXTERNAL_DIFF", "false").env("GIT_DIFF_OPTS", "-u0").env("GIT_TRACE", "1");
    };
    let before = [own_files(&env.work()), own_files(&other)];
    let script = "@write new 1\n@run rm a\n@wait-file go";
    let task = env.spawn_with(&["job", "--task", "work", script], elsewhere);
    let look = || env.run_with(&["diff", "work", "--stat", "--json"], elsewhere);
    wait_for("its work", || (!env.work().join("a").exists()).then_some(()));
    let now: Value = serde_json::from_str(&look().ok().stdout).expect("JSON");
    write(&env, "go", "");
    task.wait(conductor_tests::PATIENCE).ok();
    let end: Value = serde_json::from_str(&look().ok().stdout).expect("JSON");
    assert_eq!(files(&now), ["deleted a +0 -1", "added new +1 -0"]);
    assert_eq!(files(&end), ["deleted a +0 -1", "added go +0 -0", "added new +1 -0"]);
    let text = env.run_with(&["diff", "work"], elsewhere).ok().stdout;
    assert!(text.contains("-changed\n") && text.contains("+1\n"), "{text}");
    assert_eq!([own_files(&env.work()), own_files(&other)], before);
    assert!(!other.join("index").exists() && !other.join("objects").exists());
}

#[test]
fn two_look_at_once_and_see_the_same_as_it_grows() {
    let env = world();
    let server = TestServer::start(&env);
    let script = "@write one 1\n@wait-file go\n@write two 2\n@wait-file end\n@done";
    let task = server.task(&env, script);
    wait_for("its work", || env.work().join("one").exists().then_some(()));
    let slug = task.rsplit('/').next().expect("a name").to_owned();
    let see = || -> Vec<Value> {
        let lookers: Vec<_> = (0..4).map(|_| env.spawn(&["diff", &slug, "--json"])).collect();
        let shown = lookers.into_iter().map(|looker| looker.wait(conductor_tests::PATIENCE).ok().stdout);
        shown.map(|text| serde_json::from_str(&text).expect("JSON")).collect()
    };
    let seen = see();
    assert_eq!(files(&seen[0]), ["added one +1 -0"]);
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:#?}");
    let answer = server.get(&format!("{task}/changes")).expect(200);
    assert_eq!(files(&answer.value()), files(&seen[0]));
    let tag = answer.header("etag").expect("a tag").to_owned();
    let again = || server.request("GET", &format!("{task}/changes")).header("If-None-Match", &tag);
    again().send(server.address()).expect(304);
    write(&env, "go", "");
    wait_for("more work", || env.work().join("two").exists().then_some(()));
    again().send(server.address()).expect(200);
    let seen = see();
    assert_eq!(files(&seen[0]), ["added go +0 -0", "added one +1 -0", "added two +1 -0"]);
    assert!(seen.iter().all(|one| files(one) == files(&seen[0])), "{seen:#?}");
    // What is kept of it may go at any time.
    let kept = folder_of(&env, &slug).join("changes/now");
    fs::remove_dir_all(&kept).expect("removed");
    assert_eq!(files(&see()[0]), files(&seen[0]));
    let text = server.get(&format!("{task}/changes/patch?path=two&context=0")).expect(200).value();
    assert!(text["text"].as_str().expect("text").ends_with("@@ -0,0 +1 @@\n+2\n"), "{text}");
    assert_eq!((&text["cut"], &text["lossy"]), (&json!(false), &json!(false)));
    let refused = server.get(&format!("{task}/changes/patch?context=10001")).expect(400).value();
    assert_eq!(refused["code"], "usage");
    write(&env, "end", "");
    server.wait_status(&task, "completed");
}

#[test]
fn names_of_any_bytes_are_told_and_found_again() {
    let env = world();
    fs::write(env.work().join(OsString::from_vec(b"caf\xe9".to_vec())), "before\n").expect("written");
    let script = r#"@run printf 'x\n' >"$(printf 'caf\351')"; printf '\000' >zero; printf 'n\n' >"$(printf 'new\nline "q" \\')"
@run printf '\377\n' >bytes"#;
    job(&env, "names", script);
    let seen = changes(&env, "names");
    let expected = [
        "added bytes +1 -0",
        "modified \"caf\\351\" +1 -1",
        "added new\nline \"q\" \\ +1 -0",
        "added zero binary",
    ];
    let mut found = files(&seen);
    found.sort_by_key(|row| row.split_once(' ').map(|(_, name)| name.trim_start_matches('"').to_owned()));
    assert_eq!(found, expected);
    for (path, text) in
        [("\"caf\\351\"", "-before\n+x\n"), ("new\nline \"q\" \\", "+n\n"), ("zero", "differ\n")]
    {
        let patch = env.run(&["diff", "names", "--", path]).ok();
        assert!(patch.stdout.ends_with(text), "{path}: {patch}");
        assert_eq!(patch.stdout.matches("diff --git").count(), 1, "{patch}");
    }
    let lossy = env.run(&["diff", "names", "--", "bytes"]).ok();
    assert!(lossy.stdout.ends_with("+\u{fffd}\n") && lossy.stderr.contains("not UTF-8"), "{lossy}");
    env.run(&["diff", "names", "--", "\"caf"]).expect_code(2);
}

#[test]
fn what_is_large_or_too_much_is_left_out_and_said_unless_it_was_so_before() {
    let env = world();
    let large = |name: &str, size: u64| {
        fs::File::create(env.work().join(name)).and_then(|file| file.set_len(size)).expect("a file");
    };
    large("was-large", 50 << 20);
    large("grows", 50 << 20);
    large("small-then", 1 << 20);
    for number in 0..2_001 {
        write(&env, &format!("modules/deep/{number}"), "x");
    }
    write(&env, "modules/own", "1\n");
    job(
        &env,
        "large",
        "@run truncate -s 50M big; truncate -s 51M grows; truncate -s 50M small-then; echo 2 >>modules/own\n\
         @run mkdir -p many; cd many; seq 2001 | xargs touch\n@run mkfifo pipe; truncate -s 50M a",
    );
    let seen = changes(&env, "large");
    assert_eq!(files(&seen), ["modified modules/own +1 -0"], "{seen}");
    let left: Vec<_> = seen["left_out"]
        .as_array()
        .expect("what is left out")
        .iter()
        .map(|left| {
            format!("{} {}", left["path"].as_str().expect("a path"), left["why"].as_str().expect("why"))
        })
        .collect();
    let expected =
        ["a too_large", "big too_large", "grows too_large", "many/ too_many", "small-then too_large"];
    assert_eq!(left, expected);
    assert_eq!(seen["left_out"][1]["bytes"], json!(50 << 20));
    assert_eq!(seen["left_out"][3]["files"], json!(2_001));
    let printed = env.run(&["diff", "large"]).ok();
    assert!(printed.stderr.contains("not compared: big (over 8 MiB)"), "{printed}");
    assert!(printed.stdout.contains("+2\n") && !printed.stdout.contains("small-then"), "{printed}");
    let objects = folder_of(&env, "large").join("changes");
    let bytes: u64 =
        conductor_tests::scene::snapshot(&objects).values().map(|(bytes, _)| bytes.len() as u64).sum();
    assert!(bytes < 1 << 20, "{bytes} bytes are kept");
}

/// The supervisor dies when the folder was recorded, and before that.
#[test]
fn a_supervisor_that_dies_before_the_first_run_loses_nothing_of_how_the_folder_was() {
    for (step, is_recorded) in [("run.after-record", true), ("run.after-fork", false)] {
        let env = world();
        write(&env, "dirty", "1\n");
        let script = "@write new 1\n@done";
        let died = env.run_with(&["task", "--task", "work", script], |command| {
            command.env("CONDUCTOR_CRASH_AT", step);
        });
        assert_eq!(died.signal, Some(9), "{died}");
        let begin = folder_of(&env, "work").join("changes/begin.yaml");
        let before = fs::read_to_string(&begin).ok();
        assert_eq!(before.is_some(), is_recorded, "{step}");
        env.run(&["recover"]).ok();
        env.run(&["watch", "work"]).ok();
        let seen = wait_for("its end", || {
            let seen = changes(&env, "work");
            (seen["until"]["ended"] == true).then_some(seen)
        });
        assert_eq!(files(&seen), ["added new +1 -0"], "{step}: {seen}");
        let after = fs::read_to_string(&begin).expect("a record");
        assert!(before.is_none_or(|before| before == after), "{after}");
    }
}

#[test]
fn a_follow_up_goes_on_from_the_same_begin() {
    let env = world();
    job(&env, "work", "@@1\n@write one 1\n@@2\n@write two 2\n@wait-file go");
    let first = changes(&env, "work");
    env.run(&["tell", "work", "more"]).ok();
    wait_for("its work", || env.work().join("two").exists().then_some(()));
    let seen = changes(&env, "work");
    assert_eq!((&seen["since"], &seen["until"]["ended"]), (&first["since"], &json!(false)));
    assert_eq!(files(&seen), ["added one +1 -0", "added two +1 -0"]);
    write(&env, "go", "");
    env.run(&["watch", "work"]);
    wait_for("its end", || (changes(&env, "work")["until"]["ended"] == true).then_some(()));
}

#[test]
fn the_reason_is_said_where_nothing_can_be_shown() {
    let env = TestEnv::new();
    let why =
        |slug: &str| changes(&env, slug)["unavailable"]["code"].as_str().unwrap_or("nothing").to_owned();
    job(&env, "plain", "@say hello");
    assert_eq!(why("plain"), "no_repository");
    let printed = env.run(&["diff", "plain"]).expect_code(4);
    assert!(printed.stderr.contains("is in no git repository"), "{printed}");
    job(&env, "makes-one", "@run git init --quiet; echo 1 >new");
    assert_eq!(why("makes-one"), "not_recorded");
    // A repository without a commit is one.
    job(&env, "first", "@commit first");
    let seen = changes(&env, "first");
    assert_eq!(
        (files(&seen), &seen["since"]["commit"]),
        (vec!["added work.txt +1 -0".to_owned()], &Value::Null)
    );
    assert_eq!(seen["commits"].as_array().map(Vec::len), Some(1));
    let without_git = |command: &mut Command| {
        command.env("PATH", "/nonexistent");
    };
    env.run_with(&["job", "--task", "no-git", "@say hello"], without_git).ok();
    assert_eq!(why("no-git"), "git_missing");
    let printed = env.run(&["diff", "no-git"]).expect_code(4);
    assert!(printed.stderr.contains("git is not installed"), "{printed}");
    let looked = env.run_with(&["diff", "first"], without_git).expect_code(4);
    assert!(looked.stderr.contains("git is not installed"), "{looked}");
    git(&env, &["config", "core.bare", "true"]);
    job(&env, "bare", "@say hello");
    assert_eq!(why("bare"), "git_failed");
    git(&env, &["config", "core.bare", "false"]);
    fs::rename(env.work().join(".git"), env.path().join("moved")).expect("moved");
    assert_eq!(why("first"), "other_repository");
}

#[test]
fn another_repository_in_the_same_place_is_not_taken_for_it() {
    let env = world();
    let task = env.spawn(&["job", "--task", "work", "@run mv .git ../away; git init --quiet\n@wait-file go"]);
    wait_for("its work", || env.path().join("away").exists().then_some(()));
    let seen = changes(&env, "work");
    assert_eq!(seen["unavailable"]["code"], "git_failed", "its commit is not there: {seen}");
    fs::rename(env.work().join(".git"), env.path().join("second")).expect("moved");
    write(&env, ".git", "gitdir: ../second\n");
    assert_eq!(changes(&env, "work")["unavailable"]["code"], "other_repository");
    fs::remove_file(env.work().join(".git")).expect("removed");
    fs::rename(env.path().join("away"), env.work().join(".git")).expect("moved");
    assert_eq!(changes(&env, "work")["unavailable"], Value::Null);
    write(&env, "go", "");
    task.wait(conductor_tests::PATIENCE).ok();
}

#[test]
fn a_folder_of_a_repository_shows_all_of_it_and_says_so() {
    let env = world();
    env.run(&["job", "--task", "below", "--cwd", "sub", "@run echo c >>b; echo d >../a"]).ok();
    let seen = changes(&env, "below");
    assert_eq!(files(&seen), ["modified a +1 -3", "modified sub/b +1 -0"]);
    let top = env.work().canonicalize().expect("a path");
    assert_eq!((&seen["inside"], &seen["top"]), (&json!("sub"), &json!(top)));
    let printed = env.run(&["diff", "below", "--stat"]).ok();
    assert!(printed.stderr.contains("works in sub"), "{printed}");
    assert!(printed.stdout.ends_with("M a +1 -3\nM sub/b +1 -0\n2 files, +2 -3\n"), "{printed}");
}

#[test]
fn known_secrets_are_masked_in_lines_and_commits() {
    let env = world();
    env.configure("webhook: { url: 'https://example.org', secret: top-secret-word }");
    let server = TestServer::start(&env);
    let task = server.task(&env, "@commit say top-secret-word\n@done");
    server.wait_status(&task, "completed");
    let seen = server.get(&format!("{task}/changes")).expect(200).text();
    let patch = server.get(&format!("{task}/changes/patch")).expect(200).text();
    for text in [&seen, &patch] {
        assert!(text.contains("say ***************") && !text.contains("top-secret-word"), "{text}");
    }
}

#[test]
fn a_server_shows_the_same_and_a_task_that_goes_takes_it_all_along() {
    let env = world();
    write(&env, "dirty", "1\n");
    let server = TestServer::start(&env);
    let there = There::at(&env, &server);
    job(&env, "work", "@commit one\n@write new 1");
    for args in [&["diff", "work"][..], &["diff", "work", "--stat"], &["diff", "work", "--json", "--", "new"]]
    {
        let (here, there) = (env.run(args).ok(), there.run(args).ok());
        assert_eq!((&there.stdout, &there.stderr), (&here.stdout, &here.stderr), "{args:?}");
        assert!(here.stdout.contains("new"), "{here}");
    }
    let folder = folder_of(&env, "work");
    assert!(folder.join("changes/begin").is_dir() && folder.join("changes/end").is_dir());
    let names = env.json(&["status", "work"]);
    let name = |key: &str| names[key].as_str().expect("a name").to_owned();
    let name = format!("/api/v1/projects/{}/tasks/{}", name("project"), name("task"));
    server.request("DELETE", &name).send(server.address()).expect(204);
    assert!(!folder.exists());
    server.get(&format!("{name}/changes")).expect(404);
}

#[test]
fn roots_of_other_systems_know_nothing_of_folders_and_are_not_written() {
    let env = TestEnv::new();
    let seed = SeedRoot::new();
    let before = conductor_tests::scene::snapshot(seed.around());
    let root = seed.path();
    let args = ["diff", "completed", "--json", "--root", root.to_str().expect("a path")];
    let seen: Value = serde_json::from_str(&env.run(&args).ok().stdout).expect("JSON");
    assert_eq!(seen["unavailable"]["code"], "foreign_root");
    assert_eq!(conductor_tests::scene::snapshot(seed.around()), before);
}

#[test]
fn a_root_in_the_repository_is_none_of_its_changes() {
    let env = world();
    let root = env.work().join("runs");
    let within = |command: &mut Command| {
        command.env("CONDUCTOR_ROOT", &root);
    };
    let task = env.spawn_with(&["job", "--task", "work", "@write new 1\n@wait-file ../go"], within);
    wait_for("its work", || env.work().join("new").exists().then_some(()));
    let look = || env.run_with(&["diff", "work", "--stat", "--json"], within).ok().stdout;
    let now = look();
    assert_eq!(files(&serde_json::from_str(&now).expect("JSON")), ["added new +1 -0"]);
    assert_eq!(look(), now, "and looking changes nothing");
    fs::write(env.path().join("go"), "").expect("written");
    task.wait(conductor_tests::PATIENCE).ok();
    assert_eq!(files(&serde_json::from_str(&look()).expect("JSON")), ["added new +1 -0"]);
}

/// A folder whose `git` does what a script says first.
fn git_that(env: &TestEnv, first: &str) -> OsString {
    let folder = env.path().join("slow");
    fs::create_dir_all(&folder).expect("a folder");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let search = path.to_str().expect("text");
    let script = format!("#!/bin/sh\n{first}\nPATH='{search}' exec git \"$@\"\n");
    fs::write(folder.join("git"), script).expect("written");
    fs::set_permissions(folder.join("git"), fs::Permissions::from_mode(0o755)).expect("executable");
    let mut all = folder.into_os_string();
    all.push(":");
    all.push(env.run_agent().parent().expect("a folder"));
    all.push(":");
    all.push(path);
    all
}

#[test]
fn what_is_written_after_the_end_is_seen_is_none_of_its_changes() {
    let env = world();
    for (slug, script, end) in [
        ("stopped", "@write new 1\n@sleep 600", "stop"),
        ("completed", "@write new 1\n@done", "watch"),
        ("failed", "@write new 1\n@exit 127", "watch"),
    ] {
        let slow = git_that(&env, "sleep 0.4");
        env.run_with(&["task", "--detach", "--task", slug, script], |command| {
            command.env("PATH", slow);
        })
        .ok();
        wait_for("its work", || env.work().join("new").exists().then_some(()));
        env.run(&[end, slug]);
        write(&env, "after", "of the person\n");
        let seen = changes(&env, slug);
        assert_eq!(seen["until"]["ended"], true, "{slug}: {seen}");
        assert_eq!(files(&seen), ["added new +1 -0"], "{slug}");
        env.wait_until_empty();
        assert_eq!(changes(&env, slug)["files"], seen["files"], "{slug}");
        git(&env, &["clean", "--quiet", "--force"]);
    }
}

#[test]
fn an_end_that_nobody_saw_is_looked_at_again_and_a_git_that_hangs_keeps_no_task_from_it() {
    let env = world();
    let died = env.run_with(&["task", "--task", "work", "@write one 1\n@done"], |command| {
        command.env("CONDUCTOR_CRASH_AT", "drive.after-folder");
    });
    assert_eq!(died.signal, Some(9), "{died}");
    let end = folder_of(&env, "work").join("changes/end.yaml");
    assert!(end.exists(), "it was looked at before the end was told");
    write(&env, "two", "2\n");
    assert_eq!(changes(&env, "work")["until"]["ended"], false);
    env.run(&["recover"]).ok();
    env.run(&["watch", "work"]).ok();
    let seen = changes(&env, "work");
    assert_eq!(seen["until"]["ended"], true, "{seen}");
    assert_eq!(files(&seen), ["added one +1 -0", "added two +1 -0"]);

    let hang = env.path().join("hang");
    let hanging = git_that(&env, &format!("if [ -e '{}' ]; then exec sleep 600; fi", hang.display()));
    let script = format!("@write three 3\n@run touch '{}'\n@done", hang.display());
    env.run_with(&["task", "--task", "hangs", &script], |command| {
        command.env("PATH", hanging);
    })
    .ok();
    let seen = changes(&env, "hangs");
    assert_eq!((&seen["has_ended"], &seen["until"]["ended"]), (&json!(true), &json!(false)), "{seen}");
    assert_eq!(files(&seen), ["added three +1 -0"]);
}
