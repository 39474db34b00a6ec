//! Whether a server listens on the network, and how others reach it there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::listen;
use super::names::Names;
use super::options::ServeOptions;
use super::tls::Tls;
use crate::api::{ApiError, App};
use crate::pinned::Fingerprint;
use crate::store::Root;

/// Where others reach a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnNetwork {
    /// Its addresses, `https://…`; the one that others most likely reach first.
    pub urls: Vec<String>,
    /// Of the certificate that it shows.
    pub fingerprint: Fingerprint,
    /// Whether the certificate was made in place of one that others may have pinned.
    pub is_new: bool,
}

impl OnNetwork {
    /// The pairing link with this ticket.
    pub fn link(&self, ticket: &str) -> String {
        let url = self.urls.first().map_or("", String::as_str);
        format!("{url}/#ticket={ticket}&fingerprint={}", self.fingerprint)
    }
}

/// Where a server is to listen, and what encrypts it.
pub struct Plan {
    /// The addresses; the first is the one that was asked for.
    pub hosts: Vec<IpAddr>,
    /// The address for programs of this machine.
    pub here: IpAddr,
    /// What encrypts the port, where it does; this machine's own connections need not be.
    pub tls: Option<Tls>,
    /// Names and addresses of this machine, where it listens on the network.
    pub names: Option<Names>,
}

impl Plan {
    /// What the options and the configuration ask for.
    ///
    /// # Errors
    /// For an address that is none, one of the network without TLS, and a certificate that cannot be used.
    pub fn new(app: &App, root: &Root, options: &ServeOptions) -> Result<Self, ApiError> {
        let files = app.config().api.tls.as_ref();
        let host = host(app, options)?;
        if host.is_loopback() {
            let tls = files.map(Tls::configured).transpose()?;
            return Ok(Self { hosts: vec![host], here: host, tls, names: None });
        }
        let names = Names::of_this_machine();
        let tls = match files {
            Some(files) => Tls::configured(files)?,
            None if options.lan => Tls::own(root, &names, app.clock.now())?,
            None => return Err(unencrypted(host)),
        };
        let here = Ipv4Addr::LOCALHOST.into();
        let hosts = if host.is_unspecified() { vec![host] } else { vec![host, here] };
        Ok(Self { hosts, here, tls: Some(tls), names: Some(names) })
    }

    /// How others reach it on this port.
    pub fn on_network(&self, port: u16) -> Option<OnNetwork> {
        let (tls, names) = (self.tls.as_ref()?, self.names.as_ref()?);
        let host = self.hosts[0];
        let reached: Vec<IpAddr> = match host {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => {
                names.addresses().iter().copied().filter(IpAddr::is_ipv4).collect()
            }
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => names.addresses().to_vec(),
            host => vec![host],
        };
        let urls = reached.into_iter().map(|address| format!("https://{}:{port}", bracketed(address)));
        Some(OnNetwork { urls: urls.collect(), fingerprint: tls.fingerprint, is_new: tls.replaces.is_some() })
    }
}

/// An address as it stands in a URL.
pub fn bracketed(host: IpAddr) -> String {
    if host.is_ipv6() { format!("[{host}]") } else { host.to_string() }
}

fn host(app: &App, options: &ServeOptions) -> Result<IpAddr, ApiError> {
    let named = options.host.as_deref();
    let text = named.unwrap_or(&app.config().api.host);
    let address = if text == "localhost" { Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)) } else { text.parse() };
    let address: IpAddr = address.map_err(|_| {
        ApiError::usage(format_args!("{text:?} is no address to listen on"))
            .with_hint("write 127.0.0.1 or ::1, or an address of this machine")
    })?;
    if !options.lan || !address.is_loopback() {
        return Ok(address);
    }
    if named.is_some() {
        return Err(ApiError::usage(format_args!(
            "--lan listens on the network, and {address} is not there"
        ))
        .with_hint("leave --host out, or name an address of this machine on the network"));
    }
    Ok(if listen::has_both() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() })
}

fn unencrypted(address: IpAddr) -> ApiError {
    let why = "without TLS everybody on the network could read the token";
    ApiError::usage(format_args!("refusing to listen on {address}: {why}"))
        .with_hint("`run-agent serve --lan` makes a certificate; api.tls names one of your own")
}
