//! The server's tokens, and where the server is.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{ApiError, App, ErrorCode};
use crate::store::tokens::{LOCAL, Scope, is_token_name};
use crate::store::{ServerFile, StoreErrorKind, TaskDir};

/// A token, without what is secret of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct TokenView {
    /// Its name.
    pub name: String,
    /// What it allows: `full`, `read`, or `task <project>/<task>`.
    pub allows: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a token shall allow.
#[derive(Debug, Clone)]
pub enum WantedScope {
    /// Everything.
    Full,
    /// Looking.
    Read,
    /// Acting for one task and its children.
    Task(TaskDir),
}

impl App {
    /// The user's own token, made where it is not there.
    ///
    /// # Errors
    /// When the list can be neither read nor written.
    pub fn local_token(&self) -> Result<SecretString, ApiError> {
        let root = match self.existing_root() {
            Some(root) => root,
            None => self.writable_root()?,
        };
        Ok(root.tokens().local(self.clock.now())?)
    }

    /// The tokens, as they were made.
    ///
    /// # Errors
    /// When the list is damaged.
    pub fn tokens(&self) -> Result<Vec<TokenView>, ApiError> {
        let Some(root) = self.root_to_list()? else { return Ok(Vec::new()) };
        let view = |token: crate::store::tokens::Token| TokenView {
            name: token.name.clone(),
            allows: token.scope.to_string(),
            created_at: token.created_at,
        };
        Ok(root.tokens().list()?.into_iter().map(view).collect())
    }

    /// Makes a token; its value is told here and nowhere else.
    ///
    /// # Errors
    /// For a name that is none or is taken.
    pub fn add_token(&self, name: &str, scope: WantedScope) -> Result<SecretString, ApiError> {
        if !is_token_name(name) || name == LOCAL {
            return Err(ApiError::usage(format_args!("{name:?} cannot be the name of a token"))
                .with_hint("lower-case letters, digits, `.`, `_` and `-`, such as phone"));
        }
        let scope = match scope {
            WantedScope::Full => Scope::Full,
            WantedScope::Read => Scope::Read,
            WantedScope::Task(task) => {
                Scope::Task { project: task.project().clone(), task: task.id().clone() }
            }
        };
        match self.writable_root()?.tokens().add(name, scope, self.clock.now()) {
            Err(error) if matches!(error.kind, StoreErrorKind::AlreadyExists) => {
                Err(ApiError::conflict(format_args!("there is a token {name:?} already"))
                    .with_hint(format_args!("`run-agent token revoke {name}` takes it back")))
            }
            token => Ok(token?),
        }
    }

    /// Takes a token back: it opens nothing from then on.
    ///
    /// # Errors
    /// When there is none of this name.
    pub fn revoke_token(&self, name: &str) -> Result<(), ApiError> {
        if self.root()?.tokens().revoke(name)? {
            return Ok(());
        }
        Err(ApiError::not_found(format_args!("no token {name:?}"))
            .with_hint("`run-agent token list` names them"))
    }

    /// The server of the root that runs on this machine.
    pub fn running_server(&self) -> Option<ServerFile> {
        self.existing_root().and_then(ServerFile::of)
    }

    /// A link that opens the running server's dashboard once, on this machine.
    ///
    /// # Errors
    /// When no server runs, or it does not answer.
    pub fn dashboard_link(&self) -> Result<String, ApiError> {
        Ok(self.ticket()?.url)
    }

    /// A link that opens the running server's dashboard once, on another device.
    ///
    /// # Errors
    /// As [`App::dashboard_link`], and where the server does not listen on the network.
    pub fn pairing_link(&self) -> Result<String, ApiError> {
        self.ticket()?.pairing_url.ok_or_else(no_network)
    }

    /// Both links of the running server; no second one where it does not listen on the network.
    ///
    /// # Errors
    /// As [`App::dashboard_link`].
    pub fn links(&self) -> Result<(String, Option<String>), ApiError> {
        let ticket = self.ticket()?;
        Ok((ticket.url, ticket.pairing_url))
    }

    fn ticket(&self) -> Result<Ticket, ApiError> {
        let server = self.running_server().ok_or_else(|| {
            ApiError::not_found(format_args!("no server of {} runs", self.root_path().display()))
                .with_hint("`run-agent serve --print-url` starts one and prints a link")
        })?;
        let token = self.local_token()?;
        let url = format!("{}/api/v1/tickets", server.url);
        let failed = |error: &dyn std::fmt::Display| {
            ApiError::new(
                ErrorCode::Io,
                format_args!("the server at {} does not answer: {error}", server.url),
            )
            .with_hint("its log says why; another program may have its port")
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| failed(&error))?;
        let ticket = runtime.block_on(async {
            let request = reqwest::Client::new().post(&url).bearer_auth(token.expose_secret());
            request.send().await?.error_for_status()?.json::<Ticket>().await
        });
        ticket.map_err(|error| failed(&error))
    }
}

/// What is said where a link for other devices is wanted of a server that none of them reaches.
pub fn no_network() -> ApiError {
    ApiError::conflict("the server listens on this machine alone")
        .with_hint("`run-agent serve --lan` listens on the network")
}

#[derive(Deserialize)]
struct Ticket {
    url: String,
    #[serde(default)]
    pairing_url: Option<String>,
}
