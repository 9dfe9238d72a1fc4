use std::fmt;

/// The version of a containerd daemon, as far as it decides how a `hosts.toml` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DaemonVersion {
    major: u16,
    minor: u16,
}

impl DaemonVersion {
    /// Reads as the newest version known here does.
    pub const NEWEST: Self = Self {
        major: u16::MAX,
        minor: u16::MAX,
    };
    /// Wants a host table in every file, knows no `dial_timeout`, reads hosts written in any form.
    pub const V1_7: Self = Self { major: 1, minor: 7 };
    /// Without `referrers` and TOML 1.1.
    pub const V2_1: Self = Self { major: 2, minor: 1 };
    /// Without TOML 1.1.
    pub const V2_3: Self = Self { major: 2, minor: 3 };

    /// Reads `v2.1.9`, `2.1.9~ds1`, `1.7`, as daemons report themselves; `None` where the text does
    /// not start with two numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        let major = numbers.next()?.parse().ok()?;
        let minor = numbers.next()?;
        let digits = minor
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(minor.len());
        let minor = minor[..digits].parse().ok()?;
        Some(Self { major, minor })
    }

    /// Whether it knows the capability `referrers`; an older one refuses the whole file.
    pub(crate) fn knows_referrers(self) -> bool {
        self > Self::V2_1
    }

    /// Whether it reads TOML 1.1; an older one refuses the whole file. A distribution may have
    /// built an older one with a newer parser.
    pub(crate) fn knows_toml_1_1(self) -> bool {
        self > Self::V2_3
    }

    /// Whether it looks at numbers only where it reads them; later ones refuse the file for any.
    pub(crate) fn skips_odd_numbers(self) -> bool {
        self > Self::V1_7 && self <= Self::V2_3
    }

    /// Whether it reads on behind a byte order mark; later ones refuse the file.
    pub(crate) fn skips_byte_order_mark(self) -> bool {
        self <= Self::V1_7
    }

    /// Whether a second dotted key of one host kills it, where it was built with its own parser.
    pub(crate) fn dies_of_dotted_keys(self) -> bool {
        self > Self::V1_7 && self <= Self::V2_3
    }

    /// Whether a date in place of another type kills it, where it was built with its own parser.
    pub(crate) fn dies_of_dates(self) -> bool {
        self > Self::V1_7 && self <= Self::V2_1
    }

    /// Whether an http URL may name an IPv6 address without brackets, as with Go before 1.26.
    pub(crate) fn takes_bare_ipv6(self) -> bool {
        self <= Self::V2_1
    }

    /// Whether it knows keys in any mixture of cases; an older one only in one case throughout.
    pub(crate) fn folds_case(self) -> bool {
        self > Self::V1_7
    }

    /// Whether it reads `dial_timeout`; an older one ignores it.
    pub(crate) fn knows_dial_timeout(self) -> bool {
        self >= Self::V2_1
    }

    /// Whether it takes hosts only from `[host."…"]` headers; an older one takes them from
    /// anywhere, and refuses a file without any.
    pub(crate) fn lists_headers_only(self) -> bool {
        self > Self::V1_7
    }
}

impl fmt::Display for DaemonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NEWEST => f.write_str("newest"),
            Self { major, minor } => write!(f, "{major}.{minor}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_read_as_daemons_report_them() {
        for (text, version) in [
            ("v2.1.9", Some(DaemonVersion::V2_1)),
            ("2.3.4~ds1", Some(DaemonVersion::V2_3)),
            ("1.7.24+unknown", Some(DaemonVersion::V1_7)),
            ("1.7", Some(DaemonVersion::V1_7)),
            ("2", None),
            ("newest", None),
        ] {
            assert_eq!(DaemonVersion::parse(text), version, "{text}");
        }
    }

    #[test]
    fn what_a_version_knows_follows_its_releases() {
        let v2_0 = DaemonVersion { major: 2, minor: 0 };
        let v2_2 = DaemonVersion { major: 2, minor: 2 };
        assert!(!v2_0.knows_dial_timeout() && DaemonVersion::V2_1.knows_dial_timeout());
        assert!(!DaemonVersion::V2_1.knows_referrers() && v2_2.knows_referrers());
        assert!(!DaemonVersion::V2_3.knows_toml_1_1() && DaemonVersion::NEWEST.knows_toml_1_1());
        assert!(!DaemonVersion::V1_7.lists_headers_only() && v2_0.lists_headers_only());
    }
}
