//! Notifications: what needs a person, once each, and what was completed.
//!
//! What was told is written down, so that a restart tells it no second time, and what came while the app was not there
//! is told when it is.

mod plan;
mod record;
mod show;
mod words;

pub use record::Records;
pub use show::Announcer;
pub use words::plain;

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The item of the attention list that it is about; none: of a digest.
    pub item: Option<String>,
    /// Its first line.
    pub title: String,
    /// The rest of it.
    pub body: String,
    /// Answers to choose from.
    pub choices: Vec<String>,
    /// The page that a click opens.
    pub page: String,
    /// Whether it waits until it is looked at.
    pub stays: bool,
}
