use proptest::prelude::*;
use ulid::Ulid;

use super::*;

fn project(name: &str) -> ProjectId {
    ProjectId::from_disk(name).expect("a name")
}

fn log(task: usize, run: usize, stream: LogStream) -> Topic {
    Topic::Log {
        project: project("shop"),
        task: TaskId::from_disk(&format!("task-20261120-2013{task:02}-fix-the-login-page")).expect("a name"),
        run: RunId::from_disk(&Ulid::from_parts(1 << 40, run as u128).to_string()).expect("a name"),
        stream,
    }
}

/// A dashboard's view: journal, buses and logs of a third as many tasks.
fn dashboard(count: usize) -> Composite {
    let mark = Some(Mark { file: u32::MAX, content: u32::MAX });
    let one = |index: usize| {
        let (topic, place) = match index % 3 {
            0 => {
                let Topic::Log { project, task, .. } = log(index / 3, 0, LogStream::Stdout) else {
                    unreachable!("a log")
                };
                let id = MessageId(Ulid::from_parts(1 << 40, index as u128));
                (Topic::Messages { project, task: Some(task) }, Place::Messages(Cursor::after(id)))
            }
            1 => {
                let place = LogPlace { offset: 3 << 30, mark, file: None };
                (log(index / 3, index / 3, LogStream::Stdout), Place::Log(place))
            }
            _ => {
                let place = LogPlace { offset: 3 << 20, mark, file: None };
                (log(index / 3, index / 3, LogStream::Events), Place::Log(place))
            }
        };
        (Arc::from(format!("view-{index}")), (topic, place))
    };
    Composite((0..count).map(one).collect())
}

#[test]
fn a_dashboards_cursor_is_short() {
    let (small, large) = (dashboard(24), dashboard(100));
    assert_eq!(Composite::decode(&small.encode()), Ok(small.clone()));
    assert_eq!(Composite::decode(&large.encode()), Ok(large.clone()));
    assert!(small.encode().len() < 2 << 10, "{}", small.encode().len());
    assert!(large.longest() < MAX_CURSOR, "{}", large.longest());
}

#[test]
fn a_cursor_of_nothing_is_one() {
    assert_eq!(Composite::decode(&Composite::default().encode()), Ok(Composite::default()));
}

#[test]
fn a_cursor_never_grows_beyond_what_was_reckoned() {
    let fresh = dashboard(60).0.into_iter().map(|(name, (topic, _))| {
        let place = Place::start(&topic);
        (name, (topic, place))
    });
    let fresh = Composite(fresh.collect());
    assert!(dashboard(60).encode().len() <= fresh.longest());
}

#[test]
fn what_is_no_cursor_is_refused() {
    let good = dashboard(3).encode();
    let cut = &good[..good.len() - 4];
    let long = "A".repeat(MAX_CURSOR + 1);
    for bad in ["", "A", "MSG-01JD8Z7W3QK5T9X2M4N6P8R0SA", "ä", cut, &long, &format!("{good}AAAA")] {
        let error = Composite::decode(bad).expect_err(bad);
        assert_eq!(error.code, crate::api::ErrorCode::Usage);
    }
}

/// The form with a checksum that holds, whatever stands in it.
fn sealed(content: &[u8]) -> String {
    let mut all = content.to_vec();
    all.extend(crc32c::crc32c(content).to_le_bytes());
    URL_SAFE_NO_PAD.encode(all)
}

#[test]
fn counts_that_promise_more_than_there_is_are_refused() {
    for content in [
        &[1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F][..],
        &[1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        &[1, 0, 1, 1, b'x', 0, 9, 0, 0],
        &[1, 0, 1, 1, b'x', 7, 0, 0, 0],
        &[1, 1, 2, b'.', b'.', 1, 1, b'x', 1, 1, 0, 0, 0],
        &[2, 0, 0],
        &[1, 0, 0, 0],
    ] {
        assert!(Composite::decode(&sealed(content)).is_err(), "{content:?}");
    }
    assert!(Composite::decode(&sealed(&[1, 0, 0])).is_ok());
}

fn any_place() -> impl Strategy<Value = (Topic, Place)> {
    let id = || any::<u128>().prop_map(Ulid);
    let events = proptest::option::of((id(), id()))
        .prop_map(|at| at.map(|(epoch, id)| JournalCursor { epoch, id: MessageId(id) }))
        .prop_map(|at| (Topic::Events { project: None, task: None }, Place::Events(at)));
    let messages = (proptest::option::of(id()), any::<u64>()).prop_map(|(id, text)| {
        let at = Cursor { last: id.map(MessageId), text };
        (Topic::Messages { project: project("p"), task: None }, Place::Messages(at))
    });
    let logs = (any::<u64>(), proptest::option::of((any::<u32>(), any::<u32>())), 0..3_usize);
    let logs = logs.prop_map(|(offset, mark, run)| {
        let mark = mark.map(|(file, content)| Mark { file, content });
        (log(run, run, LogStream::Stderr), Place::Log(LogPlace { offset, mark, file: None }))
    });
    prop_oneof![events, messages, logs]
}

proptest! {
    #[test]
    fn cursors_round_trip(all in prop::collection::btree_map("[a-zé ]{1,9}", any_place(), 0..9)) {
        let all = Composite(all.into_iter().map(|(name, one)| (Arc::from(name), one)).collect());
        prop_assert!(all.encode().len() <= all.longest());
        prop_assert_eq!(Composite::decode(&all.encode()), Ok(all));
    }

    #[test]
    fn places_round_trip_as_text((topic, place) in any_place()) {
        prop_assert_eq!(Place::parse(&topic, &place.to_string()), Ok(place));
    }

    #[test]
    fn hostile_cursors_are_refused_or_what_they_say(content in prop::collection::vec(any::<u8>(), 0..60)) {
        if let Ok(read) = Composite::decode(&sealed(&content)) {
            prop_assert_eq!(Composite::decode(&read.encode()), Ok(read));
        }
    }
}
