//! Logs: history and what comes, splits, masks, resets, ends.

use super::*;

#[tokio::test]
async fn c22_log_streams_begin_with_history_lose_no_line_and_have_a_cursor_that_works() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"before\n");
    let streams = scene.streams();
    let mut stream = from_start(&streams, &run.topic());
    let mut viewer = Viewer::default();
    viewer.read_to(&mut stream, 7).await;
    let mut expected = b"before\n".to_vec();
    for number in 0..500 {
        let line = format!("line {number}\n");
        run.append(line.as_bytes());
        expected.extend(line.as_bytes());
        if number % 50 == 0 {
            // The client goes away in the midst of it and comes back, once to another process.
            viewer.take(&next(&mut stream).await);
            let streams = if number % 100 == 0 { streams.clone() } else { scene.streams() };
            stream = after(&streams, &run.topic(), &viewer.cursor);
        }
    }
    viewer.read_to(&mut stream, expected.len()).await;
    assert_eq!((viewer.shown, viewer.resets), (expected, 0));
    assert!(is_quiet(&mut stream).await);
}

#[tokio::test]
async fn a_log_that_comes_later_is_followed_from_its_start() {
    let scene = Scene::new();
    let run = scene.run();
    let mut stream = from_start(&scene.streams(), &run.topic());
    assert!(is_quiet(&mut stream).await);
    run.append(b"first");
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 0, "text": "first"}));
}

#[tokio::test]
async fn a_log_ends_when_its_run_has_ended_and_all_was_read() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"text");
    let mut stream = from_start(&scene.streams(), &run.topic());
    let mut viewer = Viewer::default();
    viewer.read_to(&mut stream, 4).await;
    assert!(is_quiet(&mut stream).await);
    run.append(b" and more");
    run.end();
    viewer.read_to_end(&mut stream).await;
    assert_eq!(viewer.shown, b"text and more");
    // Whoever comes back has nothing left to read.
    let mut again = after(&scene.streams(), &run.topic(), &viewer.cursor);
    assert_eq!(next(&mut again).await.kind, FrameKind::End);
}

#[tokio::test]
async fn a_run_that_never_wrote_ends_too() {
    let scene = Scene::new();
    let run = scene.run();
    run.end();
    let end = next(&mut from_start(&scene.streams(), &run.topic())).await;
    assert_eq!((end.kind, parse(&end)), (FrameKind::End, serde_json::json!({"reason": "ended"})));
}

#[tokio::test]
async fn a_log_of_another_system_ends_when_its_process_is_gone_though_no_file_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut process = std::process::Command::new("sleep").arg("1000").spawn().expect("a process");
    let began = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S").to_string();
    let run = folder.path().join(format!("runs/run_{began}-{}", process.id()));
    std::fs::create_dir_all(&run).expect("made");
    std::fs::write(run.join("cwd.txt"), "CWD=/tmp\nAGENT=claude\n").expect("written");
    std::fs::write(run.join("agent-stdout.txt"), "text").expect("written");
    let root = Root::open(folder.path()).expect("opens");
    let project = root.projects().expect("reads")[0].clone();
    let task = root.project(&project).expect("opens").tasks().expect("reads")[0].clone();
    let run = root.task(&project, &task).expect("opens").runs().expect("reads")[0].clone();
    let topic = Topic::Log { project, task, run, stream: LogStream::Stdout };
    let mut stream = from_start(&Streams::new(vec![root], LiveMask::new(Mask::new(&[]))), &topic);
    assert_eq!(parse(&next(&mut stream).await)["text"], "text");
    assert!(is_quiet(&mut stream).await);
    process.kill().and_then(|()| process.wait()).expect("killed");
    assert_eq!(next(&mut stream).await.kind, FrameKind::End);
}

#[tokio::test]
async fn a_character_in_two_writes_is_text() {
    let scene = Scene::new();
    let run = scene.run();
    let mut stream = from_start(&scene.streams(), &run.topic());
    run.append("a\u{1F600}".as_bytes().split_at(3).0);
    assert_eq!(parse(&next(&mut stream).await)["text"], "a");
    run.append("a\u{1F600}".as_bytes().split_at(3).1);
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 1, "text": "\u{1F600}"}));
}

#[tokio::test]
async fn characters_and_sequences_stay_whole_at_the_borders_of_large_reads() {
    let scene = Scene::new();
    let run = scene.run();
    let text = "\u{1b}[31m€uro\u{1F600}\n".repeat(40_000);
    run.append(b"x");
    run.append(text.as_bytes());
    run.end();
    let mut stream = from_start(&scene.streams(), &run.topic());
    let mut viewer = Viewer::default();
    while !viewer.has_ended {
        let frame = next(&mut stream).await;
        assert_eq!(parse(&frame).get("base64"), None);
        viewer.take(&frame);
    }
    assert_eq!(viewer.shown, format!("x{text}").into_bytes());
}

#[tokio::test]
async fn what_is_no_text_is_base64_and_the_rest_is_text() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"ok \xFF\xFE ok");
    let mut stream = from_start(&scene.streams(), &run.topic());
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 0, "text": "ok "}));
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 3, "base64": "//4="}));
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 5, "text": " ok"}));
}

#[tokio::test]
async fn a_broken_character_at_a_quiet_end_comes_after_a_moment() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"end \xE2\x82");
    let mut stream = from_start(&scene.streams(), &run.topic());
    assert_eq!(parse(&next(&mut stream).await)["text"], "end ");
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 4, "base64": "4oI="}));
}

#[tokio::test]
async fn a_secret_is_hidden_across_writes_and_at_every_place_to_resume_at() {
    let scene = Scene::new();
    let run = scene.run();
    let text = b"key=sk-12345;\nand sk-12345 again";
    let hidden = b"key=********;\nand ******** again";
    for cut in 1..text.len() {
        run.cut_or_make(&text[..cut]);
        let streams = scene.hiding(&["sk-12345"]);
        let mut stream = from_start(&streams, &run.topic());
        let mut viewer = Viewer::default();
        let sure = text[..cut].iter().rposition(|byte| !b"sk-12345".contains(byte)).map_or(0, |at| at + 1);
        viewer.read_to(&mut stream, sure).await;
        run.append(&text[cut..]);
        viewer.read_to(&mut stream, text.len()).await;
        assert_eq!(viewer.shown, hidden, "cut at {cut}");
        let from = after(&streams, &run.topic(), &cut.to_string());
        let mut viewer = Viewer { shown: hidden[..cut].to_vec(), ..Viewer::default() };
        viewer.read_to(&mut { from }, text.len()).await;
        assert_eq!(viewer.shown, hidden, "resumed at {cut}");
    }
}

impl Run {
    /// Makes the log anew.
    fn cut_or_make(&self, bytes: &[u8]) {
        std::fs::write(self.path(), bytes).expect("written");
    }
}

#[tokio::test]
async fn what_only_began_like_a_secret_comes_after_a_moment_and_the_rest_is_still_hidden() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"a sk-1");
    let mut stream = from_start(&scene.hiding(&["sk-12345"]), &run.topic());
    let begun = std::time::Instant::now();
    assert_eq!(parse(&next(&mut stream).await)["text"], "a ");
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 2, "text": "sk-1"}));
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
    run.append(b"2345 end");
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 6, "text": "**** end"}));
}

#[tokio::test]
async fn most_of_a_secret_is_never_shown_before_the_rest_has_come() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"a sk-123456");
    let mut stream = from_start(&scene.hiding(&["sk-1234567"]), &run.topic());
    assert_eq!(parse(&next(&mut stream).await)["text"], "a ");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert!(is_quiet(&mut stream).await);
    run.append(b"7 end");
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 2, "text": "********** end"}));
}

#[tokio::test]
async fn what_becomes_known_as_secret_is_hidden_from_then_on() {
    let scene = Scene::new();
    let run = scene.run();
    let mask = LiveMask::new(Mask::new(&[]));
    let mut stream = from_start(&Streams::new(vec![scene.root.clone()], mask.clone()), &run.topic());
    run.append(b"sk-12345\n");
    assert_eq!(parse(&next(&mut stream).await)["text"], "sk-12345\n");
    mask.set(Mask::new(&["sk-12345".to_owned().into()]));
    run.append(b"sk-12345\n");
    assert_eq!(parse(&next(&mut stream).await)["text"], "********\n");
}

#[tokio::test]
async fn the_end_of_a_run_lets_out_what_was_held_back() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"a sk-1");
    run.end();
    let mut stream = from_start(&scene.hiding(&["sk-12345"]), &run.topic());
    let mut viewer = Viewer::default();
    let begun = std::time::Instant::now();
    viewer.read_to_end(&mut stream).await;
    assert_eq!(viewer.shown, b"a sk-1");
    assert!(begun.elapsed() < Duration::from_millis(900), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_log_that_was_cut_off_or_replaced_says_so_live() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"old text");
    let mut stream = from_start(&scene.streams(), &run.topic());
    let mut viewer = Viewer::default();
    viewer.read_to(&mut stream, 8).await;
    run.cut(0);
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 0, "reason": "truncated"}));
    run.append(b"new");
    assert_eq!(parse(&next(&mut stream).await)["text"], "new");
    run.replace(b"other");
    assert_eq!(parse(&next(&mut stream).await), serde_json::json!({"offset": 0, "reason": "replaced"}));
    assert_eq!(parse(&next(&mut stream).await)["text"], "other");
}

#[tokio::test]
async fn what_was_written_before_a_rotation_is_not_lost() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"one ");
    let mut stream = from_start(&scene.streams(), &run.topic());
    assert_eq!(parse(&next(&mut stream).await)["text"], "one ");
    run.append(b"two");
    run.replace(b"three");
    assert_eq!(parse(&next(&mut stream).await)["text"], "two");
    assert_eq!(next(&mut stream).await.kind, FrameKind::Reset);
    assert_eq!(parse(&next(&mut stream).await)["text"], "three");
}

#[tokio::test]
async fn a_log_that_was_cut_off_or_replaced_says_so_to_who_comes_back() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"old text");
    let mut viewer = Viewer::default();
    viewer.read_to(&mut from_start(&scene.streams(), &run.topic()), 8).await;
    let cases: [(&str, &dyn Fn()); 5] = [
        ("truncated", &|| run.cut(3)),
        // Cut off, and as long as before by now.
        ("truncated", &|| run.cut_or_make(b"NEW TEXT")),
        ("truncated", &|| run.cut_or_make(b"new text that goes on beyond")),
        ("replaced", &|| run.replace(b"old text")),
        ("removed", &|| std::fs::remove_file(run.path()).expect("removed")),
    ];
    for (reason, change) in cases {
        change();
        let frame = next(&mut after(&scene.streams(), &run.topic(), &viewer.cursor)).await;
        assert_eq!((frame.kind, &parse(&frame)["reason"]), (FrameKind::Reset, &Value::from(reason)));
    }
}

#[tokio::test]
async fn a_log_of_equal_lines_that_was_written_anew_is_told_by_its_beginning() {
    let scene = Scene::new();
    let run = scene.run();
    let lines = "working\n".repeat(100);
    run.append(format!("run 1\n{lines}").as_bytes());
    let mut viewer = Viewer::default();
    viewer.read_to(&mut from_start(&scene.streams(), &run.topic()), 806).await;
    run.cut_or_make(format!("run 2\n{lines}{lines}").as_bytes());
    let frame = next(&mut after(&scene.streams(), &run.topic(), &viewer.cursor)).await;
    assert_eq!(frame.kind, FrameKind::Reset);
}

#[tokio::test]
async fn an_offset_beyond_the_end_is_a_reset_and_any_other_begins_there() {
    let scene = Scene::new();
    let run = scene.run();
    run.append(b"0123456789");
    let streams = scene.streams();
    let frame = next(&mut after(&streams, &run.topic(), "4")).await;
    assert_eq!(parse(&frame), serde_json::json!({"offset": 4, "text": "456789"}));
    assert_eq!(next(&mut after(&streams, &run.topic(), "11")).await.kind, FrameKind::Reset);
}

#[tokio::test]
async fn cursors_that_are_none_are_refused() {
    let scene = Scene::new();
    let topic = scene.run().topic();
    for bad in ["x", "-1", "+1", "1-", "1-00", "1-0123456789abcdeg", "99999999999999999999999", "1 "] {
        let error = Place::parse(&topic, bad).expect_err(bad);
        assert_eq!(error.code, crate::api::ErrorCode::Usage, "{bad}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let scene = Scene::new();
    let Topic::Log { project, task, stream, .. } = scene.run().topic() else { unreachable!("a log") };
    let run = crate::model::RunId::generate();
    let topic = Topic::Log { project, task, run, stream };
    let refused = scene.streams().single(&topic, Place::start(&topic)).err().expect("refused");
    assert_eq!(refused.code, crate::api::ErrorCode::NotFound);
}
