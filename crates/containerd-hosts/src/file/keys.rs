use std::borrow::Cow;

use super::field::{Field, OF_HOST, OF_ROOT};
use crate::byte_set::ByteSet;
use crate::daemon_version::DaemonVersion;

/// The keys that a reader knows: containerd's, and those that the caller announced.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys<'a> {
    pub(crate) daemon: DaemonVersion,
    /// In lower case. They stand where the keys of a host stand.
    pub(crate) announced: &'a [String],
}

impl<'a> Keys<'a> {
    /// The key of a host table with that name; go-toml compares without regard to case.
    pub(super) fn of_host(self, name: &str) -> Option<Field> {
        self.find(name, |name| find(of_host(self.announced), name))
    }

    /// The key of the root with that name.
    pub(super) fn of_root(self, name: &str) -> Option<Field> {
        self.find(name, |name| find(of_root(self.announced), name))
    }

    fn find(self, name: &str, find: impl Fn(&str) -> Option<Field>) -> Option<Field> {
        // Most names are written in lower case.
        let found = find(name).or_else(|| find(&self.fold(name)?));
        found.filter(|field| *field != Field::DialTimeout || self.daemon.knows_dial_timeout())
    }

    /// In lower case; `None` where the daemon knows no key in such a case.
    fn fold(self, name: &str) -> Option<String> {
        let folded = name.to_lowercase();
        let is_known = self.daemon.folds_case() || name == folded || name == name.to_uppercase();
        is_known.then_some(folded)
    }

    /// The known name that is nearest to an unknown one, if any is near.
    pub(super) fn nearest(self, name: &str, in_host: bool) -> Option<&'a str> {
        let of_root: &[(&'static str, Field)] = if in_host { &[] } else { &OF_ROOT };
        // A name far longer than any key is near to none.
        let name: String = name.chars().take(64).collect();
        let name = name.to_ascii_lowercase().replace('-', "_");
        of_host(self.announced)
            .chain(of_root.iter().copied())
            .map(|(known, _)| (strsim::levenshtein(&name, known), known))
            .filter(|(edits, known)| *edits <= 1 + known.len() / 4)
            .min()
            .map(|(_, known)| known)
    }
}

/// Whether that is, in any case, a key that says something of a host or the server: not one of
/// the two that hold tables.
pub(crate) fn is_setting(name: &str, announced: &[String]) -> bool {
    let name = name.to_lowercase();
    of_root(announced)
        .any(|(known, field)| known == name && !matches!(field, Field::Host | Field::Header))
}

/// ASCII without capitals.
static LOWER: ByteSet = ByteSet::between(0, b'@').and_between(b'[', 0x7f);

/// In lower case, which most texts are written in.
pub(crate) fn lowered(text: &str) -> Cow<'_, str> {
    match LOWER.holds_all(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.to_lowercase()),
    }
}

fn of_host(announced: &[String]) -> impl Iterator<Item = (&str, Field)> {
    let announced = announced.iter().enumerate();
    let announced = announced.map(|(at, name)| (name.as_str(), Field::Announced(at)));
    OF_HOST.iter().copied().chain(announced)
}

fn of_root(announced: &[String]) -> impl Iterator<Item = (&str, Field)> {
    // Most tables begin with `host`.
    OF_ROOT.iter().copied().chain(of_host(announced))
}

fn find<'a>(mut fields: impl Iterator<Item = (&'a str, Field)>, name: &str) -> Option<Field> {
    let found = fields.find(|(known, _)| *known == name);
    found.map(|(_, field)| field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_known_key_is_suggested() {
        let announced = ["owner_team".to_owned()];
        let keys = Keys {
            daemon: DaemonVersion::NEWEST,
            announced: &announced,
        };
        for (name, in_host, known) in [
            ("capability", true, Some("capabilities")),
            ("skip-verify", true, Some("skip_verify")),
            ("headers", true, Some("header")),
            ("hosts", false, Some("host")),
            ("sever", false, Some("server")),
            ("sever", true, None),
            ("owner-teams", true, Some("owner_team")),
            ("something_else", true, None),
        ] {
            assert_eq!(keys.nearest(name, in_host), known, "{name}");
        }
    }

    #[test]
    fn an_announced_key_is_known_in_any_case() {
        let announced = ["owner_team".to_owned()];
        let of_host = |daemon, name| {
            let keys = Keys {
                daemon,
                announced: &announced,
            };
            keys.of_host(name)
        };
        let newest = DaemonVersion::NEWEST;
        assert_eq!(of_host(newest, "Owner_Team"), Some(Field::Announced(0)));
        assert_eq!(of_host(DaemonVersion::V1_7, "Owner_Team"), None);
        assert_eq!(of_host(newest, "server"), None);
    }
}
