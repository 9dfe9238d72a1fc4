use super::kubelet_key::is_fallback;
use super::{key, kubelet_key, unusable};
use crate::name::CredentialKey;

/// By whose rules the keys of `auths` are read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Dialect {
    /// docker's, with the paths of containers/image and what nerdctl writes.
    #[default]
    Docker,
    /// The kubelet's, in a pull secret.
    Kubelet,
}

impl Dialect {
    /// What a key stands for; `None` where it answers for no host.
    pub(super) fn key(self, text: &str) -> Option<CredentialKey> {
        match self {
            Self::Docker => key::credential_key(text),
            Self::Kubelet => kubelet_key::credential_key(text),
        }
    }

    /// Why a key answers for no host.
    pub(super) fn why_none(self, text: &str) -> &'static str {
        match self {
            Self::Docker => unusable::why_no_host(text),
            Self::Kubelet => kubelet_key::why_no_host(text),
        }
    }

    /// Whether a spelling of a key is tried where the one before it is refused.
    pub(super) fn tries(self, text: &str, before: &str) -> bool {
        match self {
            Self::Docker => false,
            // `docker.io` hides `https://index.docker.io/v1/`.
            Self::Kubelet => !(is_fallback(text) && kubelet_key::is_looked_up(before)),
        }
    }

    /// Orders the spellings of one key; the least answers, or is tried first.
    pub(super) fn rank(self, key: &CredentialKey, text: &'_ str) -> (u8, usize, String) {
        let authority = key.host().authority();
        let is_written = || authority.is_some_and(|it| text == key::write_key(it));
        let rank = match self {
            Self::Docker if is_written() => 0,
            Self::Kubelet if is_fallback(text) => 1,
            Self::Kubelet if kubelet_key::is_looked_up(text) => 0,
            Self::Docker | Self::Kubelet => 2,
        };
        (rank, text.len(), text.to_owned())
    }
}
