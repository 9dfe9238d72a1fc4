use std::fmt;

use super::authority::Authority;
use super::cut::has;
use containerd_hosts::NameError;

/// The host of a credential key: one authority, or a glob over the labels of a host name.
///
/// `*` stands for one whole label or a part of it and never crosses a dot:
/// `*.dkr.ecr.*.amazonaws.com` covers `1234.dkr.ecr.eu-west-1.amazonaws.com` only. The port is
/// always compared exactly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPattern(Authority);

impl HostPattern {
    /// Reads every spelling that [`Authority::parse`] reads, with `*` allowed in labels.
    ///
    /// # Errors
    /// As [`Authority::parse`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        Authority::parse(text).map(Self)
    }

    /// Whether it holds a `*`.
    pub fn is_glob(&self) -> bool {
        has(self.0.host(), b'*')
    }

    /// Its host, stars included, and its port.
    pub(crate) fn text(&self) -> &Authority {
        &self.0
    }

    /// Whether it covers every host that has as many labels.
    pub fn covers_all_of_its_labels(&self) -> bool {
        self.0.host().bytes().all(|byte| b"*.".contains(&byte))
    }

    /// What stands before the first `*` and after the last one; of one that is no glob all and nothing.
    pub(crate) fn ends(&self) -> (&str, &str) {
        let host = self.0.host();
        let start = host.split('*').next().unwrap_or_default();
        let end = host.rsplit_once('*').map_or("", |(_, end)| end);
        (start, end)
    }

    /// The authority, where this is no glob.
    pub fn authority(&self) -> Option<&Authority> {
        (!self.is_glob()).then_some(&self.0)
    }

    /// Whether a credential stored for this pattern may be used at `authority`.
    pub fn covers(&self, authority: &Authority) -> bool {
        if !self.is_glob() {
            return self.0 == *authority;
        }
        let mut pattern = self.0.host().split('.');
        let mut host = authority.host().split('.');
        self.0.port() == authority.port()
            && pattern
                .by_ref()
                .zip(host.by_ref())
                .all(|(p, h)| label_matches(p, h))
            && self.0.host().split('.').count() == authority.host().split('.').count()
    }
}

impl From<Authority> for HostPattern {
    fn from(authority: Authority) -> Self {
        Self(authority)
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn label_matches(pattern: &str, label: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = label.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_stay_inside_a_label() {
        let ecr = "*.dkr.ecr.*.amazonaws.com";
        for (pattern, host, covers) in [
            (ecr, "1234.dkr.ecr.eu-west-1.amazonaws.com", true),
            (ecr, "evil-dkr.ecr.eu-west-1.amazonaws.com", false),
            (ecr, "1234.dkr.ecr.eu-west-1.amazonaws.com.evil.test", false),
            (ecr, "a.b.dkr.ecr.eu-west-1.amazonaws.com", false),
            ("reg-*.test", "reg-7.test", true),
            ("reg-*.test", "reg-7.test:5000", false),
            ("r*g-*x.test", "rg-ax.test", true),
            ("r*g-*x.test", "rg-a.test", false),
            ("reg.test", "REG.test:443", true),
        ] {
            let authority = Authority::parse(host).unwrap();
            assert_eq!(
                HostPattern::parse(pattern).unwrap().covers(&authority),
                covers,
                "{host}"
            );
        }
    }
}
