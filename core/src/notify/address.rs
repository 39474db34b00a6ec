//! Where a webhook may go: not to this machine, nor into the networks around it, unless that is allowed.
//!
//! The check is made of the very addresses that are connected to: a name that means another address a
//! moment later leads nowhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A webhook that leads to a private address.
#[derive(Debug, thiserror::Error)]
#[error("{host} is {address}, a private address; allow_private: true allows it")]
pub(super) struct PrivateAddress {
    host: String,
    address: IpAddr,
}

/// Resolves names to addresses that may be connected to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver {
    pub allow_private: bool,
}

impl Resolver {
    /// Checks an address that stands in the URL itself: nothing is resolved then.
    pub(super) fn check(self, url: &Url) -> Result<(), PrivateAddress> {
        let host = url.host_str().unwrap_or_default();
        match host.trim_matches(['[', ']']).parse() {
            Ok(address) => self.allow(host, [SocketAddr::new(address, 0)]).map(drop),
            Err(_) => Ok(()),
        }
    }

    /// Those that may be connected to; an error where there is none.
    fn allow(
        self,
        host: &str,
        found: impl IntoIterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, PrivateAddress> {
        let may = |address: &SocketAddr| self.allow_private || is_public(address.ip());
        let (allowed, refused): (Vec<_>, Vec<_>) = found.into_iter().partition(may);
        match refused.first() {
            Some(address) if allowed.is_empty() => {
                Err(PrivateAddress { host: host.to_owned(), address: address.ip() })
            }
            _ => Ok(allowed),
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = resolver.allow(name.as_str(), found)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match embedded(address) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    // The one address of Azure's own services that is in no private network.
    let is_azure = address == Ipv4Addr::new(168, 63, 129, 16);
    let is_carriers = a == 100 && (64..128).contains(&b);
    let is_reserved = a == 0 || a >= 240 || (a == 192 && b == 0 && c == 0) || (a == 198 && b & 0xfe == 18);
    !(is_azure
        || is_carriers
        || is_reserved
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    // Only 2000::/3 is given out; documentation and Teredo's tunnels are in it.
    let is_given_out = first & 0xe000 == 0x2000;
    let is_special = first == 0x2001 && matches!(address.segments()[1], 0 | 0xdb8);
    is_given_out && !is_special
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, NAT64, 6to4.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let of = |high: u16, low: u16| Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match [a, b, c, d, e, f] {
        [0, 0, 0, 0, 0, 0 | 0xffff] | [0x64, 0xff9b, 0, 0, 0, 0] => of(g, h),
        [0x2002, ..] => of(b, c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones_in_every_clothing() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "2606:4700:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }

    #[test]
    fn an_address_in_the_url_is_checked_however_it_is_written() {
        let refused = |url: &str| Resolver { allow_private: false }.check(&Url::parse(url).expect("a URL"));
        for url in ["http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://[::1]:80/"] {
            assert!(refused(url).is_err(), "{url}");
            assert!(Resolver { allow_private: true }.check(&Url::parse(url).expect("a URL")).is_ok());
        }
        assert!(refused("http://1.1.1.1/").is_ok());
        assert!(refused("http://example.org/").is_ok(), "a name is looked at when it is resolved");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_name_that_means_a_private_address_leads_nowhere() {
        let ask = |allow_private| Resolver { allow_private }.resolve("localhost".parse().expect("a name"));
        let error = ask(false).await.err().expect("refused").to_string();
        assert!(error.contains("a private address"), "{error}");
        assert!(ask(true).await.expect("allowed").next().is_some());
    }

    #[test]
    fn of_several_addresses_only_the_public_ones_are_tried() {
        let found = ["127.0.0.1:0", "1.1.1.1:0"].map(|text| text.parse().expect("an address"));
        let allowed = Resolver { allow_private: false }.allow("x", found).expect("one of them");
        assert_eq!(allowed, [found[1]]);
    }
}
