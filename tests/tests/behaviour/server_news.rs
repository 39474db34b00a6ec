//! What happened, for who asks again: also that nobody knows it any more.

use conductor_tests::server::TestServer;
use conductor_tests::there::There;
use conductor_tests::{TestEnv, wait_for};
use serde_json::Value;

/// Loses the journal of a root: whoever writes next makes it anew.
fn lose_journal(env: &TestEnv) {
    std::fs::remove_file(env.root().join(".conductor/state/journal.md")).expect("a journal");
}

#[test]
fn a_place_in_a_past_that_is_gone_is_told_as_such() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let begun = server.get("/api/v1/news?after=").expect(200).value();
    assert_eq!(begun["resync"], false, "{begun}");
    let task = server.task(&env, "@done");
    server.wait_status(&task, "completed");
    let news = server.get("/api/v1/news?after=").expect(200).value();
    assert!(news["items"].as_array().is_some_and(|items| !items.is_empty()) && news["resync"] == false);
    let after = news["next"].as_str().expect("a place").to_owned();
    lose_journal(&env);
    let task = server.task(&env, "@done");
    server.wait_status(&task, "completed");
    let gone = server.get(&format!("/api/v1/news?after={after}&wait=10")).expect(200).value();
    assert_eq!((&gone["resync"], &gone["items"]), (&true.into(), &Value::Array(Vec::new())), "{gone}");
    let place = gone["next"].as_str().expect("a place");
    let quiet = server.get(&format!("/api/v1/news?after={place}")).expect(200).value();
    assert_eq!(quiet["resync"], false, "once: {quiet}");
}

#[test]
fn watch_says_that_the_past_is_gone() {
    let env = TestEnv::new();
    let server = TestServer::start(&env);
    let there = There::at(&env, &server);
    let watches = [env.spawn(&["watch", "--json"]), there.spawn(&["watch", "--json"])];
    let plain = there.spawn(&["watch"]);
    let mut count = 0;
    let mut act = || {
        count += 1;
        env.run(&["task", "--detach", "--task", &format!("next-{count}"), "@done"]).ok();
    };
    let has = |what: &str| {
        let found = |text: &str| text.lines().any(|line| line.contains(what));
        watches.iter().all(|watch| found(&watch.printed().0)) && found(&plain.printed().0)
    };
    wait_for("news", || {
        act();
        has("task.").then_some(())
    });
    lose_journal(&env);
    wait_for("that they are told", || {
        act();
        has("resync").then_some(())
    });
    for watch in &watches {
        let told = watch.printed().0;
        let line = told.lines().find(|line| line.contains("resync")).expect("a line");
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert!(line["what"] == "resync" && line["cursor"].is_string() && line["at"].is_string(), "{line}");
    }
    assert!(plain.printed().0.contains("run-agent list"), "{}", plain.printed().0);
}
