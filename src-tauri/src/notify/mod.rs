//! Notifications: what needs a person, once each, and what was completed.
//!
//! What was told is written down, so that a restart tells it no second time, and what came while the app was not there
//! is told when it is.

mod plan;
mod record;
mod show;
mod words;

use record::Completed;
pub use record::Records;
pub use show::Announcer;
pub use words::{of_tray, plain};

/// One notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub about: About,
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

/// What a notification is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// Items of the attention list: it is taken away when none of them is there any more.
    Items(Vec<String>),
    /// Tasks that were completed.
    Completed(Vec<Completed>),
    /// The app itself.
    App,
}

impl About {
    /// The one item; none where it is about several, or something else.
    pub fn item(&self) -> Option<&str> {
        match self {
            About::Items(ids) if ids.len() == 1 => Some(&ids[0]),
            _ => None,
        }
    }
}
