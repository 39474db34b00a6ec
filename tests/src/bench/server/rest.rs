//! A server that is watched while nothing happens.

use std::time::Duration;

use conductor_core::bus::Bus;
use conductor_core::store::TaskDir;

use super::client::Connection;
use super::events::tasks;
use super::served::Served;
use crate::bench::{Row, World, lists};

const WATCHERS: usize = 10;
const WHILE: Duration = Duration::from_secs(20);

/// The rows.
pub async fn rows(world: &World) -> Vec<Row> {
    let root = lists::make_root(&world.root(), 1_000);
    let server = Served::start(world);
    let mut open = Vec::new();
    for task in tasks(&root).iter().take(WATCHERS / 2) {
        let messages = format!("/api/v1/projects/demo/tasks/{}/messages/stream", task.id());
        for path in [messages.as_str(), "/api/v1/events"] {
            let stream = Connection::open(server.address).await.open_stream(&server.get(path, "")).await;
            open.push(stream);
        }
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = server.cpu_time();
    tokio::time::sleep(WHILE).await;
    let used = server.cpu_time().saturating_sub(before);
    vec![Row::share("idle with ten watchers: of one core", used.as_secs_f64() / WHILE.as_secs_f64(), 0.01)]
}

/// Where the bus of a task ends.
pub fn end_of(task: &TaskDir) -> String {
    Bus::task(task).end().expect("its end").to_string()
}
