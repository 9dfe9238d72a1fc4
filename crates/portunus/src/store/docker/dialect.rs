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

    /// Orders the spellings of one key; the least answers.
    pub(super) fn rank(self, key: &CredentialKey, text: &'_ str) -> (bool, usize, String) {
        let authority = key.host().authority();
        let is_written = match self {
            Self::Docker => authority.is_some_and(|authority| text == key::write_key(authority)),
            // `docker.io` hides `https://index.docker.io/v1/` there.
            Self::Kubelet => false,
        };
        (!is_written, text.len(), text.to_owned())
    }
}
