//! The recorder across crashes: at any byte of its output, nothing is lost and nothing comes twice.

use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::agent::command::Command;
use crate::agent::{AgentKind, backend};
use crate::config::OutputFormat;
use crate::model::{EventKind, ProjectId, RunId, RunInfo, TaskId, TaskSpec};
use crate::store::Root;

/// A run on disk whose output a test writes.
struct Case {
    _folder: tempfile::TempDir,
    run: RunDir,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Root::open_or_init(&folder.path().join("runs")).expect("a root");
        let project = ProjectId::new("demo").expect("valid");
        let task = TaskId::new("task-20261120-201300-record").expect("valid");
        let spec: TaskSpec = serde_json::from_value(serde_json::json!({
            "version": 1, "project_id": project, "task_id": task, "created_at": "2026-11-20T20:13:00Z", "cwd": "/",
        }))
        .expect("a task");
        let dir = root.create_project(&project, folder.path()).expect("a project");
        let dir = dir.create_task(&spec, "record").expect("a task");
        let run = dir.create_run(&RunInfo::new(project, task, RunId::generate(), "claude")).expect("a run");
        Self { _folder: folder, run }
    }

    fn print(&self, output: &[u8]) {
        let mut file = self.run.open(RunFile::Stdout, Open::Append).expect("opened");
        file.write_all(output).expect("printed");
    }

    fn recorder(&self) -> Recorder {
        Recorder::resume(&self.run, backend(AgentKind::Claude)).expect("resumed")
    }

    fn recorded(&self) -> Vec<u8> {
        std::fs::read(self.run.events_path()).expect("read")
    }

    /// As a crash leaves it that tore the file here.
    fn tear(&self, at: u64) {
        self.run.open(RunFile::Events, Open::ReadWrite).expect("opened").set_len(at).expect("torn");
    }
}

/// A line of claude's: of no event, one, several, not understood, not UTF-8, empty.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let block = |text: &str| format!(r#"{{"type":"text","text":"{text}"}}"#);
    let of_blocks = move |texts: Vec<String>| {
        let blocks: Vec<String> = texts.iter().map(|text| block(text)).collect();
        format!(r#"{{"type":"assistant","message":{{"content":[{}]}}}}"#, blocks.join(",")).into_bytes()
    };
    prop_oneof![
        proptest::collection::vec("[a-zé ]{0,12}", 0..4).prop_map(of_blocks),
        Just(br#"{"type":"rate_limit_event","rate_limit_info":{"status":"allowed"}}"#.to_vec()),
        Just(br#"{"type":"system","subtype":"init","session_id":"s1","model":"m"}"#.to_vec()),
        proptest::collection::vec(any::<u8>().prop_filter("no line end", |byte| *byte != b'\n'), 0..40),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_crash_at_any_byte_loses_and_repeats_nothing(
        lines in proptest::collection::vec(line(), 1..12),
        unfinished in any::<bool>(),
        printed in 0.0..=1.0f64,
        torn in 0.0..=1.0f64,
    ) {
        let mut output = lines.join(&b'\n');
        if !unfinished {
            output.push(b'\n');
        }
        let part = |of: usize, share: f64| ((of as f64) * share) as usize;

        let straight = Case::new();
        straight.print(&output);
        let (expected, fold) = straight.recorder().finish().expect("recorded");

        let crashed = Case::new();
        let (before, after) = output.split_at(part(output.len(), printed));
        crashed.print(before);
        let mut recorder = crashed.recorder();
        while !recorder.poll().expect("polled").is_empty() {}
        drop(recorder);
        let bytes = crashed.recorded().len();
        crashed.tear(part(bytes, torn) as u64);
        crashed.print(after);
        let (_, again) = crashed.recorder().finish().expect("recorded");

        prop_assert_eq!(again, fold);
        prop_assert_eq!(crashed.recorded(), straight.recorded());
        prop_assert!(expected.windows(2).all(|pair| pair[0].end <= pair[1].offset || pair[0].offset == pair[1].offset));
    }
}

#[test]
fn every_byte_of_a_group_of_events_may_be_torn() {
    let output = br#"{"type":"assistant","message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}
{"type":"result","is_error":false,"result":"done","usage":{"input_tokens":1,"output_tokens":1}}
"#;
    let straight = Case::new();
    straight.print(output);
    straight.recorder().finish().expect("recorded");
    let whole = straight.recorded();
    let case = Case::new();
    case.print(output);
    for at in 0..=whole.len() {
        std::fs::write(case.run.events_path(), &whole[..at]).expect("torn");
        let (_, fold) = case.recorder().finish().expect("recorded");
        assert_eq!(case.recorded(), whole, "torn at {at}");
        assert_eq!(fold.events, 4, "torn at {at}");
    }
}

#[test]
fn garbage_in_the_middle_is_made_again() {
    let case = Case::new();
    case.print(b"one\ntwo\nthree\n");
    case.recorder().finish().expect("recorded");
    let whole = case.recorded();
    let mut spoiled = whole.clone();
    spoiled[whole.len() / 2] = 0;
    std::fs::write(case.run.events_path(), &spoiled).expect("spoiled");
    case.recorder().finish().expect("recorded");
    assert_eq!(case.recorded(), whole);
}

#[test]
fn lines_are_recorded_when_they_are_complete() {
    let case = Case::new();
    let mut recorder = case.recorder();
    assert_eq!(recorder.poll().expect("polled"), [], "no output yet");
    case.print(b"half");
    assert_eq!(recorder.poll().expect("polled"), []);
    case.print(b" a line\r\nnext");
    let events = recorder.poll().expect("polled");
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].offset, events[0].end), (0, 13));
    assert_eq!(events[0].kind, EventKind::Raw { line: "half a line".to_owned() });
    let (rest, _) = recorder.finish().expect("finished");
    assert_eq!((rest[0].offset, rest[0].end), (13, 17));
}

#[test]
fn a_huge_line_is_kept_by_its_head_and_what_follows_is_read() {
    let case = Case::new();
    let huge = vec![b'x'; LINE_MAX + 100];
    case.print(&huge);
    case.print(b"\nafter\n");
    let (events, _) = case.recorder().finish().expect("recorded");
    let kinds: Vec<usize> = events
        .iter()
        .map(|event| match &event.kind {
            EventKind::Raw { line } => line.len(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, [Parsed::RAW_MAX, 5]);
    assert_eq!(events[1].offset, events[0].end);
    let whole = case.recorded();
    let first = whole.iter().position(|byte| *byte == b'\n').expect("a line") + 1;
    case.tear(first as u64);
    case.recorder().finish().expect("recorded");
    assert_eq!(case.recorded(), whole, "a crash just after it");
}

#[test]
fn a_huge_line_of_plain_text_is_in_the_message_with_what_is_left_out() {
    static PLAIN: Command = Command { output: OutputFormat::Text };
    let case = Case::new();
    let recorder = || Recorder::resume(&case.run, &PLAIN).expect("resumed");
    case.print(b"before\n");
    // The last character is cut in its middle where the beginning ends.
    let huge = format!("x{}", "\u{e9}".repeat(LINE_MAX));
    case.print(huge.as_bytes());
    case.print(b"\nafter\n");
    let (events, fold) = recorder().finish().expect("recorded");
    assert_eq!(events.len(), 3);
    let EventKind::Text { text, left_out, .. } = &events[1].kind else { panic!("{:?}", events[1].kind) };
    assert_eq!(text.len() as u64 + left_out, huge.len() as u64 + 1);
    assert!(huge.starts_with(text.as_str()));
    let message = fold.final_message().expect("a message");
    assert!(message.starts_with("before\nx") && message.ends_with("\nafter\n"), "{}", &message[..20]);
    let mark = format!("[{left_out} bytes are left out here; agent-stdout.txt has them]");
    assert!(message.contains(&mark));
    let (_, replayed) = recorder().finish().expect("recorded");
    assert_eq!(replayed, fold, "a crash after it");
}

#[test]
fn a_line_of_the_longest_size_is_parsed() {
    let text = "y".repeat(LINE_MAX - 100);
    let line =
        format!(r#"{{"type":"assistant","message":{{"content":[{{"type":"text","text":"{text}"}}]}}}}"#);
    assert!(line.len() <= LINE_MAX);
    let case = Case::new();
    case.print(line.as_bytes());
    case.print(b"\n");
    let (events, _) = case.recorder().finish().expect("recorded");
    assert!(matches!(&events[..], [Event { kind: EventKind::Text { .. }, .. }]));
}
