use super::rule::{Mismatch, Rule};
use super::source_handle::{SecretPlace, SourceHandle};
use crate::name::Authority;
use crate::store::Entry;
use crate::token::trust::Consent;

/// A stored credential that may be sent to the host of an attempt.
///
/// Two are equal where they say the same, so that equal inputs give equal plans, whichever
/// resolver made them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Candidate {
    /// The entry, without its secret.
    pub entry: Entry,
    /// Why it may be sent there.
    pub rule: Rule,
    /// What holds its secret; `None`: it is offered by the caller.
    pub(crate) source: Option<SourceHandle>,
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        (&self.entry, &self.rule) == (&other.entry, &other.rule)
    }
}

impl Eq for Candidate {}

impl Candidate {
    /// Where its secret is.
    pub(crate) fn secret_place(&self) -> SecretPlace {
        SecretPlace::new(self.source.clone(), self.entry.key.clone())
    }

    /// What was consented to with the login, as far as it counts at a host: at those that its key
    /// covers, and not at one that `credential_domain` lends the credential to.
    pub fn consent_at(&self, host: Option<&Authority>) -> Consent<'_> {
        let Entry {
            key, provenance, ..
        } = &self.entry;
        let mut consent = Consent::none(key);
        if host.is_some_and(|host| key.covers_host(host)) {
            consent.pinned_realm = provenance.realm.as_deref();
            consent.plain_http = provenance.plain_http;
        }
        consent
    }
}

/// A stored credential that was looked at for an attempt and may not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PassedOver {
    /// The entry, without its secret.
    pub entry: Entry,
    /// The rule that decided.
    pub rule: Mismatch,
}

#[cfg(test)]
mod tests {
    use super::super::scope::Scope;
    use super::*;
    use crate::name::Profile;
    use crate::store::SourceName;

    #[test]
    fn a_consent_counts_at_the_hosts_of_its_key_only() {
        let mut entry = Entry::new("*.reg.test".parse().unwrap(), SourceName::FILE, "here");
        entry.provenance.realm = Some("https://auth.test".to_owned());
        entry.provenance.plain_http = true;
        let candidate = Candidate {
            rule: Rule::Stored(Box::new(Scope::of(&entry.key, &Profile::DEFAULT))),
            entry,
            source: None,
        };
        let told = |host: Option<&str>| {
            let host = host.map(|host| Authority::parse(host).unwrap());
            let consent = candidate.consent_at(host.as_ref());
            (consent.pinned_realm, consent.plain_http)
        };
        assert_eq!(told(Some("a.reg.test")), (Some("https://auth.test"), true));
        assert_eq!(told(Some("mirror.test")), (None, false));
        assert_eq!(told(None), (None, false));
    }
}
