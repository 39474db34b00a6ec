//! Messages that a request appends once, however often it comes.

use super::error::Result;
use super::handle::Bus;
use super::query::Query;
use crate::model::{MessageId, NewMessage};

/// The value of `meta` that names the request.
const REQUEST: &str = "request_digest";

/// The request by which a message is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// What tells it from every other: text without blanks.
    pub id: String,
    /// Whether it came before, and nobody knows how far it got.
    pub again: bool,
}

impl Bus {
    /// Appends a message as [`Bus::append`]; for a request that appended it before, that one's id. It is looked for
    /// in the whole bus, but only where the request comes again.
    ///
    /// # Errors
    /// As [`Bus::append`], and when the bus cannot be read.
    pub fn append_once(&self, message: NewMessage, request: Option<&Once>) -> Result<MessageId> {
        match self.appended_by(request)? {
            Some(id) => Ok(id),
            None => self.append(&named(message, request)),
        }
    }

    /// As [`Bus::append_once`], on disk when it returns.
    ///
    /// # Errors
    /// As [`Bus::append_sync`].
    pub fn append_once_sync(&self, message: NewMessage, request: Option<&Once>) -> Result<MessageId> {
        match self.appended_by(request)? {
            Some(id) => Ok(id),
            None => self.append_sync(&named(message, request)),
        }
    }

    fn appended_by(&self, request: Option<&Once>) -> Result<Option<MessageId>> {
        let Some(request) = request.filter(|request| request.again) else { return Ok(None) };
        let meta = vec![(REQUEST.to_owned(), request.id.clone())];
        let found = self.read(&Query { meta, limit: Some(1), ..Query::default() })?;
        Ok(found.first().and_then(crate::model::Message::id))
    }
}

fn named(message: NewMessage, request: Option<&Once>) -> NewMessage {
    match request {
        Some(request) => message.with_meta(REQUEST, request.id.clone()),
        None => message,
    }
}
