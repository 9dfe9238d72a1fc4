use std::borrow::Cow;
use std::net::Ipv6Addr;

use memchr::{memchr, memrchr};

use crate::byte_set::ByteSet;

/// A URL cut by the rules of Go's `url.Parse`, which decide which host containerd asks: the
/// authority keeps its spelling and its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Url {
    /// In lower case; empty where none was written.
    pub(crate) scheme: Cow<'static, str>,
    /// Host name and port as written.
    pub(crate) host: String,
    /// With percent-escapes decoded.
    pub(crate) path: String,
    /// Whether a user or a password was written before the host.
    pub(crate) has_user: bool,
    /// Whether a query or a fragment was written.
    pub(crate) has_query_or_fragment: bool,
}

/// Why Go refuses a URL. Never quotes it: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UrlFault(pub(crate) &'static str);

impl Url {
    /// Reads the text; `bare_ipv6` as Go did before 1.26, where only the last colon counts.
    pub(crate) fn parse_as(text: &str, bare_ipv6: bool) -> Result<Self, UrlFault> {
        let reader = UrlReader::of(text);
        let (before, fragment) = reader.cut_off(text, b'#');
        reader.unescape(fragment.unwrap_or_default(), Part::Path)?;
        if reader.has_marks && before.bytes().any(|byte| byte.is_ascii_control()) {
            return Err(UrlFault("a control character in the URL"));
        }
        let (scheme, rest) = cut_scheme(before)?;
        let (rest, query) = reader.cut_off(rest, b'?');
        let mut url = Self {
            scheme: lower_scheme(scheme),
            host: String::new(),
            path: String::new(),
            has_user: false,
            has_query_or_fragment: query.is_some() || fragment.is_some(),
        };
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                // Go keeps such a rest aside as "opaque": no host, no path.
                return Ok(url);
            }
            let segment = rest.split('/').next().unwrap_or(rest);
            if segment.contains(':') {
                return Err(UrlFault("a colon before the first slash, and no scheme"));
            }
        }
        let mut path = rest;
        let has_authority = !scheme.is_empty() || !rest.starts_with("///");
        if let Some(after) = rest.strip_prefix("//").filter(|_| has_authority) {
            // Since Go 1.26 an http URL has one colon at most; other schemes count the last.
            let is_http = matches!(&*url.scheme, "http" | "https");
            let end = memchr(b'/', after.as_bytes()).unwrap_or(after.len());
            let (authority, after) = after.split_at(end);
            (url.host, url.has_user) = reader.parse_authority(!bare_ipv6 && is_http, authority)?;
            path = after;
        }
        url.path = reader.unescape(path, Part::Path)?;
        Ok(url)
    }
}

/// The text as a value in a query, by the rules of Go's `url.QueryEscape`.
pub(crate) fn query_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'-' | b'_' | b'.' | b'~' => escaped.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// Reads the parts of one URL.
#[derive(Clone, Copy)]
struct UrlReader {
    /// Whether the URL has any of the marks and control characters that most have none of: they need be
    /// looked for only then.
    has_marks: bool,
}

impl UrlReader {
    fn of(url: &str) -> Self {
        Self {
            has_marks: !WITHOUT_MARKS.holds_all(url),
        }
    }

    fn find(self, mark: u8, text: &str) -> Option<usize> {
        let text = text.as_bytes();
        self.has_marks.then(|| memchr(mark, text)).flatten()
    }

    fn find_last(self, mark: u8, text: &str) -> Option<usize> {
        let text = text.as_bytes();
        self.has_marks.then(|| memrchr(mark, text)).flatten()
    }

    /// What stands before a mark, and what behind it.
    fn cut_off(self, text: &str, mark: u8) -> (&str, Option<&str>) {
        match self.find(mark, text) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        }
    }

    fn parse_authority(self, one_colon: bool, authority: &str) -> Result<(String, bool), UrlFault> {
        let Some(at) = self.find_last(b'@', authority) else {
            return Ok((self.parse_host(one_colon, authority)?, false));
        };
        let (user, host) = (&authority[..at], &authority[at + 1..]);
        let host = self.parse_host(one_colon, host)?;
        let allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
        if !user.bytes().all(allowed) {
            return Err(UrlFault("a character that is not allowed before the `@`"));
        }
        self.unescape(user, Part::Path)?;
        Ok((host, true))
    }

    fn parse_host(self, one_colon: bool, host: &str) -> Result<String, UrlFault> {
        if let Some(open) = self.find_last(b'[', host) {
            return if open == 0 {
                self.parse_bracketed(host)
            } else {
                Err(UrlFault("a bracket inside the host name"))
            };
        }
        if let Some(first) = memchr(b':', host.as_bytes()) {
            let colon = if one_colon {
                first
            } else {
                host.rfind(':').unwrap_or(first)
            };
            check_port(&host[colon..])?;
        }
        self.unescape(host, Part::Host)
    }

    fn parse_bracketed(self, host: &str) -> Result<String, UrlFault> {
        let Some(close) = host.rfind(']') else {
            return Err(UrlFault("the bracket of the IPv6 address is not closed"));
        };
        let (inner, port) = (&host[1..close], &host[close + 1..]);
        check_port(port)?;
        let (address, zone) = inner.split_at(inner.find("%25").unwrap_or(inner.len()));
        let address = self.unescape(address, Part::Host)?;
        let zone = self.unescape(zone, Part::Zone)?;
        if address.parse::<Ipv6Addr>().is_err() || zone == "%" {
            return Err(UrlFault("not an IPv6 address between the brackets"));
        }
        Ok(format!("[{address}{zone}]{port}"))
    }

    fn unescape(self, text: &str, part: Part) -> Result<String, UrlFault> {
        let bytes = text.as_bytes();
        let is_plain = self.find(b'%', text).is_none();
        if is_plain && (part == Part::Path || IN_HOST.holds_all(text)) {
            return Ok(text.to_owned());
        }
        let mut decoded = Vec::with_capacity(bytes.len());
        let mut index = 0;
        while index < bytes.len() {
            let byte = bytes[index];
            if byte != b'%' {
                if part != Part::Path && byte.is_ascii() && !IN_HOST.holds(byte) {
                    return Err(UrlFault("a character that is not allowed in a host name"));
                }
                decoded.push(byte);
                index += 1;
                continue;
            }
            let hex = text
                .get(index + 1..index + 3)
                .filter(|hex| hex.bytes().all(|digit| digit.is_ascii_hexdigit()))
                .ok_or(UrlFault("a `%` without two hexadecimal digits after it"))?;
            let value = u8::from_str_radix(hex, 16).map_err(|_| UrlFault("a broken escape"))?;
            let refused = match part {
                Part::Host => value < 0x80 && hex != "25",
                Part::Zone => hex != "25" && value != b' ' && !IN_HOST.holds(value),
                Part::Path => false,
            };
            if refused {
                return Err(UrlFault("an escape that is not allowed in a host name"));
            }
            decoded.push(value);
            index += 3;
        }
        // Go keeps bytes that are not UTF-8; such a path names nothing that a registry serves.
        Ok(String::from_utf8(decoded)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Host,
    Zone,
    Path,
}

fn cut_scheme(text: &str) -> Result<(&str, &str), UrlFault> {
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            _ if byte.is_ascii_alphabetic() => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err(UrlFault("a colon where the scheme should be")),
            b':' => return Ok((&text[..index], &text[index + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn lower_scheme(scheme: &str) -> Cow<'static, str> {
    match scheme {
        "https" => "https".into(),
        "http" => "http".into(),
        other => other.to_ascii_lowercase().into(),
    }
}

fn check_port(colon_port: &str) -> Result<(), UrlFault> {
    let digits = match colon_port.strip_prefix(':') {
        None if colon_port.is_empty() => return Ok(()),
        None => return Err(UrlFault("text between the IPv6 address and the port")),
        Some(digits) => digits,
    };
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(UrlFault(
            "the port is not a number, or an IPv6 address has no brackets",
        ))
    }
}

static WITHOUT_MARKS: ByteSet = ByteSet::between(b' ', 0xff).without(b"#?@[%\x7f");

/// What may stand in a host name, unless it is beyond ASCII.
static IN_HOST: ByteSet = ByteSet::ALPHANUMERIC.with(b"!\"$&'()*+,-.:;<=>[]_~");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_cut_where_go_cuts_them() {
        for (text, scheme, host, path) in [
            ("https://up.test", "https", "up.test", ""),
            ("HTTPS://Up.Test:443/a", "https", "Up.Test:443", "/a"),
            (
                "https://user:pw@up.test/v2?x=1#f",
                "https",
                "up.test",
                "/v2",
            ),
            ("https://[::1]:5000", "https", "[::1]:5000", ""),
            ("https://[fe80::1%25en0]/", "https", "[fe80::1%en0]", "/"),
            ("https://up/%2Fa%20b", "https", "up", "//a b"),
            ("http-cache.corp", "", "", "http-cache.corp"),
            ("httpd:5000", "httpd", "", ""),
            ("https:/up.test", "https", "", "/up.test"),
            ("https:up.test", "https", "", ""),
            ("https:///v2", "https", "", "/v2"),
            ("https://", "https", "", ""),
            ("https://up:", "https", "up:", ""),
            ("http+x://a:b:1", "http+x", "a:b:1", ""),
            ("https://b\u{fc}cher.test", "https", "b\u{fc}cher.test", ""),
            ("https://b%C3%BCcher.test", "https", "b\u{fc}cher.test", ""),
        ] {
            let url = Url::parse_as(text, false).unwrap();
            assert_eq!(
                (&*url.scheme, &*url.host, &*url.path),
                (scheme, host, path),
                "{text}"
            );
        }
    }

    #[test]
    fn what_go_refuses_is_no_url() {
        for text in [
            "https://up ",
            "https://::1:5000",
            "https://up:abc",
            "https://[up]",
            "https://up\\test",
            "https://[::1",
            "https://a[::1]",
            "https://[::1]x",
            "https://up/%zz",
            "https://%41.test",
            "https://up\n",
            "https://u p@up",
            "https://[1.2.3.4]",
            "https://[fe80::1%25]",
            "https://up#%z",
            ":x",
        ] {
            assert!(Url::parse_as(text, false).is_err(), "{text:?}");
        }
    }

    #[test]
    fn query_values_are_escaped_as_go_escapes_them() {
        for (text, escaped) in [
            ("reg.test:5000", "reg.test%3A5000"),
            ("[::1]", "%5B%3A%3A1%5D"),
            ("a b~c", "a+b~c"),
            ("\u{fc}", "%C3%BC"),
        ] {
            assert_eq!(query_escape(text), escaped);
        }
    }
}
