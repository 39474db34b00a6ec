//! Under which names and addresses other machines know this one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use nix::ifaddrs::{InterfaceAddress, getifaddrs};
use nix::net::if_::InterfaceFlags;

/// An address of no machine (RFC 5737): which of ours would be used to reach what is far away.
const FAR: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 9);

/// Names and addresses of a machine, its loopback left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    host: Option<String>,
    /// The best first.
    addresses: Vec<IpAddr>,
}

impl Names {
    /// Of this machine, as they are now.
    pub fn of_this_machine() -> Self {
        let uname = rustix::system::uname();
        let mut addresses: Vec<IpAddr> =
            getifaddrs().map(|all| all.filter_map(|one| usable(&one)).collect()).unwrap_or_default();
        let towards_far = source();
        addresses.sort_by_key(|address| rank(*address, towards_far));
        addresses.dedup();
        Self { host: uname.nodename().to_str().ok().and_then(plain), addresses }
    }

    /// The names that a request may be sent to; addresses are known by the connection.
    pub fn hosts(&self) -> impl Iterator<Item = String> {
        let local = |host: &String| (!host.contains('.')).then(|| format!("{host}.local"));
        self.host.iter().cloned().chain(self.host.iter().filter_map(local))
    }

    /// All that a certificate should hold, loopback included.
    pub fn all(&self) -> Vec<String> {
        let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        let addresses = self.addresses.iter().copied().chain(loopback).map(|address| address.to_string());
        self.hosts().chain(["localhost".to_owned()]).chain(addresses).collect()
    }

    /// The addresses, the one that others most likely reach first.
    pub fn addresses(&self) -> &[IpAddr] {
        &self.addresses
    }
}

/// A name that may stand in a certificate.
fn plain(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (!name.is_empty() && name != "localhost" && name.chars().all(is_plain)).then(|| name.to_ascii_lowercase())
}

/// The address of an interface that is up, where another machine can use it: those of one link alone need
/// the name of the interface, which no other machine knows.
fn usable(interface: &InterfaceAddress) -> Option<IpAddr> {
    let is_up = interface.flags.contains(InterfaceFlags::IFF_UP);
    let storage = interface.address.as_ref().filter(|_| is_up)?;
    let v4 = storage.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
    let address = v4.or_else(|| storage.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))?;
    let is_of_link = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    (!address.is_loopback() && !is_of_link).then_some(address)
}

/// The address from which packets to the world leave; nothing is sent.
fn source() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(FAR).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

/// Less is better: the way to the world, then plain private networks, then the rest.
fn rank(address: IpAddr, towards_far: Option<IpAddr>) -> (u8, IpAddr) {
    let rank = match address {
        _ if Some(address) == towards_far => 0,
        IpAddr::V4(v4) if v4.is_private() => 1,
        IpAddr::V4(_) => 2,
        IpAddr::V6(_) => 3,
    };
    (rank, address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_holds_names_and_loopback() {
        let names = Names { host: Some("box".to_owned()), addresses: vec![[10, 0, 0, 7].into()] };
        assert_eq!(names.all(), ["box", "box.local", "localhost", "10.0.0.7", "127.0.0.1", "::1"]);
        assert_eq!(Names::default().all(), ["localhost", "127.0.0.1", "::1"]);
        let known = Names { host: Some("box.example.org".to_owned()), ..Names::default() };
        assert_eq!(known.hosts().collect::<Vec<_>>(), ["box.example.org"]);
    }

    #[test]
    fn the_way_to_the_world_comes_first() {
        let (world, home, docker) =
            ([203, 0, 113, 9].into(), [192, 168, 1, 5].into(), [172, 17, 0, 1].into());
        let mut all = [docker, "2001:db8::1".parse().expect("an address"), world, home];
        all.sort_by_key(|address| rank(*address, Some(home)));
        assert_eq!(all[..3], [home, docker, world]);
    }

    #[test]
    fn this_machine_has_no_loopback_among_its_addresses() {
        let names = Names::of_this_machine();
        assert!(names.addresses().iter().all(|address| !address.is_loopback()), "{names:?}");
    }
}
