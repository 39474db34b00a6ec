//! Several subscriptions on one stream.

use super::*;
use crate::api::ErrorCode;

async fn told(session: &mut Session) -> Frame {
    tokio::time::timeout(DEADLINE, session.next()).await.expect("a frame comes").expect("the stream goes on")
}

/// Opens a stream and what controls it.
async fn open(streams: &Streams, cursor: &str) -> (Session, Control) {
    let resumed =
        if cursor.is_empty() { Composite::default() } else { Composite::decode(cursor).expect("ours") };
    let mut session = streams.session("me", resumed);
    let first = told(&mut session).await;
    assert_eq!((first.kind, &first.subscription), (FrameKind::Session, &None));
    let control = streams.control(parse(&first)["session"].as_str().expect("an id"), "me").expect("found");
    (session, control)
}

fn add(control: &Control, name: &str, topic: &Topic) -> Result<(), crate::api::ApiError> {
    control.add(name, topic.clone(), Place::start(topic))
}

#[tokio::test]
async fn subscriptions_come_and_go_and_each_frame_says_of_which_it_is() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"text");
    let streams = scene.streams();
    let (mut session, control) = open(&streams, "").await;
    add(&control, "log", &run.topic()).expect("added");
    let added = told(&mut session).await;
    assert_eq!((added.kind, added.subscription.as_deref()), (FrameKind::Added, Some("log")));
    assert_eq!(parse(&added), serde_json::to_value(run.topic()).expect("JSON"));
    let log = told(&mut session).await;
    assert_eq!((log.kind, log.subscription.as_deref()), (FrameKind::Log, Some("log")));
    add(&control, "bus", &scene.messages()).expect("added");
    assert_eq!(told(&mut session).await.kind, FrameKind::Added);
    scene.say("hello");
    let message = told(&mut session).await;
    assert_eq!((message.kind, message.subscription.as_deref()), (FrameKind::Message, Some("bus")));
    control.drop("bus").expect("dropped");
    scene.say("to nobody");
    assert_eq!(told(&mut session).await.kind, FrameKind::Dropped);
    run.end();
    let end = told(&mut session).await;
    assert_eq!((end.kind, end.subscription.as_deref()), (FrameKind::End, Some("log")));
    // What has ended is not resumed.
    assert_eq!(Composite::decode(&end.cursor), Ok(Composite::default()));
    assert!(tokio::time::timeout(A_WHILE, session.next()).await.is_err());
    assert_eq!(streams.watched(), 0);
    add(&control, "log", &run.topic()).expect("the name is free again");
}

#[tokio::test]
async fn the_cursor_of_any_frame_resumes_all_of_it_in_another_process() {
    let scene = Scene::new();
    let runs = [scene.run(), scene.run()];
    let (mut session, control) = open(&scene.streams(), "").await;
    add(&control, "events", &Topic::Events { project: None, task: None }).expect("added");
    add(&control, "bus", &scene.messages()).expect("added");
    for (name, run) in ["a", "b"].iter().zip(&runs) {
        add(&control, name, &run.topic()).expect("added");
    }
    // From then on its cursor names them.
    for _ in 0..4 {
        assert_eq!(told(&mut session).await.kind, FrameKind::Added);
    }
    let mut seen = std::collections::BTreeMap::<String, String>::new();
    let mut control = control;
    for round in 0..60 {
        runs[0].append(b"a");
        runs[1].append(b"bb");
        scene.say("m");
        scene.change(round + 1);
        let frame = told(&mut session).await;
        note(&frame, &mut seen);
        if round % 3 == 2 {
            (session, control) = open(&scene.streams(), &frame.cursor).await;
        }
    }
    for run in &runs {
        run.end();
    }
    let whole = |seen: &std::collections::BTreeMap<String, String>| {
        let length = |name: &str| seen.get(name).map_or(0, String::len);
        [length("a"), length("b"), length("bus"), length("events")] == [60, 120, 60, 60]
    };
    while !whole(&seen) {
        note(&told(&mut session).await, &mut seen);
    }
    assert!(add(&control, "bus", &scene.messages()).is_err(), "it goes on as it was named");
}

/// Gathers what a client gets: a letter for a message or a change.
fn note(frame: &Frame, seen: &mut std::collections::BTreeMap<String, String>) {
    let Some(name) = frame.subscription.as_deref() else { return };
    let so_far = seen.entry(name.to_owned()).or_default();
    match frame.kind {
        FrameKind::Log => {
            assert_eq!(parse(frame)["offset"], so_far.len(), "{name}");
            so_far.push_str(parse(frame)["text"].as_str().expect("text"));
        }
        FrameKind::Message => so_far.push('m'),
        FrameKind::Event => {
            so_far.push('e');
            assert_eq!(parse(frame)["kind"], format!("task.change-{}", so_far.len()));
        }
        FrameKind::Added | FrameKind::End => {}
        other => panic!("{other:?}: {}", frame.data.as_str()),
    }
}

#[tokio::test]
async fn what_a_client_that_does_not_read_could_not_drop_it_drops_later() {
    let scene = Scene::new();
    let streams = scene.streams();
    let (mut session, control) = open(&streams, "").await;
    add(&control, "bus", &scene.messages()).expect("added");
    let mut others = 0;
    while add(&control, "other", &scene.messages()).and_then(|()| control.drop("other")).is_ok() {
        others += 1;
        assert!(others < 10_000, "a stream that nobody reads takes only so much");
    }
    let refused = control.drop("bus").expect_err("nobody reads");
    assert_eq!(refused.code, ErrorCode::Conflict);
    while tokio::time::timeout(A_WHILE, session.next()).await.is_ok() {}
    control.drop("bus").expect("it is still there, and dropped now");
    let dropped = told(&mut session).await;
    assert_eq!((dropped.kind, dropped.subscription.as_deref()), (FrameKind::Dropped, Some("bus")));
    assert_eq!(control.drop("bus").expect_err("gone").code, ErrorCode::NotFound);
}

#[tokio::test]
async fn names_are_taken_once_and_strangers_find_nothing() {
    let scene = Scene::new();
    let streams = scene.streams();
    let (session, control) = open(&streams, "").await;
    add(&control, "bus", &scene.messages()).expect("added");
    let code = |refused: Result<(), crate::api::ApiError>| refused.expect_err("refused").code;
    assert_eq!(code(add(&control, "bus", &scene.messages())), ErrorCode::Conflict);
    assert_eq!(code(add(&control, "", &scene.messages())), ErrorCode::Usage);
    assert_eq!(code(add(&control, &"x".repeat(MAX_NAME + 1), &scene.messages())), ErrorCode::Usage);
    assert_eq!(code(control.drop("other")), ErrorCode::NotFound);
    let missing = crate::model::TaskId::from_disk("missing").expect("a name");
    let missing = Topic::Messages { project: scene.task.project().clone(), task: Some(missing) };
    assert_eq!(code(add(&control, "missing", &missing)), ErrorCode::NotFound);
    add(&control, "missing", &scene.messages()).expect("a name that was refused stays free");
    let id = control.id().to_owned();
    assert!(streams.control(&id, "somebody else").is_err());
    drop(session);
    assert!(streams.control(&id, "me").is_err(), "a stream that broke is gone");
    assert_eq!(code(add(&control, "late", &scene.messages())), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_stream_takes_no_more_than_its_cursor_can_name() {
    let scene = Scene::new();
    let (mut session, control) = open(&scene.streams(), "").await;
    let mut count = 0;
    let refused = loop {
        match add(&control, &format!("{count:0>50}"), &scene.messages()) {
            Ok(()) => count += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!((90..=MAX_SUBSCRIPTIONS).contains(&count), "{count}");
    let mut last = String::new();
    for _ in 0..count {
        last = told(&mut session).await.cursor;
    }
    assert!(last.len() <= MAX_CURSOR);
    assert_eq!(Composite::decode(&last).expect("it can be given back").0.len(), count);
}

#[tokio::test]
async fn a_subscription_that_is_gone_says_so_and_the_others_go_on() {
    let scene = Scene::new();
    let run = scene.run();
    let (mut session, control) = open(&scene.streams(), "").await;
    add(&control, "log", &run.topic()).expect("added");
    add(&control, "bus", &scene.messages()).expect("added");
    told(&mut session).await;
    let cursor = told(&mut session).await.cursor;
    std::fs::remove_dir_all(run.0.path()).expect("removed");
    scene.say("still here");
    let (mut session, _control) = open(&scene.streams(), &cursor).await;
    let problem = told(&mut session).await;
    assert_eq!((problem.kind, problem.subscription.as_deref()), (FrameKind::Problem, Some("log")));
    assert_eq!(parse(&problem)["code"], "not_found");
    assert_eq!(told(&mut session).await.kind, FrameKind::Message);
}

#[tokio::test]
async fn closing_ends_it_once() {
    let scene = Scene::new();
    let streams = scene.streams();
    let (mut session, control) = open(&streams, "").await;
    add(&control, "bus", &scene.messages()).expect("added");
    streams.close();
    let end = told(&mut session).await;
    assert_eq!((end.kind, end.subscription), (FrameKind::End, None));
    assert_eq!(session.next().await, None);
}
