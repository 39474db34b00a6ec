//! The tables of the loop, row by row.

use super::*;
use crate::model::RunStatus;
use crate::model::task::Session;
use crate::supervisor::apply;
use crate::supervisor::step::Pause;
use crate::supervisor::testing::{World, at};

fn ends(step: &Step) -> Option<(TaskStatus, EndReason)> {
    match step {
        Step::End(ending) => Some((ending.status, ending.reason)),
        _ => None,
    }
}

fn waits(step: &Step) -> Option<TaskStatus> {
    match step {
        Step::Wait(wait) => Some(wait.status),
        _ => None,
    }
}

#[test]
fn a_new_task_runs_and_a_good_run_is_followed_at_once() {
    assert_eq!(World::new().decide(), Step::Run(None));
    assert_eq!(World::after(RunStatus::Completed).decide(), Step::Run(None));
}

#[test]
fn done_completes_whatever_the_task_was_doing() {
    for status in TaskStatus::all().filter(|status| !status.is_ended() && *status != TaskStatus::Stopping) {
        let mut world = World::new();
        world.state.status = status;
        world.state.wake_at = Some(at(1_000));
        world.markers.done = Some(at(0));
        world.markers.pause = Some(Pause { after_turn: false });
        assert_eq!(ends(&world.decide()), Some((TaskStatus::Completed, EndReason::Done)), "{status}");
    }
}

#[test]
fn a_clock_that_went_back_makes_no_days_of_back_off() {
    let mut world = World::after(RunStatus::Failed);
    world.state.wake_at = Some(at(300));
    assert_eq!(waits(&world.decide()), Some(TaskStatus::Running));
    world.state.wake_at = Some(at(86_400));
    assert!(matches!(world.decide(), Step::Run(_)));
    let limit = FailureClass::UsageLimit { until: Some(at(86_400)) };
    world.last.as_mut().expect("a run").failure = Some(limit);
    assert_eq!(waits(&world.decide()), Some(TaskStatus::WaitingQuota), "that is when it resets");
}

#[test]
fn done_after_a_failed_or_killed_run_completes() {
    let mut world = World::after(RunStatus::Failed);
    world.markers.done = Some(at(0));
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Completed, EndReason::Done)));
}

#[test]
fn of_stop_and_done_the_one_that_was_there_first_wins() {
    let mut world = World::new();
    world.markers.done = Some(at(1));
    world.markers.stop = Some(at(2));
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Completed, EndReason::Done)));
    world.markers.stop = Some(at(0));
    assert_eq!(world.decide(), Step::Stop);
}

#[test]
fn stop_wins_over_pause_and_a_stopping_task_stops_even_without_its_marker() {
    let mut world = World::new();
    world.markers.pause = Some(Pause { after_turn: false });
    world.markers.stop = Some(at(0));
    assert_eq!(world.decide(), Step::Stop);
    world.markers = Markers::default();
    world.state.status = TaskStatus::Stopping;
    assert_eq!(world.decide(), Step::Stop);
}

#[test]
fn done_with_child_tasks_waits_five_minutes_then_asks_and_heeds_the_answer() {
    let mut world = World::after(RunStatus::Completed);
    world.markers.done = Some(at(0));
    world.children = vec!["demo/child".to_owned()];
    let Step::Wait(wait) = world.decide() else { panic!("it waits") };
    assert_eq!((wait.status, wait.until, wait.owed), (TaskStatus::Running, Some(at(300)), None));
    world.now = 300;
    assert_eq!(world.decide(), Step::Ask(Concern::Children));
    world.ask(Some(Concern::Children));
    assert_eq!(waits(&world.decide()), Some(TaskStatus::WaitingAnswer));
    world.reply = Some("complete".to_owned());
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Completed, EndReason::Done)));
    world.reply = Some("wait".to_owned());
    assert_eq!(world.decide(), Step::Heed(Effect::WaitForChildren));
    apply::heed(&world.spec, &mut world.state, Effect::WaitForChildren);
    let Step::Wait(wait) = world.decide() else { panic!("it waits on") };
    assert_eq!(wait.until, None);
    world.children.clear();
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Completed, EndReason::Done)));
}

#[test]
fn done_with_child_tasks_can_be_paused_and_goes_on_as_before() {
    for gather in [false, true] {
        let mut world = World::after(RunStatus::Completed);
        world.spec.gather = gather;
        world.markers.done = Some(at(0));
        world.children = vec!["demo/child".to_owned()];
        let Step::Wait(before) = world.decide() else { panic!("it waits") };
        apply::wait(&mut world.state, &before);
        world.markers.pause = Some(Pause { after_turn: false });
        let Step::Wait(wait) = world.decide() else { panic!("it waits") };
        assert_eq!(wait.status, TaskStatus::Paused);
        apply::wait(&mut world.state, &wait);
        world.markers.pause = None;
        assert_eq!(world.decide(), Step::Wait(before));
    }
}

#[test]
fn gathering_is_one_more_iteration_after_the_child_tasks() {
    let mut world = World::after(RunStatus::Completed);
    world.spec.gather = true;
    world.markers.done = Some(at(0));
    world.children = vec!["demo/child".to_owned()];
    let Step::Wait(wait) = world.decide() else { panic!("it waits") };
    apply::wait(&mut world.state, &wait);
    world.children.clear();
    assert_eq!(world.decide(), Step::Run(Some(Owed::Gather)));
    world.markers.done = None;
    world.run_ends(RunStatus::Completed, None, true);
    world.state.owed = None;
    world.markers.done = Some(at(9));
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Completed, EndReason::Done)));
}

#[test]
fn a_word_that_no_turn_has_read_gets_one_before_the_task_completes() {
    for workflow in [Workflow::Loop, Workflow::Once] {
        let mut world = World::after(RunStatus::Completed);
        world.spec.workflow = workflow;
        world.markers.done = (workflow == Workflow::Loop).then(|| at(0));
        world.word = true;
        assert_eq!(world.decide(), Step::Run(Some(Owed::Fresh)));
        world.state.session = Some(Session { agent: "fake".to_owned(), id: "s".to_owned() });
        assert_eq!(world.decide(), Step::Run(Some(Owed::Continue)));
        world.markers.pause = Some(Pause { after_turn: false });
        assert_eq!(waits(&world.decide()), Some(TaskStatus::Paused));
        world.markers.pause = None;
        world.word = false;
        assert_eq!(ends(&world.decide()).map(|(status, _)| status), Some(TaskStatus::Completed));
    }
}

#[test]
fn a_question_waits_for_its_answer_or_its_default() {
    let mut world = World::after(RunStatus::Completed);
    world.state.session = Some(Session { agent: "fake".to_owned(), id: "s".to_owned() });
    world.ask(None);
    let Step::Wait(wait) = world.decide() else { panic!("it waits") };
    assert_eq!((wait.status, wait.until), (TaskStatus::WaitingAnswer, Some(at(60))));
    world.now = 60;
    assert_eq!(world.decide(), Step::AnswerByDefault("left".to_owned()));
    world.reply = Some("right".to_owned());
    assert_eq!(world.decide(), Step::Heed(Effect::Resume));
    apply::heed(&world.spec, &mut world.state, Effect::Resume);
    assert_eq!(world.decide(), Step::Run(Some(Owed::Continue)));
}

#[test]
fn two_iterations_without_a_change_ask_instead_of_a_third() {
    let mut world = World::new();
    world.state.status = TaskStatus::Running;
    world.run_ends(RunStatus::Completed, None, false);
    assert_eq!(waits(&world.decide()), Some(TaskStatus::Running), "backs off");
    world.now = 10;
    assert_eq!(world.decide(), Step::Run(None));
    world.run_ends(RunStatus::Completed, None, false);
    assert_eq!(world.decide(), Step::Ask(Concern::NoChange));
    world.ask(Some(Concern::NoChange));
    world.reply = Some("try the other file".to_owned());
    assert_eq!(world.decide(), Step::Heed(Effect::TryAgain));
    world.reply = Some(" Stop ".to_owned());
    assert_eq!(world.decide(), Step::Stop);
}

#[test]
fn c3_a_permanent_failure_ends_at_once_or_falls_back() {
    let mut world = World::new();
    world.run_ends(RunStatus::Failed, Some(FailureClass::Permanent), false);
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Failed, EndReason::Permanent)));
    world.fallback = Some("other".to_owned());
    assert_eq!(world.decide(), Step::Switch("other".to_owned()));
    apply::switch(&mut world.state, "other");
    assert_eq!(world.decide(), Step::Run(Some(Owed::Fresh)));
}

#[test]
fn c12_a_failed_dependency_fails_the_task_and_an_open_one_is_named() {
    let mut world = World::new();
    world.needs = Needs::Open(vec!["demo/first".to_owned()]);
    let Step::Wait(wait) = world.decide() else { panic!("it waits") };
    assert_eq!((wait.status, wait.reason.as_str()), (TaskStatus::Waiting, "waits for demo/first"));
    world.needs = Needs::Failed(vec!["demo/first".to_owned()]);
    let Step::End(ending) = world.decide() else { panic!("it ends") };
    assert_eq!(ending.reason, EndReason::DependencyFailed);
    assert!(ending.error.expect("a reason").message.contains("demo/first"));
}

#[test]
fn a_pause_does_not_make_work_that_has_begun_wait_for_a_dependency_that_is_opened_again() {
    for (before, goes_on) in [(TaskStatus::Running, true), (TaskStatus::Waiting, false)] {
        let mut world = World::after(RunStatus::Completed);
        world.state.status = before;
        apply::freeze(&mut world.state);
        world.needs = Needs::Open(vec!["demo/first".to_owned()]);
        assert_eq!(world.decide() == Step::Run(None), goes_on, "{before}");
    }
}

#[test]
fn c9_a_turn_that_ends_with_child_tasks_waits_for_them_unless_there_is_news() {
    let mut world = World::after(RunStatus::Completed);
    world.children = vec!["demo/child".to_owned()];
    assert_eq!(waits(&world.decide()), Some(TaskStatus::Running));
    world.news = true;
    assert_eq!(world.decide(), Step::Run(None));
}

#[test]
fn once_is_one_run() {
    for (status, expected) in
        [(RunStatus::Completed, TaskStatus::Completed), (RunStatus::Failed, TaskStatus::Failed)]
    {
        let mut world = World::new();
        world.spec.workflow = Workflow::Once;
        assert_eq!(world.decide(), Step::Run(None));
        world.run_ends(status, None, true);
        assert_eq!(ends(&world.decide()).map(|(status, _)| status), Some(expected));
    }
}

#[test]
fn the_only_run_times_its_task_out_and_a_turn_of_the_loop_does_not() {
    for reason in [EndReason::IdleTime, EndReason::WallTime] {
        let mut world = World::new();
        world.spec.workflow = Workflow::Once;
        world.run_ends(RunStatus::TimedOut, None, true);
        world.last.as_mut().expect("a run").end_reason = Some(reason);
        let Step::End(ending) = world.decide() else { panic!("it ends") };
        assert_eq!((ending.status, ending.reason), (TaskStatus::TimedOut, reason));
        assert!(ending.error.is_some(), "{reason:?}");
        world.spec.workflow = Workflow::Loop;
        assert_eq!(waits(&world.decide()), Some(TaskStatus::Running), "it backs off and tries again");
    }
}

#[test]
fn exhausted_limits_end_or_ask_as_the_table_says() {
    let mut world = World::after(RunStatus::Failed);
    world.state.failures = 5;
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Failed, EndReason::MaxFailures)));
    let mut world = World::after(RunStatus::Completed);
    world.state.iteration = 51;
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Failed, EndReason::MaxRestarts)));
    let mut world = World::after(RunStatus::Completed);
    world.state.active_seconds = 28_800;
    assert_eq!(ends(&world.decide()), Some((TaskStatus::TimedOut, EndReason::WallTime)));
    let mut world = World::after(RunStatus::Completed);
    world.spec.limits.cost_usd = Some(1.0);
    world.state.spend.cost_usd = Some(1.5);
    let cost = Concern::Limit(Limit::Cost);
    assert_eq!(world.decide(), Step::Ask(cost));
    world.ask(Some(cost));
    world.reply = Some("continue".to_owned());
    assert_eq!(world.decide(), Step::Heed(Effect::Grant(Limit::Cost)));
    apply::heed(&world.spec, &mut world.state, Effect::Grant(Limit::Cost));
    assert_eq!(world.decide(), Step::Run(None));
    let mut world = World::new();
    world.spec.depth = 4;
    assert_eq!(ends(&world.decide()), Some((TaskStatus::Failed, EndReason::Depth)));
}

#[test]
fn a_usage_limit_waits_until_it_resets() {
    let mut world = World::new();
    let limit = FailureClass::UsageLimit { until: Some(at(500)) };
    world.run_ends(RunStatus::Failed, Some(limit), false);
    let Step::Wait(wait) = world.decide() else { panic!("it waits") };
    assert_eq!((wait.status, wait.until), (TaskStatus::WaitingQuota, Some(at(500))));
    world.now = 500;
    assert_eq!(world.decide(), Step::Run(None));
}

#[test]
fn shutdown_leaves_every_living_task_to_recovery() {
    for status in TaskStatus::all().filter(|status| !status.is_ended() && *status != TaskStatus::Stopping) {
        let mut world = World::new();
        world.state.status = status;
        world.shutdown = true;
        assert_eq!(world.decide(), Step::Leave, "{status}");
    }
}
