//! What watching costs.

use std::fs;

use super::*;

/// Open descriptors of this process, and folders that it has inotify look at.
fn held() -> (usize, usize) {
    let (mut descriptors, mut watches) = (0, 0);
    for entry in fs::read_dir("/proc/self/fd").expect("there").flatten() {
        let name = entry.file_name();
        descriptors += 1;
        let about = fs::read_to_string(format!("/proc/self/fdinfo/{}", name.display())).unwrap_or_default();
        watches += about.lines().filter(|line| line.starts_with("inotify wd:")).count();
    }
    (descriptors, watches)
}

/// Waits until nothing more is held than that.
async fn shrinks_to(expected: (usize, usize)) {
    let until = std::time::Instant::now() + DEADLINE;
    while held().0 > expected.0 || held().1 > expected.1 {
        assert!(std::time::Instant::now() < until, "{:?} is held, not {expected:?}", held());
        tokio::task::yield_now().await;
    }
}

fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").expect("there");
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).expect("a number") * 4096
}

#[tokio::test]
async fn c23_what_nobody_watches_is_not_opened_and_what_many_watch_is_opened_once() {
    let scene = Scene::new();
    let runs: Vec<Run> = (0..40).map(|_| scene.run()).collect();
    for run in &runs {
        run.append(b"text");
    }
    let topics: Vec<Topic> = runs.iter().map(Run::topic).collect();
    let (path, log) = (runs[0].path(), &topics[0]);
    drop(runs);
    let streams = scene.streams();
    // What the process needs once: the notifier, and the threads that read.
    drop(next(&mut from_start(&streams, &topics[1])).await);
    let before = held();
    let mut watching = Vec::new();
    for _ in 0..100 {
        let mut stream = from_start(&streams, log);
        assert_eq!(next(&mut stream).await.kind, FrameKind::Log);
        assert!(tokio::time::timeout(Duration::from_millis(2), stream.next()).await.is_err());
        watching.push(stream);
    }
    assert_eq!(streams.watched(), 1);
    // The folder of the run, the log in it, and one folder to be told of: whoever watches.
    let after = held();
    assert!(after.0 <= before.0 + 2 && after.1 <= before.1 + 1, "{before:?} became {after:?}");
    let opened = fs::read_dir("/proc/self/fd").expect("there").flatten();
    let opened = opened.filter(|fd| fs::read_link(fd.path()).is_ok_and(|target| target == path)).count();
    assert_eq!(opened, 1);
    drop(watching);
    assert_eq!(streams.watched(), 0);
    shrinks_to(before).await;
}

#[tokio::test]
async fn a_frame_is_made_once_for_all_who_stand_at_the_same_place() {
    let scene = Scene::new();
    let streams = scene.streams();
    let mut clients: Vec<_> = (0..50).map(|_| from_start(&streams, &scene.messages())).collect();
    for client in &mut clients {
        assert!(tokio::time::timeout(Duration::from_millis(1), client.next()).await.is_err());
    }
    scene.say("for all");
    let mut data = Vec::new();
    for client in &mut clients {
        data.push(next(client).await.data.as_str().as_ptr());
    }
    assert!(data.iter().all(|one| *one == data[0]));
}

#[tokio::test]
async fn readers_that_stand_still_cost_little_and_read_on_exactly() {
    let scene = Scene::new();
    let run = scene.run();
    let line = format!("{}\n", "stalled readers are served from the file ".repeat(20));
    let text = line.repeat((48 << 20) / line.len());
    run.append(text.as_bytes());
    let streams = scene.streams();
    let mut readers = Vec::new();
    let before = resident();
    for _ in 0..100 {
        let (mut stream, mut viewer) = (from_start(&streams, &run.topic()), Viewer::default());
        viewer.take(&next(&mut stream).await);
        readers.push((stream, viewer));
    }
    run.append(b"more");
    run.end();
    let each = resident().saturating_sub(before) / readers.len();
    assert!(each < 1 << 20, "{each} bytes for each");
    for (stream, viewer) in &mut readers[..3] {
        viewer.shown.reserve(text.len());
        while !viewer.has_ended {
            viewer.take(&next(stream).await);
        }
        assert!(viewer.shown == [text.as_bytes(), b"more"].concat());
    }
}

#[tokio::test]
async fn a_stream_of_many_logs_that_nobody_reads_holds_two_parts_of_them() {
    let scene = Scene::new();
    let runs: Vec<Run> = (0..60).map(|_| scene.run()).collect();
    let text = vec![b'x'; 4 << 20];
    for run in &runs {
        run.append(&text);
    }
    let streams = scene.streams();
    let mut session = streams.session("me", Composite::default());
    let opened = parse(&session.next().await.expect("its first frame"));
    let control = streams.control(opened["session"].as_str().expect("an id"), "me").expect("found");
    for (number, run) in runs.iter().enumerate() {
        let topic = run.topic();
        let place = Place::start(&topic);
        control.add(&format!("log {number}"), topic, place).expect("added");
    }
    let before = resident();
    for _ in 0..runs.len() + 10 {
        tokio::time::timeout(DEADLINE, session.next()).await.expect("a frame comes").expect("goes on");
    }
    let grown = resident().saturating_sub(before);
    // Beside the parts that it holds, each log keeps two for whoever else comes.
    assert!(grown < 60 * (512 << 10), "{grown} bytes");
}
