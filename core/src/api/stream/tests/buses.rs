//! Messages and changes of state.

use super::*;
use crate::store::JournalCursor;

fn body(frame: &Frame) -> String {
    assert_eq!(frame.kind, FrameKind::Message, "{}", frame.data.as_str());
    parse(frame)["body"].as_str().expect("a body").to_owned()
}

fn kind(frame: &Frame) -> String {
    assert_eq!(frame.kind, FrameKind::Event, "{}", frame.data.as_str());
    parse(frame)["kind"].as_str().expect("a kind").to_owned()
}

fn events() -> Topic {
    Topic::Events { project: None, task: None }
}

#[tokio::test]
async fn messages_come_with_history_then_live_and_every_cursor_resumes() {
    let scene = Scene::new();
    for number in 0..40 {
        scene.say(&format!("{number}"));
    }
    let mut stream = from_start(&scene.streams(), &scene.messages());
    for number in 0..120 {
        if number >= 40 {
            scene.say(&format!("{number}"));
        }
        if number == 70 {
            scene.bus().rotate().expect("rotated");
        }
        let frame = next(&mut stream).await;
        assert_eq!(body(&frame), number.to_string());
        if number % 7 == 0 {
            stream = after(&scene.streams(), &scene.messages(), &frame.cursor);
        }
    }
    assert!(is_quiet(&mut stream).await);
}

#[tokio::test]
async fn text_without_a_record_is_told_once_and_can_be_resumed_after() {
    let scene = Scene::new();
    scene.say("one");
    let path = scene.bus().path();
    let mut stream = from_start(&scene.streams(), &scene.messages());
    assert_eq!(body(&next(&mut stream).await), "one");
    let mut file = OpenOptions::new().append(true).open(path).expect("opens");
    file.write_all(b"by hand\n").expect("written");
    // Nothing follows it: a moment tells that it is complete.
    let frame = next(&mut stream).await;
    assert_eq!(body(&frame), "by hand");
    assert!(frame.cursor.contains('+'), "{}", frame.cursor);
    scene.say("two");
    assert_eq!(body(&next(&mut stream).await), "two");
    let mut again = after(&scene.streams(), &scene.messages(), &frame.cursor);
    assert_eq!(body(&next(&mut again).await), "two");
}

#[tokio::test]
async fn a_message_whose_segment_was_dropped_is_a_resync() {
    let scene = Scene::new();
    scene.say("old");
    let old = next(&mut from_start(&scene.streams(), &scene.messages())).await;
    scene.say("newer");
    scene.bus().rotate().expect("rotated");
    scene.say("kept");
    assert_eq!(scene.bus().prune(jiff::Timestamp::MAX, 0).expect("pruned"), 1);
    let mut stream = after(&scene.streams(), &scene.messages(), &old.cursor);
    assert_eq!(next(&mut stream).await.kind, FrameKind::Resync);
    assert_eq!(body(&next(&mut stream).await), "kept");
}

#[tokio::test]
async fn the_bus_of_a_project_is_its_own() {
    let scene = Scene::new();
    let project = scene.root.project(scene.task.project()).expect("there");
    let bus = Bus::project(&project);
    bus.append(&NewMessage::new("FACT", "of the project")).expect("appended");
    scene.say("of the task");
    let topic = Topic::Messages { project: project.id().clone(), task: None };
    let mut stream = from_start(&scene.streams(), &topic);
    assert_eq!(body(&next(&mut stream).await), "of the project");
    assert!(is_quiet(&mut stream).await);
}

#[tokio::test]
async fn secrets_are_hidden_in_messages() {
    let scene = Scene::new();
    scene.say("it is sk-12345");
    let frame = next(&mut from_start(&scene.hiding(&["sk-12345"]), &scene.messages())).await;
    assert_eq!(body(&frame), "it is ********");
}

#[tokio::test]
async fn a15_the_event_stream_has_those_of_one_millisecond_begins_before_the_first_and_resumes() {
    let scene = Scene::new();
    std::fs::remove_dir_all(scene.root.path().join(".conductor/state")).expect("there is one");
    let streams = scene.streams();
    let mut stream = from_start(&streams, &events());
    assert!(is_quiet(&mut stream).await);
    // All of the same time, in one go.
    for revision in 1..=300 {
        scene.change(revision);
    }
    let mut last = String::new();
    for revision in 1..=300 {
        let frame = next(&mut stream).await;
        assert_eq!(kind(&frame), format!("task.change-{revision}"));
        if revision == 117 {
            stream = after(&scene.streams(), &events(), &frame.cursor);
        }
        last = frame.cursor;
    }
    assert!(is_quiet(&mut stream).await);
    JournalCursor::parse(&last).expect("the cursor of a list is one of a stream");
}

#[tokio::test]
async fn events_of_others_are_left_out_and_passed_over() {
    let scene = Scene::new();
    scene.change(1);
    let mine =
        Topic::Events { project: Some(scene.task.project().clone()), task: Some(scene.task.id().clone()) };
    let other = crate::model::TaskId::from_disk("other").expect("a name");
    let others = Topic::Events { project: Some(scene.task.project().clone()), task: Some(other) };
    let streams = scene.streams();
    let mut none = from_start(&streams, &others);
    assert_eq!(kind(&next(&mut from_start(&streams, &mine)).await), "task.change-1");
    assert!(is_quiet(&mut none).await);
    assert_ne!(none.cursor(), "", "what was passed over is not read again");
}

#[tokio::test]
async fn another_journal_is_a_resync_live_and_for_who_comes_back() {
    let scene = Scene::new();
    scene.change(1);
    let mut stream = from_start(&scene.streams(), &events());
    let old = next(&mut stream).await;
    for file in std::fs::read_dir(scene.root.path().join(".conductor/state")).expect("there") {
        let path = file.expect("reads").path();
        if path.to_string_lossy().ends_with(".md") {
            std::fs::remove_file(path).expect("removed");
        }
    }
    scene.change(2);
    assert_eq!(next(&mut stream).await.kind, FrameKind::Resync);
    let mut again = after(&scene.streams(), &events(), &old.cursor);
    let resync = next(&mut again).await;
    assert_eq!(resync.kind, FrameKind::Resync);
    assert_eq!(parse(&resync)["after"], resync.cursor.as_str());
    scene.change(3);
    assert_eq!(kind(&next(&mut again).await), "task.change-3");
    // Who looked while the journal was being made goes on in the midst of it.
    let mut told = kind(&next(&mut stream).await);
    while told != "task.change-3" {
        assert!(["task.rebuilt", "task.change-2"].contains(&told.as_str()), "{told}");
        told = kind(&next(&mut stream).await);
    }
}

#[tokio::test]
async fn closing_ends_every_stream_and_the_cursor_goes_on_elsewhere() {
    let scene = Scene::new();
    scene.say("one");
    let streams = scene.streams();
    let mut stream = from_start(&streams, &scene.messages());
    assert_eq!(body(&next(&mut stream).await), "one");
    streams.close();
    scene.say("two");
    let end = next(&mut stream).await;
    assert_eq!((end.kind, parse(&end)), (FrameKind::End, serde_json::json!({"reason": "shutdown"})));
    assert_eq!(stream.next().await, None);
    assert_eq!(body(&next(&mut after(&scene.streams(), &scene.messages(), &end.cursor)).await), "two");
}
