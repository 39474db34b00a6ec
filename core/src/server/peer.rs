//! Who is at the other end of a connection.

use std::net::{IpAddr, SocketAddr};

/// The other end of a connection; an extension of each of its requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// Over the network, loopback included.
    Tcp {
        /// Its address; one of IPv4 as such, also where it came over a port of IPv6.
        address: SocketAddr,
        /// The address of ours that it connected to.
        own: IpAddr,
        /// Whether the connection is encrypted.
        tls: bool,
    },
    /// Over the unix socket, which only its owner can open.
    Unix,
    /// A face in this process, without any connection.
    Within,
}

impl Peer {
    /// Its address without the port; none where it has none.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Peer::Tcp { address, .. } => Some(address.ip()),
            Peer::Unix | Peer::Within => None,
        }
    }

    /// Whether `host` is the address that it connected to. No name can be, so none that was pointed here by
    /// somebody else.
    pub fn reached(&self, host: &str) -> bool {
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let named: Option<IpAddr> = bare.parse().ok();
        matches!(self, Peer::Tcp { own, .. } if Some(*own) == named)
    }

    /// The scheme of addresses that it uses.
    pub fn scheme(&self) -> &'static str {
        if matches!(self, Peer::Tcp { tls: true, .. }) { "https" } else { "http" }
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Peer::Tcp { address, .. } => address.ip().fmt(f),
            Peer::Unix => f.write_str("unix"),
            Peer::Within => f.write_str("within"),
        }
    }
}
