//! Listening: Go's addresses, for IPv6 and IPv4 both.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

use super::super::error::{Error, io_text};

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 4096;

/// The port of a service's name.
fn port_of(name: &str) -> Option<u16> {
    match name {
        "" => Some(0),
        "http" => Some(80),
        "https" => Some(443),
        name => name.parse().ok(),
    }
}

/// The host and the port of an address such as `:8080`, `localhost:80` or `[::1]:http`.
fn split(addr: &str) -> Result<(&str, u16), String> {
    let Some((host, port)) = addr.rsplit_once(':') else {
        return Err(format!("address {addr}: missing port in address"));
    };
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']').ok_or_else(|| format!("address {addr}: missing ']' in address"))?,
        None if host.contains(':') => return Err(format!("address {addr}: too many colons in address")),
        None => host,
    };
    let port = port_of(port).ok_or_else(|| format!("lookup tcp/{port}: unknown port"))?;
    Ok((host, port))
}

/// Listens at an address; an empty host is every address of the machine, of IPv6 and IPv4.
pub(super) async fn listen(addr: &str) -> Result<TcpListener, Error> {
    let (host, port) = split(addr).map_err(|what| Error::new(format!("listen tcp: {what}")))?;
    if host.is_empty() {
        let both = bind(SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), port));
        let bound = match both {
            Err(error)
                if error.kind() != io::ErrorKind::AddrInUse && error.kind() != io::ErrorKind::PermissionDenied =>
            {
                // A machine without IPv6.
                bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port))
            }
            bound => bound,
        };
        return bound.map_err(|error| Error::io(format!("listen tcp {addr}: bind"), error));
    }
    let found = match tokio::net::lookup_host((host, port)).await {
        Ok(mut addresses) => {
            let first = addresses.next();
            // As in Go, a name that has an IPv4 address listens there.
            first.filter(SocketAddr::is_ipv4).or_else(|| addresses.find(SocketAddr::is_ipv4)).or(first)
        }
        Err(error) => {
            let text = format!("listen tcp: lookup {host}: {}", lookup_text(&error));
            return Err(Error::with_text(text, error));
        }
    };
    let Some(address) = found else {
        return Err(Error::new(format!("listen tcp: lookup {host}: no such host")));
    };
    bind(address).map_err(|error| Error::io(format!("listen tcp {address}: bind"), error))
}

/// What Go says when a name has no address.
pub(in crate::http) fn lookup_text(error: &io::Error) -> String {
    let text = io_text(error);
    if text.contains("not known") || text.contains("No address") || text.contains("nodename") {
        "no such host".to_owned()
    } else {
        text
    }
}

/// Binds and listens.
pub(in crate::http) fn bind(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    if addr.is_ipv6() && addr.ip().is_unspecified() {
        socket.set_only_v6(false)?;
    }
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn addresses_are_split() {
        assert_eq!(split(":8080"), Ok(("", 8080)));
        assert_eq!(split("localhost:http"), Ok(("localhost", 80)));
        assert_eq!(split("[::1]:443"), Ok(("::1", 443)));
        assert_eq!(split("1.2.3.4:"), Ok(("1.2.3.4", 0)));
        for (addr, error) in [
            ("8080", "address 8080: missing port in address"),
            ("::1:80", "address ::1:80: too many colons in address"),
            ("h:x", "lookup tcp/x: unknown port"),
        ] {
            assert_eq!(split(addr).unwrap_err(), error);
        }
    }
}
