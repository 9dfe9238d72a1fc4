use crate::hosts::daemon_version::DaemonVersion;

/// A key that containerd, or we, read in a `hosts.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::hosts) enum Field {
    Server,
    Host,
    Capabilities,
    Ca,
    Client,
    SkipVerify,
    Header,
    OverridePath,
    DialTimeout,
    CredentialDomain,
}

/// The keys of a host table.
const OF_HOST: [(&str, Field); 8] = [
    ("capabilities", Field::Capabilities),
    ("ca", Field::Ca),
    ("client", Field::Client),
    ("skip_verify", Field::SkipVerify),
    ("header", Field::Header),
    ("override_path", Field::OverridePath),
    ("dial_timeout", Field::DialTimeout),
    ("credential_domain", Field::CredentialDomain),
];
/// The keys that only the root of the file has.
const OF_ROOT: [(&str, Field); 2] = [("server", Field::Server), ("host", Field::Host)];

impl Field {
    /// The key of a host table with that name; go-toml compares without regard to case.
    pub(super) fn of_host(name: &str, daemon: DaemonVersion) -> Option<Self> {
        find(OF_HOST.iter(), name, daemon)
    }

    /// The key of the root with that name.
    pub(super) fn of_root(name: &str, daemon: DaemonVersion) -> Option<Self> {
        find(OF_HOST.iter().chain(&OF_ROOT), name, daemon)
    }

    /// Whether that is, in any case, a key that says something of a host or the server: not one of
    /// the two that hold tables.
    pub(in crate::hosts) fn is_setting(name: &str) -> bool {
        let name = name.to_lowercase();
        OF_HOST
            .iter()
            .chain(&OF_ROOT)
            .any(|(known, field)| *known == name && !matches!(field, Self::Host | Self::Header))
    }

    /// The known name that is nearest to an unknown one, if any is near.
    pub(super) fn nearest(name: &str, in_host: bool) -> Option<&'static str> {
        let of_root: &[(&'static str, Self)] = if in_host { &[] } else { &OF_ROOT };
        // A name far longer than any key is near to none.
        let name: String = name.chars().take(64).collect();
        let name = name.to_ascii_lowercase().replace('-', "_");
        OF_HOST
            .iter()
            .chain(of_root)
            .map(|(known, _)| (strsim::levenshtein(&name, known), *known))
            .filter(|(edits, known)| *edits <= 1 + known.len() / 4)
            .min()
            .map(|(_, known)| known)
    }
}

fn find<'a>(
    mut fields: impl Iterator<Item = &'a (&'a str, Field)>,
    name: &str,
    daemon: DaemonVersion,
) -> Option<Field> {
    let folded = name.to_lowercase();
    if !daemon.folds_case() && name != folded && name != name.to_uppercase() {
        return None;
    }
    fields
        .find(|(known, _)| *known == folded)
        .map(|(_, field)| *field)
        .filter(|field| *field != Field::DialTimeout || daemon.knows_dial_timeout())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_known_key_is_suggested() {
        for (name, in_host, known) in [
            ("capability", true, Some("capabilities")),
            ("skip-verify", true, Some("skip_verify")),
            ("headers", true, Some("header")),
            ("hosts", false, Some("host")),
            ("sever", false, Some("server")),
            ("sever", true, None),
            ("something_else", true, None),
        ] {
            assert_eq!(Field::nearest(name, in_host), known, "{name}");
        }
    }
}
