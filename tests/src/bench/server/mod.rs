//! The server under load: `npm run bench:server`.
//!
//! The client of each row is also set before a server that does nothing but send the same bytes: what it
//! reaches there is the floor, and shows that the client is not what limits the row.

mod canned;
mod client;
mod events;
mod logs;
mod pages;
mod readers;
mod rest;
mod served;

use super::{Row, World};
pub use served::Served;

/// The groups of rows, in the order of the table.
pub const GROUPS: [&str; 5] = ["pages", "events", "logs", "readers", "rest"];

/// The rows of a group.
pub fn rows(group: &str) -> Vec<Row> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        match group {
            "pages" => pages::rows(&World::new()).await,
            "events" => events::rows(&World::new()).await,
            "logs" => logs::rows(&World::new()).await,
            "readers" => readers::rows(&World::new()).await,
            _ => rest::rows(&World::new()).await,
        }
    })
}
