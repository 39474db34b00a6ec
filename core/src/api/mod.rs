//! Use cases as plain typed functions, with the wire types and error codes that all faces share.
//!
//! Owns what a client can see ([`dto`]) and branch on ([`ErrorCode`]). Must not know clap, HTTP or
//! any terminal: a face translates, this decides.

pub mod dto;
pub mod error;

pub use error::{ApiError, ErrorCode};
