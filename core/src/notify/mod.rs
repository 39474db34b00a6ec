//! Webhooks: what the journal tells, sent to other systems.
//!
//! Owns the outbox (`state/outbox/`): a folder for each webhook, fed from the journal by a cursor of its
//! own, and emptied in order by whoever holds its lock. So nothing is lost when everything exits, and an
//! event keeps its id however often it is sent. Must not know supervisors, use cases or any face: they
//! feed and deliver through [`Outbox`], or leave that to a [`Courier`].

mod address;
mod body;
mod courier;
mod deliver;
mod delivery;
mod error;
mod feed;
mod files;
mod outbox;
mod post;
mod schedule;
mod sign;
mod state;

pub use courier::{Bell, Courier};
pub use delivery::{Attempt, Delivery, DeliveryState};
pub use error::NotifyError;
pub use outbox::{Outbox, Report};
pub use post::Reply;
pub use state::{Switch, WebhookState};
