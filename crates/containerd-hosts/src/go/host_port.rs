use std::net::{IpAddr, Ipv4Addr};

/// The port of `host:port` by the rules of Go's `net.SplitHostPort`; empty where there is none,
/// or where the text is none of its forms.
pub(crate) fn port(text: &str) -> &str {
    match split(text) {
        Split::Parts { port, .. } => port,
        Split::None => "",
    }
}

/// Whether containerd takes the registry namespace for this machine
/// (`IsLocalhost` in `core/remotes/docker/resolver.go`).
pub(crate) fn is_localhost(text: &str) -> bool {
    let host = match split(text) {
        Split::Parts { host, .. } => host,
        Split::None => text,
    };
    host == "localhost" || host.parse().is_ok_and(is_loopback)
}

enum Split<'a> {
    Parts { host: &'a str, port: &'a str },
    None,
}

fn split(text: &str) -> Split<'_> {
    let Some(last_colon) = text.rfind(':') else {
        return Split::None;
    };
    let (host, before_port) = if let Some(inner) = text.strip_prefix('[') {
        let Some(end) = text.find(']') else {
            return Split::None;
        };
        let repeated = inner.contains('[') || text[end + 1..].contains(']');
        if end + 1 != last_colon || repeated {
            return Split::None;
        }
        (&text[1..end], last_colon)
    } else {
        let host = &text[..last_colon];
        if host.contains(':') || text.contains(['[', ']']) {
            return Split::None;
        }
        (host, last_colon)
    };
    Split::Parts {
        host,
        port: &text[before_port + 1..],
    }
}

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => Ipv4Addr::is_loopback(&mapped),
            None => address.is_loopback(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_is_recognised_as_containerd_recognises_it() {
        for (text, expected) in [
            ("localhost", true),
            ("localhost:5000", true),
            ("localhost:", true),
            ("LOCALHOST", false),
            ("127.0.0.1", true),
            ("127.1.2.3:80", true),
            ("127.1", false),
            ("0127.0.0.1", false),
            ("[::1]:5000", true),
            ("[::1]", false),
            ("::1", true),
            ("[::ffff:127.0.0.1]:1", true),
            ("0:0:0:0:0:0:0:1", true),
            ("[0:0:0:0:0:0:0:1]:5000", true),
            ("::1:5000", false),
            ("reg.test:5000", false),
        ] {
            assert_eq!(is_localhost(text), expected, "{text}");
        }
    }

    #[test]
    fn a_port_is_what_stands_after_the_only_colon() {
        for (text, expected) in [
            ("reg.test:80", "80"),
            ("reg.test", ""),
            ("[::1]:80", "80"),
            ("::1:80", ""),
            ("[::1]x:80", ""),
            ("a[b:80", ""),
            ("", ""),
        ] {
            assert_eq!(port(text), expected, "{text}");
        }
    }
}
