//! Shared parts of the behaviour, fault and end-to-end suites.

pub mod alone;
pub mod bench;
pub mod check;
pub mod command;
pub mod crash;
pub mod description;
pub mod elsewhere;
pub mod env;
pub mod fake;
pub mod hooks;
pub mod http;
pub mod kill;
pub mod launch;
pub mod logind;
pub mod look;
pub mod namespace;
pub mod processes;
pub mod real_agents;
pub mod receiver;
pub mod remote;
pub mod scene;
pub mod seed_root;
pub mod server;
pub mod sse;
pub mod stub;
pub mod systemd;
pub mod tasks;
pub mod there;

pub use command::{Output, Running};
pub use env::{PATIENCE, TestEnv, wait_for};
pub use receiver::{Answer, Receiver, Request};
pub use tasks::Tasks;

/// Whether the long forms of the fault suites are wanted: `npm run faults`.
pub fn is_long() -> bool {
    std::env::var("CONDUCTOR_FAULTS").is_ok_and(|form| form == "long")
}
