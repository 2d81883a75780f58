//! The network a request comes from: its address, as far as it can be believed.
//!
//! Behind a proxy every connection comes from the proxy, which says in `X-Forwarded-For` whom it serves. Anybody can
//! send that header, so it counts only as far as trusted proxies wrote it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Whoever has one IPv4 address, or the 64 bits of an IPv6 address that one household has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

/// The addresses of the proxies in front of the server, whose `X-Forwarded-For` counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// The text does not name addresses of proxies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("trusted proxies are addresses or networks, such as 10.0.0.7,10.1.0.0/16,fd00::/8")]
pub struct BadTrustedProxies;

impl FromStr for TrustedProxies {
    type Err = BadTrustedProxies;

    fn from_str(text: &str) -> Result<Self, BadTrustedProxies> {
        let named = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| part.parse().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
        named.map(network).collect::<Result<_, _>>().map(Self).map_err(|_| BadTrustedProxies)
    }
}

impl TrustedProxies {
    /// Who sent a request that came from `peer` with these headers.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        // Each proxy adds whom it serves at the end, so the end is read first.
        let lines = headers.get_all("x-forwarded-for");
        let said: Vec<&str> =
            lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(',')).collect();
        for said in said.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            // What can't be read was not said by anybody to be trusted.
            let Some(address) = address(said.trim()) else { break };
            client = address.to_canonical();
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An address as proxies write it: alone, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip())).or_else(bare)
}

impl Network {
    /// The network of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(trusted: &str, peer: &str, said: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in said {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).expect("a header"));
        }
        let trusted: TrustedProxies = trusted.parse().expect("proxies");
        trusted.client(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn what_a_stranger_says_of_itself_does_not_count() {
        assert_eq!(client("", "198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(client("10.0.0.0/8", "198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", "10.0.0.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn a_trusted_proxy_says_whom_it_serves_however_many_there_are_and_however_they_write_it() {
        assert_eq!(client("10.0.0.1", "10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8, fd00::/8", "fd00::1", &["203.0.113.9, 198.51.100.7, 10.0.0.9"]), "198.51.100.7");
        assert_eq!(client("10.0.0.0/8", "::ffff:10.0.0.1", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", "10.0.0.1", &["198.51.100.7:4711"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", "10.0.0.1", &["[2001:db8::7]:4711"]), "2001:db8::7");
        assert_eq!(client("10.0.0.1", "10.0.0.1", &["203.0.113.9, nonsense"]), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["10.0.0.2"]), "10.0.0.2", "nobody beyond them is named");
    }

    #[test]
    fn addresses_of_one_household_are_one_network() {
        let network = |text: &str| Network::of(text.parse().expect("an address"));
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    #[test]
    fn only_addresses_and_networks_are_proxies() {
        for text in ["proxy.example", "10.0.0.0/33", "10.0.0.1;10.0.0.2"] {
            assert_eq!(text.parse::<TrustedProxies>(), Err(BadTrustedProxies), "{text}");
        }
        assert_eq!("".parse(), Ok(TrustedProxies::default()));
    }
}
