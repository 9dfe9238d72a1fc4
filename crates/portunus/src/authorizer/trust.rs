use url::Url;

use super::allowed::{Allowed, Realm};
use super::conversation::Conversation;
use super::failure::HostFailure;
use super::handle::Authorizer;
use super::route::Route;
use super::state::State;
use super::warnings::Warning;
use crate::credential::Credential;
use crate::remedy::Remedy;
use crate::resolve::Candidate;
use crate::token::trust::{Consent, Origin, Refusal, TrustRule, refuse_target};
use crate::token::{Authentication, Bearer};

impl Authorizer {
    /// Whether a realm that the host names may see a secret, and by which rule; the host is judged
    /// as well. `consent` is what the operator agreed to for the credential that would be sent.
    /// `None`: the host is no URL.
    pub fn judge_realm(
        &self,
        realm: &Url,
        consent: &Consent<'_>,
    ) -> Option<Result<TrustRule, Refusal>> {
        let conversation = self.conversation();
        let state = conversation.lock();
        let host = conversation.origin(&state)?;
        Some(conversation.realm_may_see(&state, &host, realm, consent))
    }
}

impl Conversation {
    /// Whether a credential can answer a host at all, and whether host and realm may see it.
    pub(super) fn may_see(
        &self,
        state: &State,
        candidate: &Candidate,
        credential: &Credential,
        authentication: &Authentication,
    ) -> Result<Allowed, HostFailure> {
        let host = self.origin(state).ok_or(HostFailure::NoUrl)?;
        let consent = self.consent(candidate);
        let bearer = match (authentication, credential) {
            (Authentication::Bearer(bearer), _) => bearer,
            (Authentication::Basic, Credential::Password { .. }) => {
                let rule = self.host_may_see(&host, &consent);
                return Ok(Allowed {
                    rules: [rule.map_err(HostFailure::Refused)?; 2],
                    realm: None,
                });
            }
            (Authentication::Basic, _) => {
                return Err(HostFailure::WrongKind(candidate.entry.key.clone()));
            }
        };
        let to_host = self
            .host_may_see(&host, &consent)
            .map_err(HostFailure::Refused)?;
        if let Credential::RegistryToken { .. } = credential {
            let realm = Some(Realm::of(bearer));
            return Ok(Allowed {
                rules: [to_host; 2],
                realm,
            });
        }
        let judge = |realm: &Url| self.realm_may_see(state, &host, realm, &consent);
        let (realm, to_realm) = self.realm(state, &host, bearer, judge)?;
        Ok(Allowed {
            rules: [to_host, to_realm],
            realm: Some(realm),
        })
    }

    /// Whether a realm may be asked anonymously.
    pub(super) fn may_be_asked(
        &self,
        state: &State,
        bearer: &Bearer,
    ) -> Result<Realm, HostFailure> {
        let host = self.origin(state).ok_or(HostFailure::NoUrl)?;
        let trust = &self.shared.rules.trust;
        let judge = |realm: &Url| trust.realm_may_be_asked(&host, realm);
        let (realm, ()) = self.realm(state, &host, bearer, judge)?;
        Ok(realm)
    }

    /// The realm that a challenge names, where it may be asked. A registry behind a proxy may name
    /// its realm without the TLS that it has: then the same place with TLS, where that may be.
    fn realm<T>(
        &self,
        state: &State,
        host: &Origin,
        bearer: &Bearer,
        judge: impl Fn(&Url) -> Result<T, Refusal>,
    ) -> Result<(Realm, T), HostFailure> {
        let refusal = match judge(&bearer.realm) {
            Ok(rule) => {
                self.tell_left_out(state, bearer);
                return Ok((Realm::of(bearer), rule));
            }
            Err(refusal) => refusal,
        };
        let upgraded = upgrade_realm(host, bearer);
        let judged = upgraded.and_then(|bearer| Some((judge(&bearer.realm).ok()?, bearer)));
        let Some((rule, upgraded)) = judged else {
            return Err(HostFailure::Refused(refusal));
        };
        self.warnings.add_once(Warning::RealmWithoutTls {
            host: self.name(state),
            realm: bearer.realm.clone(),
        });
        self.tell_left_out(state, &upgraded);
        // To allow what it names would show the secret to everybody on the way, at a place where
        // there may be no realm.
        let refusal = Refusal {
            message: format!("{}; the registry's external URL is wrong", refusal.message),
            remedy: None,
            ..refusal
        };
        let realm = Realm {
            bearer: upgraded,
            instead_of: Some(refusal),
        };
        Ok((realm, rule))
    }

    fn tell_left_out(&self, state: &State, bearer: &Bearer) {
        let names = bearer.left_out_of_realm();
        if let (false, Some(realm)) = (names.is_empty(), Origin::of(&bearer.realm)) {
            let host = self.name(state);
            self.warnings
                .add_once(Warning::RealmQuery { host, realm, names });
        }
    }

    /// What was consented to with a login, as far as it counts at this host.
    pub(super) fn consent<'c>(&self, candidate: &'c Candidate) -> Consent<'c> {
        let entry = &candidate.entry;
        if self.is_login {
            let mut consent = Consent::none(&entry.key);
            consent.pinned_realm = entry.provenance.realm.as_deref();
            consent.plain_http = entry.provenance.plain_http;
            return consent;
        }
        candidate.consent_at(self.listed.as_ref())
    }

    /// Whether a realm that the host named may lead a secret on to a target.
    pub(super) fn realm_may_lead(
        &self,
        state: &State,
        host: &Origin,
        named: &Url,
        target: &Url,
        pinned: Consent<'_>,
    ) -> Result<TrustRule, Refusal> {
        let judge = |realm: &Url, consent| self.realm_may_see(state, host, realm, &consent);
        // What was pinned is the realm as the host names it, and where that leads may be elsewhere:
        // whoever might have been named may be led to.
        let mut unpinned = pinned;
        unpinned.pinned_realm = None;
        let mut refusal = match judge(target, unpinned).or_else(|_| judge(target, pinned)) {
            Ok(rule) => return Ok(rule),
            Err(refusal) => refusal,
        };
        // A login pins one realm: where one that pins the target would no longer show its secret to
        // what is named, none allows both.
        let mut moved = pinned;
        moved.pinned_realm = Some(target.as_str());
        if refusal.remedy.is_some() && judge(target, moved).is_ok() && judge(named, moved).is_err()
        {
            let realms = [named, target].into_iter().flat_map(Origin::of).collect();
            refusal.remedy = Some(Box::new(Remedy::trust_realms(host, realms)));
        }
        Err(refusal)
    }

    /// Whether a realm that the host names may see a secret, and the host the token that it gives
    /// for it; the rule for the realm.
    pub(super) fn realm_may_see(
        &self,
        state: &State,
        host: &Origin,
        realm: &Url,
        consent: &Consent<'_>,
    ) -> Result<TrustRule, Refusal> {
        self.host_may_see(host, consent)?;
        // Before the question of trust: nobody's trust changes an address.
        if let Some(target) = Origin::of(realm) {
            self.may_lead_to(state, &target)?;
        }
        let trust = &self.shared.rules.trust;
        trust.realm_may_see(host, realm, consent)
    }

    /// Whether the host may send us to another origin, as far as that is written as an address.
    pub(super) fn may_lead_to(&self, state: &State, target: &Origin) -> Result<(), Refusal> {
        match target.literal_address() {
            Some(address) if self.origin(state).as_ref() != Some(target) => {
                refuse_target(self.address_class(state), address)
            }
            _ => Ok(()),
        }
    }

    /// How to get to a realm. The host's own settings hold at its own origin only.
    pub(super) fn route_to(&self, state: &State, realm: &Url) -> Result<Route, HostFailure> {
        let target = Origin::of(realm);
        if target.is_some() && target == self.origin(state) {
            return Ok(self.route.clone());
        }
        if let Some(target) = target {
            self.may_lead_to(state, &target)
                .map_err(HostFailure::Refused)?;
        }
        Ok(self.route.to_realm(self.address_class(state)))
    }

    fn host_may_see(&self, host: &Origin, consent: &Consent<'_>) -> Result<TrustRule, Refusal> {
        let trust = &self.shared.rules.trust;
        match self.route.skip_verify {
            true => trust.unverified_host_may_see(host, consent),
            false => trust.host_may_see(host, consent),
        }
    }
}

/// The challenge with https in place of http, where the host has TLS itself.
fn upgrade_realm(host: &Origin, bearer: &Bearer) -> Option<Bearer> {
    let realm = Origin::of(&bearer.realm)?;
    if !host.is_https() || realm.is_https() || realm.is_loopback() {
        return None;
    }
    let mut upgraded = bearer.clone();
    upgraded.realm.set_scheme("https").ok()?;
    Some(upgraded)
}
