//! Pages of lists.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::canned;
use super::client::Connection;
use super::served::Served;
use crate::bench::{Row, World, lists, median};

const RUNS: u32 = 10_000;
const ALONE: u32 = 500;
const CONNECTIONS: usize = 16;
const WHILE: Duration = Duration::from_secs(3);
const MEMORY_KIB: u64 = 60 << 10;

/// The rows.
pub async fn rows(world: &World) -> Vec<Row> {
    lists::make_root(&world.root(), RUNS);
    let server = Served::start(world);
    let request = server.get("/api/v1/runs?limit=50", "");
    let body = Connection::open(server.address).await.ask(&request).await;
    let items: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(items["items"].as_array().map(Vec::len), Some(50));
    let floor = canned::answers(body).await;
    let what = |how: &str| format!("page of 50 of 10,000 runs, {how}");
    let (floor_alone, alone) = (alone(floor, &request).await, alone(server.address, &request).await);
    // As a dashboard does that pages through: each page another one.
    let through = through(&server).await;
    let (floor_many, many) = (many(floor, &request).await, many(server.address, &request).await);
    vec![
        Row::time(&what("one connection (p50)"), floor_alone, alone, Duration::from_millis(2)),
        Row::time(
            &what("one after the other, each another (p50)"),
            floor_alone,
            through,
            Duration::from_millis(2),
        ),
        Row::rate(&what("16 connections"), many, floor_many, 5_000.0),
        Row::memory("server after it: resident", 0, server.resident(), MEMORY_KIB),
    ]
}

async fn alone(address: SocketAddr, request: &[u8]) -> Duration {
    let mut connection = Connection::open(address).await;
    let mut times = Vec::new();
    for _ in 0..ALONE {
        let begin = Instant::now();
        connection.ask(request).await;
        times.push(begin.elapsed());
    }
    median(times)
}

async fn through(server: &Served) -> Duration {
    let mut connection = Connection::open(server.address).await;
    let (mut times, mut cursor) = (Vec::new(), String::new());
    loop {
        let request = server.get(&format!("/api/v1/runs?limit=50{cursor}"), "");
        let begin = Instant::now();
        let body = connection.ask(&request).await;
        times.push(begin.elapsed());
        let page: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(times.len(), RUNS as usize / 50);
    median(times)
}

async fn many(address: SocketAddr, request: &[u8]) -> f64 {
    let begin = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let request = request.to_vec();
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await;
                let mut count = 0_u32;
                while begin.elapsed() < WHILE {
                    connection.ask(&request).await;
                    count += 1;
                }
                count
            })
        })
        .collect();
    let mut total = 0;
    for client in clients {
        total += client.await.expect("a client");
    }
    f64::from(total) / begin.elapsed().as_secs_f64()
}
