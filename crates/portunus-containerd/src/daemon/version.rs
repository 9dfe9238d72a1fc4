use std::fmt;

use portunus::hosts::DaemonVersion;

/// The version a daemon reports, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedVersion {
    text: String,
    version: DaemonVersion,
}

impl ReportedVersion {
    /// Takes the daemon's text. One that does not start with two numbers is a build from source,
    /// and taken for a new one.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let version = DaemonVersion::parse(&text).unwrap_or(DaemonVersion::NEWEST);
        Self { text, version }
    }

    /// As reported.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How it reads a `hosts.toml`.
    pub fn daemon_version(&self) -> DaemonVersion {
        self.version
    }

    /// Whether the transfer service reads the host directory it is given. Before 2.0.0 it ignores
    /// it without a word (`core/transfer/registry/registry.go`).
    pub fn reads_host_directory(&self) -> bool {
        self.version > DaemonVersion::V1_7
    }

    /// Whether `?ns=` is sent on a push. Before 2.3.0 it is not
    /// (`core/remotes/docker/pusher.go`).
    pub fn sends_ns_on_push(&self) -> bool {
        self.version >= DaemonVersion::V2_3
    }
}

impl fmt::Display for ReportedVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_tell_what_the_daemon_can_do() {
        for (text, host_directory, ns_on_push) in [
            ("2.1.9+unknown", true, false),
            ("v2.3.0", true, true),
            ("1.7.24~ds1", false, false),
            ("1.6.20", false, false),
            ("3.0.0-rc.1", true, true),
            ("0123abc", true, true),
        ] {
            let version = ReportedVersion::new(text);
            assert_eq!(version.reads_host_directory(), host_directory, "{text}");
            assert_eq!(version.sends_ns_on_push(), ns_on_push, "{text}");
        }
    }
}
