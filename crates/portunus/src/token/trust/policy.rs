use url::Url;

use super::address::{AddressClass, refuse_target};
use super::owned_domain::owned_domain;
use super::pairs::RealmPair;
use super::pairs::is_built_in;
use super::refusal::{Refusal, RefusalKind};
use super::rule::TrustRule;
use crate::name::{Authority, CredentialKey, Origin};
use crate::remedy::LogIn;

/// What the operator trusts beyond the rules: `[trust]` of the configuration file.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct TrustPolicy {
    /// Hosts whose secrets may go to a certain other realm.
    pub realms: Vec<RealmPair>,
    /// Hosts that may be shown a secret over plain http.
    pub plain_http: Vec<Authority>,
}

/// What the operator agreed to for one credential.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Consent<'a> {
    /// What the credential is kept under; names it in messages and commands.
    pub key: &'a CredentialKey,
    /// The realm of the login, where one was noted: no other foreign realm may see the secret.
    pub pinned_realm: Option<&'a str>,
    /// Whether it may travel over plain http.
    pub plain_http: bool,
}

impl<'a> Consent<'a> {
    /// Nothing beyond the rules.
    pub fn none(key: &'a CredentialKey) -> Self {
        Self {
            key,
            pinned_realm: None,
            plain_http: false,
        }
    }

    fn pinned_origin(&self) -> Option<Origin> {
        Origin::of(&Url::parse(self.pinned_realm?).ok()?)
    }
}

impl TrustPolicy {
    /// Whether a secret stored for a host may be sent there: over TLS, to this machine, or where
    /// the operator agreed to plain http. The answer is the rule.
    ///
    /// # Errors
    /// Where it may not.
    pub fn host_may_see(&self, host: &Origin, consent: &Consent<'_>) -> Result<TrustRule, Refusal> {
        self.may_travel(host, host, consent)
    }

    /// The same for a host whose certificate is not verified (`skip_verify`): TLS says nothing
    /// about who reads the secret there, so that it is as good as plain http.
    ///
    /// # Errors
    /// Where it may not.
    pub fn unverified_host_may_see(
        &self,
        host: &Origin,
        consent: &Consent<'_>,
    ) -> Result<TrustRule, Refusal> {
        if !host.is_https() {
            return self.host_may_see(host, consent);
        }
        if let Some(rule) = self.unprotected_rule(host, consent) {
            return Ok(rule);
        }
        let message = format!(
            "{} would travel to {host}, whose certificate is not verified",
            describe_key(consent.key)
        );
        let log_in = self.login_again(host, consent).with_plain_http(true);
        let log_in = log_in.with_insecure_registry(true);
        Err(Refusal::new(RefusalKind::UnverifiedTls, message).with_remedy(log_in))
    }

    /// Whether a secret stored for `host` may be sent to `realm`. The answer is the
    /// rule. The host is judged as well: the token of the realm is a secret too, and goes there.
    ///
    /// # Errors
    /// Where it may not.
    pub fn realm_may_see(
        &self,
        host: &Origin,
        realm: &Url,
        consent: &Consent<'_>,
    ) -> Result<TrustRule, Refusal> {
        let target = check_realm(realm)?;
        self.host_may_see(host, consent)?;
        if target == *host {
            return Ok(TrustRule::OwnRealm);
        }
        if let Some(address) = target.literal_address() {
            // Who the host itself is, its name does not tell.
            let registry = host.literal_address().map(AddressClass::of);
            refuse_target(registry.unwrap_or(AddressClass::Private), address)?;
        }
        let pinned = consent.pinned_origin();
        let rule = self.pair_rule(host, &target, pinned.as_ref());
        let Some(rule) = rule else {
            return Err(foreign(host, &target, pinned.as_ref(), consent));
        };
        // Trusting the pair is one thing, the way there another.
        self.may_travel(host, &target, consent)?;
        Ok(rule)
    }

    /// Whether a token may be asked for anonymously at `realm`: over TLS anywhere, over plain
    /// http only on this machine or where the host itself has no TLS.
    ///
    /// # Errors
    /// Where it may not.
    pub fn realm_may_be_asked(&self, host: &Origin, realm: &Url) -> Result<(), Refusal> {
        let target = check_realm(realm)?;
        if target.is_https() || target.is_loopback() || !host.is_https() {
            return Ok(());
        }
        let message = format!("{host} names the realm {target}, which has no TLS");
        Err(Refusal::new(RefusalKind::PlainHttp, message))
    }

    /// Whether a secret stored for `host` is protected on its way to `target`, or need not be.
    fn may_travel(
        &self,
        host: &Origin,
        target: &Origin,
        consent: &Consent<'_>,
    ) -> Result<TrustRule, Refusal> {
        if target.is_https() {
            return Ok(TrustRule::OverTls);
        }
        if let Some(rule) = self.unprotected_rule(target, consent) {
            return Ok(rule);
        }
        let key = describe_key(consent.key);
        let message = format!("{key} would travel to {target} over plain http");
        let log_in = self.login_again(host, consent).with_plain_http(true);
        Err(Refusal::new(RefusalKind::PlainHttp, message).with_remedy(log_in))
    }

    /// Why a secret may travel to a host without the protection of TLS.
    fn unprotected_rule(&self, host: &Origin, consent: &Consent<'_>) -> Option<TrustRule> {
        if host.is_loopback() {
            return Some(TrustRule::ThisMachine);
        }
        let listed = |authority: Authority| self.plain_http.contains(&authority);
        let agreed = consent.plain_http || host.authority().is_some_and(listed);
        agreed.then_some(TrustRule::UnprotectedByConsent)
    }

    /// The login, with the realm that is trusted by nothing but the login so far.
    fn login_again(&self, host: &Origin, consent: &Consent<'_>) -> LogIn {
        let only_pinned =
            |realm: &Origin| realm != host && self.pair_rule(host, realm, None).is_none();
        let realm = consent.pinned_origin().filter(only_pinned);
        LogIn::new(consent.key.clone()).with_trusted_realm(realm)
    }

    fn pair_rule(
        &self,
        host: &Origin,
        target: &Origin,
        pinned: Option<&Origin>,
    ) -> Option<TrustRule> {
        let authority = host.authority()?;
        if pinned == Some(target) {
            return Some(TrustRule::RealmOfLogin);
        }
        if self
            .realms
            .iter()
            .any(|pair| pair.covers(&authority, target))
        {
            return Some(TrustRule::RealmOfOperator);
        }
        if is_built_in(&authority, target) {
            return Some(TrustRule::KnownRealm);
        }
        if pinned.is_some() || !host.is_https() || !target.is_https() {
            return None;
        }
        // An address says nothing of who listens at another port of it, and on this machine that
        // may be anybody.
        if host.dns_name().is_some() && host.dns_name() == target.dns_name() {
            return (!host.is_loopback()).then_some(TrustRule::OtherPort);
        }
        let owned = owned_domain(host);
        if owned.is_some() && owned == owned_domain(target) {
            return Some(TrustRule::OwnersDomain);
        }
        None
    }
}

fn check_realm(realm: &Url) -> Result<Origin, Refusal> {
    if !realm.username().is_empty() || realm.password().is_some() {
        let message = "the realm's URL holds user information";
        return Err(Refusal::new(RefusalKind::UserInformation, message));
    }
    Origin::of(realm).ok_or_else(|| {
        Refusal::new(
            RefusalKind::ForeignRealm,
            "the realm is no http or https URL",
        )
    })
}

fn foreign(
    host: &Origin,
    target: &Origin,
    pinned: Option<&Origin>,
    consent: &Consent<'_>,
) -> Refusal {
    let log_in = LogIn::new(consent.key.clone())
        .with_trusted_realm(Some(target.clone()))
        .with_plain_http(consent.plain_http);
    let key = describe_key(consent.key);
    let (kind, message) = match pinned {
        Some(pinned) => (
            RefusalKind::ChangedRealm,
            format!("{host} wants {key} to be sent to {target}; at login it was {pinned}"),
        ),
        None => (
            RefusalKind::ForeignRealm,
            format!("{host} wants {key} to be sent to {target}, which is not trusted with it"),
        ),
    };
    Refusal::new(kind, message).with_remedy(log_in)
}

fn describe_key(key: &CredentialKey) -> String {
    format!("the credential `{key}`")
}
