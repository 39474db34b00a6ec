//! `power`: whether this machine sleeps while agents work.

use conductor_core::model::TaskStatus;
use conductor_tests::logind::Logind;
use conductor_tests::namespace::with_battery;
use conductor_tests::{Tasks, wait_for};

/// Whether the machine is kept awake for an agent that works, with these settings of `power`.
fn is_kept_awake(settings: &str) -> bool {
    let tasks = Tasks::new(&format!("power: {{ {settings} }}"));
    let logind = Logind::start(&tasks.env);
    let task = tasks.make(&tasks.wanted("@say begun\n@wait-file go\n@touch task:DONE"));
    tasks.start(&task);
    let began = tasks.wait_status(&task, TaskStatus::Running).updated_at;
    // It is asked within two looks at the run; the third look comes after them.
    let looks = std::time::Duration::from_secs(6);
    let is_over = || began.duration_until(jiff::Timestamp::now()).unsigned_abs() > looks;
    wait_for("somebody to ask, or nobody", || {
        let is_held = !logind.held().is_empty();
        (is_held || is_over()).then_some(is_held)
    })
}

pub fn keep_awake() {
    assert!(is_kept_awake(""));
    assert!(!is_kept_awake("keep_awake: false"));
}

pub fn battery_floor() {
    with_battery(15, || {
        assert!(is_kept_awake("battery_floor: 10"));
        assert!(!is_kept_awake("battery_floor: 20"));
    });
}
