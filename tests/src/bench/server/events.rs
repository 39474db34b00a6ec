//! From a message on a bus to those who watch it.

use std::time::{Duration, Instant};

use conductor_core::bus::Bus;
use conductor_core::model::{NewMessage, ProjectId, TaskId};
use conductor_core::store::{Root, TaskDir};
use tokio::sync::{mpsc, watch};

use super::client::{Connection, events};
use super::served::Served;
use super::{canned, rest};
use crate::bench::{Row, World, lists, median};

const MESSAGES: u32 = 200;
const CLIENTS: usize = 500;
const TO_MANY: u32 = 40;
/// Between two messages, so that each is an event of its own.
const PAUSE: Duration = Duration::from_millis(10);

/// The rows.
pub async fn rows(world: &World) -> Vec<Row> {
    let root = lists::make_root(&world.root(), 20);
    let tasks = tasks(&root);
    let (small, large) = (&tasks[0], &tasks[1]);
    fill(small, 100);
    fill(large, 1_000_000);
    let server = Served::start(world);
    let floor = floor(1, MESSAGES).await;
    let floor_many = floor_of_many().await;
    let limit = Duration::from_millis(2);
    let mut rows = Vec::new();
    for (task, size) in [(small, "100"), (large, "1,000,000")] {
        let times = told(&server, task, 1, MESSAGES).await;
        rows.push(Row::time(
            &format!("message to one client (p50), bus of {size}"),
            median(floor.clone()),
            median(times),
            limit,
        ));
    }
    let times = told(&server, small, CLIENTS, TO_MANY).await;
    assert_eq!(times.len(), CLIENTS * TO_MANY as usize, "every one was delivered");
    let limit = Duration::from_millis(50);
    rows.push(Row::time(
        "message to 500 clients (p99), every one delivered",
        p99(floor_many),
        p99(times),
        limit,
    ));
    rows
}

/// The tasks of a root, by name.
pub fn tasks(root: &Root) -> Vec<TaskDir> {
    let project = root.project(&ProjectId::new("demo").expect("a name")).expect("the project");
    let names: Vec<TaskId> = project.tasks().expect("its tasks");
    names.iter().map(|name| project.task(name).expect("a task")).collect()
}

fn fill(task: &TaskDir, count: u32) {
    let bus = Bus::task(task);
    let all: Vec<NewMessage> =
        (0..1_000).map(|n| NewMessage::new("INFO", format!("message {n} of many"))).collect();
    for begin in (0..count).step_by(all.len()) {
        let some = (count - begin).min(1_000) as usize;
        bus.append_batch(&all[..some]).expect("appended");
    }
}

fn p99(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

/// How long each message took to each client: from before it is appended until it is read.
async fn told(server: &Served, task: &TaskDir, clients: usize, messages: u32) -> Vec<Duration> {
    let path =
        format!("/api/v1/projects/demo/tasks/{}/messages/stream?after={}", task.id(), rest::end_of(task));
    let request = server.get(&path, "");
    let began = Instant::now();
    let (tell, mut told) = mpsc::unbounded_channel();
    for _ in 0..clients {
        let stream = Connection::open(server.address).await.open_stream(&request).await;
        tokio::spawn(listen(stream, began, tell.clone()));
    }
    let bus = Bus::task(task);
    for _ in 0..messages {
        tokio::time::sleep(PAUSE.max(Duration::from_millis(clients as u64 / 5))).await;
        bus.append(&NewMessage::new("MARK", began.elapsed().as_nanos().to_string())).expect("appended");
    }
    collect(&mut told, clients * messages as usize).await
}

async fn listen(mut stream: super::client::Events, began: Instant, tell: mpsc::UnboundedSender<Duration>) {
    while let Some(text) = stream.next().await {
        let now = began.elapsed();
        for (_, data) in events(&text, "message") {
            let message: serde_json::Value = serde_json::from_str(data).expect("JSON");
            let sent = message["body"].as_str().and_then(|body| body.parse().ok()).expect("a time");
            let _ = tell.send(now.saturating_sub(Duration::from_nanos(sent)));
        }
    }
}

async fn collect(told: &mut mpsc::UnboundedReceiver<Duration>, count: usize) -> Vec<Duration> {
    let mut times = Vec::with_capacity(count);
    let all = async {
        while times.len() < count {
            times.extend(told.recv().await);
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(60), all).await;
    times
}

/// The same clients before a server that is handed each message.
async fn floor(clients: usize, messages: u32) -> Vec<Duration> {
    let (send, receive) = watch::channel(Vec::new());
    let address = canned::broadcasts(receive).await;
    let began = Instant::now();
    let (tell, mut told) = mpsc::unbounded_channel();
    for _ in 0..clients {
        let stream = Connection::open(address).await.open_stream(b"GET / HTTP/1.1\r\n\r\n").await;
        tokio::spawn(listen(stream, began, tell.clone()));
    }
    for _ in 0..messages {
        tokio::time::sleep(PAUSE.max(Duration::from_millis(clients as u64 / 5))).await;
        let sent = began.elapsed().as_nanos();
        let _ = send.send(format!("id: 1\nevent: message\ndata: {{\"body\":\"{sent}\"}}\n\n").into_bytes());
    }
    collect(&mut told, clients * messages as usize).await
}

async fn floor_of_many() -> Vec<Duration> {
    floor(CLIENTS, TO_MANY).await
}
