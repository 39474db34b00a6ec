//! Use cases as plain typed functions, with the wire types and error codes that all faces share.
//!
//! Owns what a client can see ([`dto`]) and branch on ([`ErrorCode`]). Must not know clap, HTTP or
//! any terminal: a face translates, this decides.

pub mod agents;
mod app;
pub mod browse;
mod caller;
pub mod changes;
mod convert;
pub mod create;
mod delegate;
pub mod demo;
pub mod doctor;
pub mod dto;
mod error;
pub mod feed;
pub mod files;
mod find;
pub mod folders;
pub mod inbox;
mod keep;
pub mod live;
pub mod messages;
pub mod names;
pub mod news;
mod next;
pub mod once;
pub mod outcome;
pub mod overview;
pub mod page;
pub mod recover;
pub mod relations;
pub mod requests;
pub mod service;
pub mod settings;
pub mod sight;
pub mod steer;
pub mod stream;
pub mod talk;
pub mod tasks;
pub mod tidy;
pub mod tokens;
pub mod vigil;
pub mod webhooks;
pub mod words;

pub use app::App;
pub use caller::{Caller, CallingRun};
pub use error::{ApiError, ErrorCode, system_words};
pub use find::{named, no_project_is_meant, no_run_file, no_task_is_meant, project_of_source, run_of};
