//! Shared parts of the behaviour, fault and end-to-end suites.

pub mod alone;
pub mod bench;
pub mod command;
pub mod env;
pub mod fake;
pub mod launch;
pub mod look;
pub mod processes;
pub mod real_agents;
pub mod scene;
pub mod seed_root;
pub mod stub;
pub mod tasks;

pub use command::{Output, Running};
pub use env::{PATIENCE, TestEnv, wait_for};
pub use tasks::Tasks;
