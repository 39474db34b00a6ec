//! Readers that stall, and readers that break off.

use std::time::Duration;

use conductor_core::model::RunStatus;

use super::client::{Connection, events};
use super::events::tasks;
use super::logs::{burst, request, run, text_of};
use super::served::Served;
use crate::bench::{Row, World, lists};

const STALLED: usize = 200;
const EACH_KIB: u64 = 4 << 10;
const RECONNECTS: usize = 1_000;

/// The rows.
pub async fn rows(world: &World) -> Vec<Row> {
    let root = lists::make_root(&world.root(), 10);
    let task = &tasks(&root)[0];
    let run = run(task);
    let text = burst();
    std::fs::write(run.stdout_path(), &text).expect("a log");
    let mut info = run.info().expect("its record");
    info.status = RunStatus::Completed;
    info.end_time = info.start_time;
    run.write_info(&info).expect("ended");
    let server = Served::start(world);
    let from_start = request(&server, &run, "from=0");
    let before = server.resident();
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        stalled.push(Connection::open(server.address).await.open_stream(&from_start).await);
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let each = server.resident().saturating_sub(before) / STALLED as u64;
    for mut reader in stalled {
        let mut at = 0;
        while let Some(piece) = reader.next().await {
            let read = text_of(&piece);
            assert!(text[at..].starts_with(&read), "byte for byte");
            at += read.len();
        }
        assert_eq!(at, text.len(), "the whole of it");
    }
    let mut rows = vec![Row::memory(
        "200 stalled readers, byte-exact when they wake: memory of each",
        0,
        each,
        EACH_KIB,
    )];
    reconnect(&server, &run, &text).await;
    rows.push(Row::count("reconnects at random bytes, byte-exact", RECONNECTS as u64));
    rows
}

/// Reads the log in a thousand pieces, each on a connection of its own that breaks off somewhere.
async fn reconnect(server: &Served, run: &conductor_core::store::RunDir, text: &[u8]) {
    let (mut id, mut at, mut seed) = (String::from("0"), 0, 0x9E37_79B9_7F4A_7C15_u64);
    for _ in 0..RECONNECTS {
        let mut stream = Connection::open(server.address)
            .await
            .open_stream(&request(server, run, &format!("after={id}")))
            .await;
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut left = (seed >> 40) as usize % (400 << 10) + 1;
        while left > 0 {
            let Some(piece) = stream.some(left.min(16 << 10)).await else { break };
            left = left.saturating_sub(16 << 10);
            let read = text_of(&piece);
            assert!(text[at..].starts_with(&read), "byte for byte at {at}");
            at += read.len();
            if let Some((last, _)) = events(&piece, "log").last() {
                last.clone_into(&mut id);
            }
        }
    }
    let mut stream = Connection::open(server.address)
        .await
        .open_stream(&request(server, run, &format!("after={id}")))
        .await;
    while let Some(piece) = stream.next().await {
        let read = text_of(&piece);
        assert!(text[at..].starts_with(&read), "byte for byte at {at}");
        at += read.len();
    }
    assert_eq!(at, text.len(), "the whole of it");
}
