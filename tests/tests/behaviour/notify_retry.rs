//! Receivers that fail in every way, and a clock that does not wait for them.

use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use conductor_core::model::TaskStatus;
use conductor_core::notify::{DeliveryState, Switch};
use conductor_tests::hooks::Hooks;
use conductor_tests::{Answer, Receiver};
use jiff::SignedDuration;

fn config(receiver: &Receiver, more: &str) -> String {
    format!("webhook: {{ url: '{}', allow_private: true{more} }}", receiver.url("/hook"))
}

fn hooks(receiver: &Receiver) -> Hooks {
    Hooks::new(&config(receiver, ""))
}

/// What the receiver answers, to be changed at any time.
fn answers(receiver: &Receiver, first: u16) -> std::sync::Arc<AtomicU16> {
    let status = std::sync::Arc::new(AtomicU16::new(first));
    let said = std::sync::Arc::clone(&status);
    receiver.answer(move |_| Answer::status(said.load(Ordering::Relaxed)));
    status
}

#[test]
fn a_receiver_that_is_down_for_a_day_gets_everything_once_and_in_order() {
    let mut receiver = Receiver::down();
    let hooks = hooks(&receiver);
    let begin = hooks.now();
    let mut ids = vec![hooks.tell("a", TaskStatus::Running).to_string()];
    let mut report = hooks.pump();
    let mut rounds = 0;
    while hooks.now().duration_since(begin) < SignedDuration::from_hours(24) {
        hooks.go_to(report.next_at.expect("something waits"));
        ids.push(hooks.tell("a", TaskStatus::Running).to_string());
        report = hooks.pump();
        assert_eq!((report.delivered, report.failed, report.waiting), (0, 0, ids.len()));
        rounds += 1;
    }
    assert!((12..=16).contains(&rounds), "{rounds} tries in a day");
    let first = hooks.state().first.expect("it waits");
    let refused = Some("cannot connect: Connection refused");
    assert!(first.attempts.iter().all(|attempt| attempt.error.as_deref() == refused), "{:?}", first.attempts);
    receiver.up();
    assert_eq!(hooks.deliver().delivered, 0, "not before its time");
    hooks.go_to(report.next_at.expect("something waits"));
    let report = hooks.pump();
    assert_eq!((report.delivered, report.waiting, report.next_at), (ids.len(), 0, None));
    assert_eq!(receiver.ids(), ids);
}

#[test]
fn failures_are_tried_again_after_pauses_that_double() {
    let receiver = Receiver::new();
    let status = answers(&receiver, 500);
    let hooks = hooks(&receiver);
    let id = hooks.tell("a", TaskStatus::Failed).to_string();
    for pause in [5.0, 10.0, 20.0, 40.0] {
        let now = hooks.now();
        let next = hooks.pump().next_at.expect("it is tried again");
        let waited = next.duration_since(now).as_secs_f64();
        assert!((pause..=pause * 1.25).contains(&waited), "{waited} s instead of {pause} s");
        hooks.go_to(next);
    }
    status.store(204, Ordering::Relaxed);
    assert_eq!(hooks.deliver().delivered, 1);
    assert_eq!(receiver.ids(), vec![id; 5], "the same event");
}

#[test]
fn the_receiver_says_when_it_wants_to_be_asked_again() {
    let receiver = Receiver::new();
    receiver.answer(|_| Answer::with(503, "Retry-After", "120"));
    let hooks = hooks(&receiver);
    hooks.tell("a", TaskStatus::Failed);
    let next = hooks.pump().next_at.expect("it is tried again");
    assert_eq!(next.duration_since(hooks.now()).as_secs(), 120);
}

#[test]
fn a_receiver_that_hangs_is_left_after_its_time() {
    let receiver = Receiver::new();
    receiver.answer(|_| Answer::Silence(Duration::from_secs(60)));
    let hooks = Hooks::new(&config(&receiver, ", timeout: 200ms"));
    hooks.tell("a", TaskStatus::Failed);
    assert_eq!(hooks.pump().waiting, 1);
    let first = hooks.state().first.expect("it waits");
    assert_eq!(first.attempts[0].error.as_deref(), Some("no answer within 200ms"));
    assert!(first.next_at.is_some());
}

#[test]
fn a_round_ends_in_time_and_an_attempt_that_was_cut_counts_as_none() {
    let receiver = Receiver::new();
    receiver.answer(|_| Answer::Silence(Duration::from_secs(60)));
    let hooks = Hooks::new(&config(&receiver, ", timeout: 50s"));
    hooks.tell("a", TaskStatus::Failed);
    hooks.feed();
    let begin = Instant::now();
    let report = hooks.outbox.deliver(Duration::from_millis(200)).expect("a round");
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    assert_eq!((report.delivered, report.waiting), (0, 1));
    let first = hooks.state().first.expect("it waits");
    assert_eq!((first.attempts.len(), first.next_at), (0, None));
}

#[test]
fn a_redirect_is_a_failure_and_is_not_followed() {
    let (receiver, target) = (Receiver::new(), Receiver::new());
    let to = target.url("/secret");
    receiver.answer(move |_| Answer::with(307, "Location", &to));
    let hooks = hooks(&receiver);
    hooks.tell("a", TaskStatus::Failed);
    assert_eq!(hooks.pump().waiting, 1);
    let first = hooks.state().first.expect("it waits");
    assert_eq!(
        first.attempts[0].error.as_deref(),
        Some("answered 307 Temporary Redirect; redirects are not followed")
    );
    assert!(target.got().is_empty());
}

#[test]
fn a_receiver_that_is_gone_gets_nothing_more_until_it_is_switched_on_again() {
    let receiver = Receiver::new();
    let status = answers(&receiver, 410);
    let mut hooks = hooks(&receiver);
    hooks.tell("a", TaskStatus::Running);
    hooks.tell("a", TaskStatus::Failed);
    let report = hooks.pump();
    assert_eq!((report.failed, report.waiting), (2, 0));
    assert_eq!((receiver.got().len(), hooks.state().switch), (1, Switch::Off));
    status.store(200, Ordering::Relaxed);
    hooks.tell("b", TaskStatus::Failed);
    assert_eq!((hooks.feed(), hooks.deliver().waiting), (0, 0), "it is told nothing");
    let reply = hooks.outbox.test("webhook").expect("a test").expect("a webhook");
    assert!(reply.is_accepted(), "{reply:?}");
    assert_eq!(hooks.state().switch, Switch::On);
    let after = hooks.tell("c", TaskStatus::Failed).to_string();
    assert_eq!(hooks.pump().delivered, 1);
    assert_eq!(receiver.ids().last(), Some(&after));
    // Another address is another receiver.
    status.store(410, Ordering::Relaxed);
    hooks.tell("d", TaskStatus::Failed);
    hooks.pump();
    assert_eq!(hooks.state().switch, Switch::Off);
    hooks.configure(&config(&receiver, "").replace("/hook", "/other"));
    assert_eq!(hooks.state().switch, Switch::On);
}

#[test]
fn of_what_was_given_up_the_newest_are_kept() {
    let receiver = Receiver::new();
    answers(&receiver, 410);
    let hooks = hooks(&receiver);
    let ids: Vec<_> = (0..203).map(|_| hooks.tell("a", TaskStatus::Running)).collect();
    assert_eq!(hooks.pump().failed, 203);
    let failed = hooks.outbox.failed().expect("a list");
    assert_eq!(failed.iter().map(|(_, delivery)| delivery.id).collect::<Vec<_>>(), ids[3..]);
}

#[test]
fn what_failed_for_three_days_is_given_up_and_can_be_replayed() {
    let receiver = Receiver::new();
    let status = answers(&receiver, 500);
    let hooks = hooks(&receiver);
    let old = [hooks.tell("a", TaskStatus::Running), hooks.tell("a", TaskStatus::Failed)];
    let mut report = hooks.pump();
    hooks.pass(SignedDuration::from_hours(60));
    let young = hooks.tell("b", TaskStatus::Running);
    while report.failed == 0 {
        report = hooks.pump();
        hooks.go_to(report.next_at.unwrap_or(hooks.now()).max(hooks.now()));
    }
    assert_eq!((report.failed, report.waiting), (2, 1), "the young one waits on");
    let failed = hooks.outbox.failed().expect("a list");
    assert_eq!(failed.iter().map(|(_, delivery)| delivery.id).collect::<Vec<_>>(), old);
    assert_eq!(hooks.state().failed, 2);
    status.store(200, Ordering::Relaxed);
    let before = receiver.got().len();
    assert!(hooks.outbox.replay("webhook", old[0]).expect("replayed"));
    assert_eq!(hooks.deliver().delivered, 2);
    assert_eq!(receiver.ids()[before..], [old[0].to_string(), young.to_string()]);
    let (_, delivery) = hooks.outbox.find(old[0]).expect("a look").remove(0);
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert!(delivery.attempts.len() > 2, "what was tried is kept");
}

#[test]
fn a_delivery_that_is_refused_holds_up_no_other_and_one_that_fails_does() {
    let receiver = Receiver::new();
    let status = answers(&receiver, 500);
    let hooks = hooks(&receiver);
    let first = hooks.tell("a", TaskStatus::Running).to_string();
    hooks.pump();
    status.store(200, Ordering::Relaxed);
    let second = hooks.tell("a", TaskStatus::Failed).to_string();
    let report = hooks.pump();
    assert_eq!((report.delivered, report.waiting), (0, 2), "it waits for the first");
    hooks.go_to(report.next_at.expect("a time"));
    receiver.answer({
        let first = first.clone();
        move |request| Answer::status(if request.id() == first { 422 } else { 200 })
    });
    let report = hooks.deliver();
    assert_eq!((report.delivered, report.waiting), (1, 1));
    assert_eq!(receiver.ids(), [first.clone(), first, second]);
}

#[test]
fn one_webhook_that_hangs_keeps_no_other_waiting() {
    let (slow, good) = (Receiver::new(), Receiver::new());
    slow.answer(|_| Answer::Silence(Duration::from_secs(60)));
    let hooks = Hooks::new(&format!(
        "webhooks:\n  slow: {{ url: '{}', timeout: 50s, allow_private: true }}\n  \
         good: {{ url: '{}', allow_private: true }}",
        slow.url("/"),
        good.url("/")
    ));
    hooks.tell("a", TaskStatus::Failed);
    hooks.feed();
    let report = hooks.outbox.deliver(Duration::from_secs(5)).expect("a round");
    assert_eq!((report.delivered, report.waiting), (1, 1));
    assert_eq!(good.got().len(), 1);
}

#[test]
fn a_damaged_file_holds_up_no_other_and_is_named() {
    let receiver = Receiver::new();
    let hooks = hooks(&receiver);
    let torn = hooks.tell("a", TaskStatus::Running);
    hooks.tell("a", TaskStatus::Failed);
    hooks.feed();
    let file = hooks.scene.path(&format!(".conductor/state/outbox/webhook/waiting/{torn}.yaml"));
    std::fs::write(&file, "version: 1\nid: [").expect("written");
    assert_eq!(hooks.deliver().delivered, 1);
    let state = hooks.state();
    assert!(state.damaged[0].contains(&torn.to_string()), "{:?}", state.damaged);
}
