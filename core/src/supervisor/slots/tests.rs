//! Slots in one process; across processes they are tested in `tests/tests/behaviour/sched_slots.rs`.

use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::*;
use crate::supervisor::testbed::{project, root, task_id};

fn request(slug: &str, max_running: u32) -> SlotRequest {
    SlotRequest {
        run: RunId::generate(),
        project: project(),
        task: task_id(slug),
        parent_task: None,
        max_running,
    }
}

fn child_of(parent: &str, slug: &str) -> SlotRequest {
    SlotRequest { parent_task: Some(format!("demo/{}", task_id(parent))), ..request(slug, 1) }
}

/// What can be had at once.
async fn now(root: &Root, request: &SlotRequest) -> Option<Slot> {
    Floor::open(root).expect("the floor").attempt(request).await.expect("a look")
}

async fn soon(root: &Root, request: &SlotRequest) -> Slot {
    within(acquire(root, request)).await.expect("a slot")
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("within a minute")
}

/// Lets a waiter come to its wait: it has a ticket then.
async fn waits<F: Future>(root: &Root, count: usize, waiter: &mut Pin<Box<F>>) {
    within(async {
        loop {
            let over = tokio::time::timeout(Duration::from_millis(5), waiter.as_mut()).await.is_ok();
            assert!(!over, "got a slot out of turn");
            if queue::waiting(root).expect("the queue").len() == count {
                return;
            }
        }
    })
    .await;
}

fn process_of(run: &RunId) -> Child {
    let mut command = Command::new("sleep");
    command.arg("1000").env_remove("JRUN_SUPERVISOR").env("JRUN_ID", run.as_str());
    command.stdin(Stdio::null()).spawn().expect("sleep")
}

#[tokio::test]
async fn c8_first_come_first_served() {
    let (_folder, root) = root();
    let held = soon(&root, &request("held", 1)).await;
    let (first, second) = (request("first", 1), request("second", 1));
    let mut one = Box::pin(acquire(&root, &first));
    waits(&root, 1, &mut one).await;
    let mut two = Box::pin(acquire(&root, &second));
    waits(&root, 2, &mut two).await;
    held.release().expect("a release");
    assert!(now(&root, &request("late", 1)).await.is_none(), "two are before it");
    assert!(now(&root, &second).await.is_none(), "one is before it");
    let held = within(one).await.expect("a slot");
    assert_eq!(queue::waiting(&root).expect("the queue").len(), 1, "its ticket is gone");
    held.release().expect("a release");
    assert_eq!(within(two).await.expect("a slot").run(), &second.run);
}

#[tokio::test]
async fn who_stops_waiting_keeps_the_place_and_is_passed_over() {
    let (_folder, root) = root();
    let held = soon(&root, &request("held", 1)).await;
    let (first, second) = (request("first", 1), request("second", 1));
    let mut one = Box::pin(acquire(&root, &first));
    waits(&root, 1, &mut one).await;
    drop(one);
    let mut two = Box::pin(acquire(&root, &second));
    waits(&root, 2, &mut two).await;
    let mut one = Box::pin(acquire(&root, &first));
    waits(&root, 2, &mut one).await;
    held.release().expect("a release");
    let held = within(one).await.expect("the first one's slot: it kept its place");
    let mut one = Box::pin(acquire(&root, &first));
    waits(&root, 2, &mut one).await;
    drop(one);
    held.release().expect("a release");
    assert_eq!(within(two).await.expect("a slot").run(), &second.run);
}

#[tokio::test]
async fn as_many_run_as_there_are_slots() {
    let (_folder, root) = root();
    let mut held = Vec::new();
    for slug in ["a", "b", "c"] {
        held.push(now(&root, &request(slug, 3)).await.expect("a slot"));
    }
    assert!(now(&root, &request("d", 3)).await.is_none());
    assert!(now(&root, &request("d", 2)).await.is_none(), "who allows fewer does not get one either");
    let more = now(&root, &request("d", 4)).await.expect("who allows more");
    more.release().expect("a release");
    held.remove(1).release().expect("a release");
    assert!(now(&root, &request("d", 2)).await.is_none(), "two are at work");
    assert!(now(&root, &request("d", 3)).await.is_some());
}

#[tokio::test]
async fn a_slot_is_taken_while_a_process_of_its_run_lives() {
    let (_folder, root) = root();
    let dead = request("dead", 1);
    let slot = soon(&root, &dead).await;
    let mut process = process_of(&dead.run);
    drop(slot);
    assert!(now(&root, &request("next", 1)).await.is_none(), "its agent lives on");
    let adopted = adopt(&root, &dead).expect("a look").expect("its own slot");
    assert!(now(&root, &request("next", 1)).await.is_none());
    drop(adopted);
    process.kill().and_then(|()| process.wait()).expect("its end");
    assert!(now(&root, &request("next", 1)).await.is_some());
}

#[tokio::test]
async fn what_ran_on_another_boot_holds_nothing_and_another_machine_is_believed() {
    let (_folder, root) = root();
    let rewrite = |change: &dyn Fn(&mut Occupant)| {
        let floor = Floor::open(&root).expect("the floor");
        let lock = OfdLock::try_acquire(&floor.slots, "slot-1").expect("a look").expect("a free lock");
        let mut occupant: Occupant =
            serde_json::from_str(&lock.text().expect("a text")).expect("an occupant");
        change(&mut occupant);
        occupant.write(&lock).expect("a text");
    };
    let gone = request("gone", 1);
    drop(soon(&root, &gone).await);
    let mut process = process_of(&gone.run);
    rewrite(&|occupant| occupant.boot_id = "another".to_owned());
    let slot = now(&root, &request("next", 1)).await;
    process.kill().and_then(|()| process.wait()).expect("its end");
    drop(slot.expect("pids of another boot mean nothing"));

    let task = crate::supervisor::testbed::make(&root, &crate::supervisor::testbed::spec("far"), None);
    let far = request("far", 1);
    let mut info = crate::model::RunInfo::new(project(), task_id("far"), far.run.clone(), "fake");
    let run = task.create_run(&info).expect("a run");
    drop(soon(&root, &far).await);
    rewrite(&|occupant| occupant.machine_id = "another".to_owned());
    assert!(now(&root, &request("next", 1)).await.is_none(), "its record says that it runs");
    info.status = crate::model::RunStatus::Lost;
    run.write_info(&info).expect("a record");
    assert!(now(&root, &request("next", 1)).await.is_some());
}

#[tokio::test]
async fn a_parent_lends_its_slot_to_one_child_at_a_time() {
    let (_folder, root) = root();
    let parent = soon(&root, &request("parent", 1)).await;
    let (first, second) = (child_of("parent", "first"), child_of("parent", "second"));
    assert!(now(&root, &request("stranger", 1)).await.is_none());
    let one = now(&root, &first).await.expect("the parent's slot");
    assert!(now(&root, &second).await.is_none(), "it is lent");
    let grandchild = child_of("first", "grandchild");
    let deep = now(&root, &grandchild).await.expect("the child lends it on");
    one.release().expect("a release");
    assert!(now(&root, &second).await.is_none(), "the grandchild still uses it");
    deep.release().expect("a release");
    let two = now(&root, &second).await.expect("the parent's slot again");
    parent.release().expect("a release");
    let mut next = Box::pin(acquire(&root, &first));
    waits(&root, 1, &mut next).await;
    two.release().expect("a release");
    within(next).await.expect("a slot of its own, as its parent has none now");
    let floor = queue::floor(&root).expect("the floor");
    let lent = floor.entries().expect("names").into_iter().filter(|entry| entry.name.starts_with("lent-"));
    assert_eq!(lent.count(), 0, "what is not lent any more leaves no file");
}

#[tokio::test]
async fn siblings_wait_in_their_order_and_strangers_do_not_stand_in_their_way() {
    let (_folder, root) = root();
    let _parent = soon(&root, &request("parent", 1)).await;
    let stranger = request("stranger", 1);
    let mut other = Box::pin(acquire(&root, &stranger));
    waits(&root, 1, &mut other).await;
    let first = soon(&root, &child_of("parent", "first")).await;
    let (second, third) = (child_of("parent", "second"), child_of("parent", "third"));
    let mut two = Box::pin(acquire(&root, &second));
    waits(&root, 2, &mut two).await;
    let mut three = Box::pin(acquire(&root, &third));
    waits(&root, 3, &mut three).await;
    first.release().expect("a release");
    assert!(now(&root, &third).await.is_none(), "its sibling is first");
    within(two).await.expect("a slot").release().expect("a release");
    assert_eq!(within(three).await.expect("a slot").run(), &third.run);
}

#[tokio::test]
async fn an_adopted_run_without_a_slot_takes_a_free_one_or_goes_on_without() {
    let (_folder, root) = root();
    let held = soon(&root, &request("held", 1)).await;
    assert!(adopt(&root, &request("found", 1)).expect("a look").is_none());
    held.release().expect("a release");
    let found = request("found", 1);
    let slot = adopt(&root, &found).expect("a look").expect("the free slot");
    assert_eq!(slot.run(), &found.run);
    assert!(now(&root, &request("next", 1)).await.is_none());
}
