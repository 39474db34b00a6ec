//! The core of Conductor Loop: everything but the faces.
//!
//! Modules depend downwards only: `model ← store, config ← bus, logs ← agent, git, notify ←
//! supervisor ← api ← host ← cli`. No Tauri, axum or clap type below the faces. `docs/ARCHITECTURE.md` is the map.

pub mod agent;
pub mod api;
pub mod bus;
mod causes;
#[cfg(feature = "cli")]
pub mod cli;
pub mod clock;
pub mod config;
pub mod environment;
pub mod faults;
pub mod git;
mod hex;
#[cfg(feature = "cli")]
pub mod host;
mod logind;
pub mod logs;
pub mod model;
pub mod notify;
#[cfg(any(feature = "cli", feature = "server"))]
pub mod pinned;
#[cfg(feature = "server")]
pub mod server;
pub mod store;
pub mod supervisor;
