//! The HTTP face: REST and SSE over the use cases of [`api`](crate::api).
//!
//! Owns connections, tokens, limits and what a client may do; decides nothing about tasks. It holds
//! nothing that is needed to go on: killing it touches no agent, and another one may run beside it.

mod access;
mod audit;
mod auth;
mod body;
mod download;
mod guard;
mod home;
mod listen;
mod local;
mod metrics;
mod names;
mod network;
mod openapi;
mod options;
mod page;
mod pages;
mod peer;
mod problem;
mod refusals;
mod reply;
mod routes;
mod serve;
mod sse;
mod state;
mod tickets;
mod tls;

pub use local::{Answer, Ask, Local};
pub use network::OnNetwork;
pub use openapi::document;
pub use options::ServeOptions;
pub use serve::{Serving, serve};
