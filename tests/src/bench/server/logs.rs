//! A burst into one log, live and from the file.

use std::io::Write;
use std::time::{Duration, Instant};

use conductor_core::model::{RunId, RunInfo, RunStatus};
use conductor_core::store::{RunDir, TaskDir};

use super::canned;
use super::client::{Connection, events};
use super::events::tasks;
use super::served::Served;
use crate::bench::{Row, World, lists, median};

/// Bytes of the burst.
pub const BURST: usize = 64 << 20;
const PIECE: usize = 256 << 10;
const TIMES: u32 = 5;

/// The rows.
pub async fn rows(world: &World) -> Vec<Row> {
    let root = lists::make_root(&world.root(), 10);
    let task = &tasks(&root)[0];
    let server = Served::start(world);
    let text = burst();
    let floor = floor(&text).await;
    let (mut live_rates, mut replay_rates) = (Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let run = run(task);
        live_rates.push(live(&server, &run, &text).await);
        replay_rates.push(replay(&server, &run, &text).await);
    }
    vec![
        Row::rate("64 MiB burst into a log, live, whole (MB/s)", median(live_rates), floor, 200.0),
        Row::rate("64 MiB of a log, replayed, whole (MB/s)", median(replay_rates), floor, 400.0),
    ]
}

/// Text of an agent: lines of words, some of which need to be escaped.
pub fn burst() -> Vec<u8> {
    let mut text = Vec::with_capacity(BURST + 128);
    let mut number = 0_u32;
    while text.len() < BURST {
        writeln!(text, "{number:08} the agent works on \"src/lib.rs\" and says what it does; umlauts: äöü")
            .expect("memory");
        number += 1;
    }
    text.truncate(BURST - 1);
    while std::str::from_utf8(&text).is_err() {
        text.pop();
    }
    text.push(b'\n');
    text
}

/// A run that is at work.
pub fn run(task: &TaskDir) -> RunDir {
    let mut info = RunInfo::new(task.project().clone(), task.id().clone(), RunId::generate(), "claude");
    info.status = RunStatus::Running;
    info.start_time = Some(jiff::Timestamp::now());
    task.create_run(&info).expect("the run is made")
}

/// The request for a run's log from a byte on.
pub fn request(server: &Served, run: &RunDir, from: &str) -> Vec<u8> {
    let (task, project) = (run.task(), run.project());
    server.get(&format!("/api/v1/projects/{project}/tasks/{task}/runs/{}/logs?{from}", run.id()), "")
}

/// The text of the log events in a piece of a stream.
pub fn text_of(piece: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for (_, data) in events(piece, "log") {
        let event: serde_json::Value = serde_json::from_str(data).expect("JSON");
        text.extend_from_slice(event["text"].as_str().expect("text").as_bytes());
    }
    text
}

fn rate(bytes: usize, took: Duration) -> f64 {
    bytes as f64 / 1e6 / took.as_secs_f64()
}

/// From the first byte that is written to the last one that is read; what was read is compared after that.
async fn live(server: &Served, run: &RunDir, text: &[u8]) -> f64 {
    let path = run.stdout_path();
    std::fs::write(&path, b"").expect("a log");
    let mut stream =
        Connection::open(server.address).await.open_stream(&request(server, run, "from=0")).await;
    let written = text.to_vec();
    let begin = Instant::now();
    let writer = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("the log");
        written.chunks(PIECE).for_each(|piece| file.write_all(piece).expect("written"));
    });
    let pieces = until(&mut stream, text.len()).await;
    let took = begin.elapsed();
    writer.await.expect("written");
    check(&pieces, text);
    rate(text.len(), took)
}

async fn replay(server: &Served, run: &RunDir, text: &[u8]) -> f64 {
    let begin = Instant::now();
    let mut stream =
        Connection::open(server.address).await.open_stream(&request(server, run, "from=0")).await;
    let pieces = until(&mut stream, text.len()).await;
    let took = begin.elapsed();
    check(&pieces, text);
    rate(text.len(), took)
}

/// Reads until an event tells of the last byte. The id of an event begins with the byte after it.
async fn until(stream: &mut super::client::Events, length: usize) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    loop {
        let piece = stream.next().await.expect("the stream goes on");
        let last = last_offset(&piece);
        pieces.push(piece);
        if last.is_some_and(|last| last >= length) {
            return pieces;
        }
    }
}

/// The byte after the last log event of a piece, by its id.
fn last_offset(piece: &[u8]) -> Option<usize> {
    let id = memchr::memmem::rfind(piece, b"id: ")?;
    let digits = piece[id + 4..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&piece[id + 4..id + 4 + digits]).ok()?.parse().ok()
}

fn check(pieces: &[Vec<u8>], text: &[u8]) {
    let read: Vec<u8> = pieces.iter().flat_map(|piece| text_of(piece)).collect();
    assert!(read == text, "the log arrived whole: {} of {} bytes", read.len(), text.len());
}

/// The same client before a server that sends as much, prepared.
async fn floor(text: &[u8]) -> f64 {
    let piece = std::str::from_utf8(
        &text[..text[..PIECE].iter().rposition(|byte| *byte == b'\n').expect("a line") + 1],
    );
    let data = serde_json::json!({ "offset": 0, "text": piece.expect("UTF-8") });
    let event = format!("id: 0\nevent: log\ndata: {data}\n\n").into_bytes();
    let times = text.len() / PIECE;
    let total = event.len() * times;
    let address = canned::repeats(event, times).await;
    let begin = Instant::now();
    let mut stream = Connection::open(address).await.open_stream(b"GET / HTTP/1.1\r\n\r\n").await;
    let mut read = 0;
    while read < total {
        let piece = stream.next().await.expect("the stream goes on");
        read += piece.len();
    }
    rate(text.len(), begin.elapsed())
}
