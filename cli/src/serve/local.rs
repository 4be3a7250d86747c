//! Loopback only: the address that is bound, and the name that a request was addressed to.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::Reply;
use crate::failure::{Failure, Result};
use crate::input::OwnedMessage;

/// The address to bind; anything but a loopback address is refused.
pub fn loopback_address(host: &str, port: u16) -> Result<SocketAddr> {
    let address = match host {
        "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        _ => host.parse::<IpAddr>().ok(),
    };
    match address {
        Some(address) if address.is_loopback() => Ok(SocketAddr::new(address, port)),
        Some(_) => Err(Failure::usage(format!(
            "{host} is no loopback address: this server explains to everybody what they should have signed, so it stays on this machine"
        ))),
        None => Err(Failure::usage(format!("--bind {host:?} is no address"))),
    }
}

/// A refusal if the request was addressed to another host: a web page that a browser loaded from elsewhere could reach this
/// server through a name of its own that points here.
pub fn foreign_host(message: &OwnedMessage) -> Option<Reply> {
    let host = message.header("host")?;
    let name = std::str::from_utf8(host).ok().map(name_of);
    match name {
        Some(name) if is_loopback_name(name) => None,
        _ => Some(Reply::json(
            421,
            "foreign host",
            &serde_json::json!({ "detail": "the Host header names no loopback address" }),
        )),
    }
}

/// A host without its port.
pub fn name_of(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or_default();
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

/// Whether a name can only mean this machine.
pub fn is_loopback_name(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_loopback_is_bound() {
        for host in ["127.0.0.1", "127.9.9.9", "::1", "localhost"] {
            assert!(loopback_address(host, 0).unwrap().ip().is_loopback());
        }
        for host in ["0.0.0.0", "::", "192.168.1.1", "example.com", ""] {
            assert!(loopback_address(host, 0).is_err(), "{host}");
        }
    }

    #[test]
    fn only_loopback_names_are_answered() {
        let to = |host: &str| {
            let mut m = OwnedMessage::default();
            m.push_header("Host", host);
            foreign_host(&m).map(|r| r.status)
        };
        for host in [
            "localhost",
            "LOCALHOST:80",
            "127.0.0.1:8080",
            "[::1]:9",
            "[::1]",
        ] {
            assert_eq!(to(host), None, "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:80",
            "",
            "localhost.evil:1",
        ] {
            assert_eq!(to(host), Some(421), "{host}");
        }
        assert_eq!(foreign_host(&OwnedMessage::default()), None);
    }
}
