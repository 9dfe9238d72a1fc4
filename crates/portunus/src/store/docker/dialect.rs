use super::kubelet_key::is_fallback;
use super::{key, kubelet_key, unusable};
use crate::name::{Authority, CredentialKey};

/// By whose rules the keys of `auths` are read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Dialect {
    /// docker's, with the paths of containers/image and what nerdctl writes.
    #[default]
    Docker,
    /// The same keys in an `auth.json`, of which the one that containers/image writes goes first.
    Containers,
    /// The kubelet's, in a pull secret.
    Kubelet,
}

impl Dialect {
    /// What a key stands for; `None` where it answers for no host.
    pub(super) fn key(self, text: &str) -> Option<CredentialKey> {
        match self {
            Self::Docker | Self::Containers => key::credential_key(text),
            Self::Kubelet => kubelet_key::credential_key(text),
        }
    }

    /// Why a key answers for no host.
    pub(super) fn why_none(self, text: &str) -> &'static str {
        match self {
            Self::Docker | Self::Containers => unusable::why_no_host(text),
            Self::Kubelet => kubelet_key::why_no_host(text),
        }
    }

    /// Whether a spelling of a key is tried where the one before it is refused.
    pub(super) fn tries(self, text: &str, before: &str) -> bool {
        match self {
            Self::Docker | Self::Containers => false,
            // `docker.io` hides `https://index.docker.io/v1/`.
            Self::Kubelet => !(is_fallback(text) && kubelet_key::is_looked_up(before)),
        }
    }

    /// What a plain login of a host is looked for under before any other spelling: containers/image
    /// looks for `docker.io` first, where docker looks for `https://index.docker.io/v1/`.
    pub(super) fn first_spelling(self, host: &Authority) -> String {
        match self {
            Self::Containers => host.to_string(),
            Self::Docker | Self::Kubelet => key::write_key(host),
        }
    }

    /// What a plain login of a host may be stored under in a helper, most likely first.
    pub(super) fn spellings(self, host: &Authority) -> Vec<String> {
        let mut spellings = key::spellings(host);
        if matches!(self, Self::Containers) {
            let first = self.first_spelling(host);
            spellings.retain(|it| *it != first);
            spellings.insert(0, first);
        }
        spellings
    }

    /// Orders the spellings of one key; the least answers, or is tried first.
    pub(super) fn rank(self, key: &CredentialKey, text: &'_ str) -> (u8, usize, String) {
        let authority = key.host().authority();
        let is_first = || authority.is_some_and(|it| text == self.first_spelling(it));
        let rank = match self {
            Self::Docker | Self::Containers if is_first() => 0,
            Self::Kubelet if is_fallback(text) => 1,
            Self::Kubelet if kubelet_key::is_looked_up(text) => 0,
            Self::Docker | Self::Containers | Self::Kubelet => 2,
        };
        (rank, text.len(), text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_is_asked_first_for_what_each_program_stores_there() {
        for (dialect, host, first) in [
            (Dialect::Docker, "docker.io", "https://index.docker.io/v1/"),
            (Dialect::Containers, "docker.io", "docker.io"),
            (Dialect::Docker, "reg.test", "reg.test"),
            (Dialect::Containers, "reg.test:5000", "reg.test:5000"),
        ] {
            let host: Authority = host.parse().unwrap();
            let spellings = dialect.spellings(&host);
            assert_eq!(spellings[0], first);
            let mut others = key::spellings(&host);
            others.retain(|it| it != first);
            assert_eq!(spellings[1..], others);
        }
    }
}
