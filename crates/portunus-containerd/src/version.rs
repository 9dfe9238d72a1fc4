use std::fmt;

/// The version a daemon reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaemonVersion {
    text: String,
    major_minor: Option<(u32, u32)>,
}

impl DaemonVersion {
    /// Reads `2.1.9+unknown`, `v1.7.24`. Anything else is kept as text.
    pub fn parse(text: &str) -> Self {
        let mut numbers = text.trim_start_matches('v').split('.');
        let mut next = || numbers.next()?.parse().ok();
        let major_minor = next().and_then(|major| Some((major, next()?)));
        Self {
            text: text.to_owned(),
            major_minor,
        }
    }

    /// As reported.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Major and minor number; `None` where the text has none, as a development build may not.
    pub fn major_minor(&self) -> Option<(u32, u32)> {
        self.major_minor
    }

    /// Whether the transfer service reads the host directory it is given. Before 2.0.0 it ignores
    /// it without a word (`core/transfer/registry/registry.go`).
    pub fn reads_host_directory(&self) -> bool {
        self.at_least(2, 0)
    }

    /// Whether `?ns=` is sent on a push. Before 2.3.0 it is not
    /// (`core/remotes/docker/pusher.go`).
    pub fn sends_ns_on_push(&self) -> bool {
        self.at_least(2, 3)
    }

    /// A version without numbers is a build from source, and taken for a new one.
    fn at_least(&self, major: u32, minor: u32) -> bool {
        self.major_minor
            .is_none_or(|version| version >= (major, minor))
    }
}

impl fmt::Display for DaemonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_tell_what_the_daemon_can_do() {
        for (text, numbers, host_directory, ns_on_push) in [
            ("2.1.9+unknown", Some((2, 1)), true, false),
            ("v2.3.0", Some((2, 3)), true, true),
            ("1.7.24~ds1", Some((1, 7)), false, false),
            ("1.6.20", Some((1, 6)), false, false),
            ("3.0.0-rc.1", Some((3, 0)), true, true),
            ("0123abc", None, true, true),
        ] {
            let version = DaemonVersion::parse(text);
            assert_eq!(version.major_minor(), numbers, "{text}");
            assert_eq!(version.reads_host_directory(), host_directory, "{text}");
            assert_eq!(version.sends_ns_on_push(), ns_on_push, "{text}");
        }
    }
}
