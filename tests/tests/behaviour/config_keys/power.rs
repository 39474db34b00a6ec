//! `power`: whether this machine sleeps while agents work.

use conductor_core::model::TaskStatus;
use conductor_tests::logind::Logind;
use conductor_tests::namespace::with_battery;
use conductor_tests::{Tasks, wait_for};

/// An agent that works, with these settings of `power`.
fn at_work(settings: &str) -> (Tasks, Logind) {
    let tasks = Tasks::new(&format!("power: {{ {settings} }}"));
    let logind = Logind::start(&tasks.env);
    let task = tasks.make(&tasks.wanted("@say begun\n@wait-file go\n@touch task:DONE"));
    tasks.start(&task);
    tasks.wait_status(&task, TaskStatus::Running);
    (tasks, logind)
}

/// Checks that the machine is kept awake with the first of these settings, and not with the second.
fn decides(keeps: &str, lets_sleep: &str) {
    let (_sleepy, nobody) = at_work(lets_sleep);
    let (_awake, logind) = at_work(keeps);
    wait_for("an inhibitor", || (!logind.held().is_empty()).then_some(()));
    // Its run began before the other one.
    assert_eq!(nobody.asked(), 0);
}

pub fn keep_awake() {
    decides("", "keep_awake: false");
}

pub fn battery_floor() {
    with_battery(15, || decides("battery_floor: 10", "battery_floor: 20"));
}
