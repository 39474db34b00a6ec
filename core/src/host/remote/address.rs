//! Where a server is: `http://127.0.0.1:14355`, `https://box:14355#fingerprint=…`, `unix:/path/server.sock`.

use std::path::PathBuf;

use reqwest::Url;

use crate::api::ApiError;
use crate::pinned::{self, Fingerprint};
use crate::store::ServerFile;

/// The address of a server.
#[derive(Debug, Clone)]
pub struct Address {
    /// What requests begin with.
    pub base: Url,
    /// Its unix socket, where it is asked over that.
    pub socket: Option<PathBuf>,
    /// The one certificate that is trusted, where one is named.
    pub fingerprint: Option<Fingerprint>,
}

impl Address {
    /// Reads an address; without a scheme it is HTTP.
    ///
    /// # Errors
    /// For what is no address, and for one on a network without TLS.
    pub fn parse(text: &str) -> Result<Self, ApiError> {
        if let Some(path) = text.strip_prefix("unix:") {
            let path = PathBuf::from(path.strip_prefix("//").unwrap_or(path));
            if !path.is_absolute() {
                return Err(wrong(text, "the path of a socket is absolute"));
            }
            let base = Url::parse("http://localhost/").map_err(|error| wrong(text, error))?;
            return Ok(Self { base, socket: Some(path), fingerprint: None });
        }
        let (url, fingerprint) = pinned::split(text).map_err(|error| wrong(text, error))?;
        let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let mut base = Url::parse(&url).map_err(|error| wrong(text, error))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong(text, "neither http, https nor unix"));
        }
        base.set_query(None);
        let address = Self { base, socket: None, fingerprint };
        address.check().map(|()| address)
    }

    fn check(&self) -> Result<(), ApiError> {
        if !self.base.username().is_empty() || self.base.password().is_some() {
            return Err(ApiError::usage(
                "the address of a server holds no token: it stands in logs and lists",
            )
            .with_hint("set CONDUCTOR_TOKEN, or name a file with --token-file"));
        }
        if self.base.scheme() == "http" && !self.is_here() {
            let words = format_args!("refusing to send a token to {self} in the clear");
            return Err(ApiError::usage(words)
                .with_hint("name it with https://, or go to its 127.0.0.1 through a tunnel"));
        }
        Ok(())
    }

    /// Whether it is an address of this machine.
    pub fn is_here(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let is_loopback = host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        self.socket.is_some() || host == "localhost" || is_loopback
    }

    /// Whether it is that of the server that a file of a root tells of.
    pub fn is_of(&self, server: &ServerFile) -> bool {
        match &self.socket {
            Some(socket) => {
                let real = |path: &std::path::Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
                real(socket) == real(server.socket.as_ref())
            }
            None => Url::parse(&server.url).is_ok_and(|url| {
                self.is_here() && url.port_or_known_default() == self.base.port_or_known_default()
            }),
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.socket {
            Some(socket) => write!(f, "unix:{}", socket.display()),
            None => f.write_str(self.base.as_str().trim_end_matches('/')),
        }
    }
}

fn wrong(text: &str, why: impl std::fmt::Display) -> ApiError {
    ApiError::usage(format_args!("{text:?} is no address of a server: {why}"))
        .with_hint("write http://127.0.0.1:14355, https://box:14355#fingerprint=… or unix:/path/server.sock")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<(String, bool), String> {
        Address::parse(text)
            .map(|address| (address.to_string(), address.is_here()))
            .map_err(|error| error.message)
    }

    #[test]
    fn addresses_are_read_as_they_are_written() {
        for (text, is, here) in [
            ("http://127.0.0.1:14355", "http://127.0.0.1:14355", true),
            ("127.0.0.1:14355", "http://127.0.0.1:14355", true),
            ("localhost:1/", "http://localhost:1", true),
            ("http://[::1]:1", "http://[::1]:1", true),
            ("https://box.example/conductor/", "https://box.example/conductor", false),
            ("unix:/run/server.sock", "unix:/run/server.sock", true),
            ("unix:///run/server.sock", "unix:/run/server.sock", true),
        ] {
            assert_eq!(shown(text), Ok((is.to_owned(), here)), "{text}");
        }
    }

    #[test]
    fn what_would_give_a_token_away_is_refused() {
        for text in [
            "http://box.example:14355",
            "10.0.0.1:1",
            "https://me:token@box",
            "ftp://localhost",
            "unix:x",
            "",
        ] {
            assert!(shown(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_server_of_this_machine_is_known_by_port_or_socket() {
        let server = ServerFile::of_this_process("http://127.0.0.1:7", "/run/none.sock".as_ref());
        let is_of = |text: &str| Address::parse(text).expect("an address").is_of(&server);
        assert!(is_of("http://localhost:7") && is_of("unix:/run/none.sock"));
        assert!(!is_of("http://127.0.0.1:8") && !is_of("https://box:7") && !is_of("unix:/run/other.sock"));
    }
}
