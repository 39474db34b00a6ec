//! How a page gets its token: for a link that works once.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::requests::PageToken;
use crate::api::{ApiError, App};
use crate::server::body;
use crate::server::problem::Problem;
use crate::server::state::Shared;
use crate::server::tickets;
use crate::store::tokens::Scope;

/// A link that works once.
#[derive(Debug, Serialize, ToSchema)]
pub struct PageLink {
    /// Open it in a browser; the page trades its ticket for a token of its own.
    url: String,
    /// The same link for another device: over TLS, with the fingerprint of the certificate. Absent where the
    /// server does not listen on the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pairing_url: Option<String>,
    /// Seconds for which it works.
    expires_in: u64,
}

/// Makes a link that opens the dashboard once.
#[utoipa::path(post, path = "/tickets", tag = "tokens", responses((status = 201, body = PageLink)))]
pub async fn issue(
    State(shared): State<Shared>,
) -> Result<(axum::http::StatusCode, Json<PageLink>), Problem> {
    let (url, pairing_url) = match shared.url.get() {
        Some(_) => {
            let links = shared.links();
            (links.here, links.pairing)
        }
        // No link leads to the desktop's window: another process serves the root, or none does.
        None => shared.look(App::links).await?,
    };
    let link = PageLink { url, pairing_url, expires_in: tickets::LIFETIME.as_secs() };
    Ok((axum::http::StatusCode::CREATED, Json(link)))
}

/// What a page brings.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// What stands in its address after `#ticket=`.
    ticket: String,
}

/// Trades a ticket for a full token. Works once.
#[utoipa::path(post, path = "/session", tag = "tokens", request_body = Ticket,
    responses((status = 201, body = PageToken)))]
pub async fn redeem(
    State(shared): State<Shared>,
    body::Json(ticket): body::Json<Ticket>,
) -> Result<(axum::http::StatusCode, Json<PageToken>), Problem> {
    if !shared.tickets.redeem(&ticket.ticket, Instant::now()) {
        return Err(Problem::unauthorized("this link was used already, or is too old")
            .with_hint("`run-agent serve --print-url` and `run-agent token link` print a new one"));
    }
    let name = format!("page-{}", ulid::Ulid::generate().to_string().to_lowercase());
    let tokens = shared.root.tokens();
    let made = tokio::task::spawn_blocking(move || {
        tokens.add(&name, Scope::Full, Timestamp::now()).map(|token| (name, token))
    });
    let (name, token) = made.await?.map_err(ApiError::from)?;
    Ok((axum::http::StatusCode::CREATED, Json(PageToken { token: token.expose_secret().to_owned(), name })))
}
