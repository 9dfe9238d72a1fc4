use url::Url;

use super::failure::HostFailure;
use crate::credential::Credential;
use crate::resolve::{Attempt, Candidate, Session};
use crate::store::SourceError;
use crate::token::trust::{Origin, TrustPolicy, TrustRule};

/// Leave to show one credential at one place for one purpose.
///
/// It is made here alone, by the rules of [`trust`](crate::token::trust). It is a rail and no wall:
/// whoever holds a source can ask it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    pub(super) candidate: Candidate,
    pub(super) at: Origin,
    pub(super) purpose: Purpose,
    pub(super) rule: TrustRule,
}

/// What a credential is shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// In an `Authorization: Basic` header, to the host.
    Basic,
    /// In a token request, to a realm.
    TokenRequest,
    /// As a bearer token to the host: a registry token itself, else what the realm gave.
    Bearer,
    /// To somebody who passes it on to the host himself, as containerd does.
    HandOver,
}

impl Permit {
    /// Leave to hand a credential over to somebody who asks the host in our stead, and does with it
    /// what containerd does: asks over http where TLS fails and the host allows that (`HTTPFallback`
    /// in `core/remotes/docker/resolver.go`), and asks nobody about the certificate of a host with
    /// `skip_verify`. So a host that may be asked so is judged as if it were.
    ///
    /// # Errors
    /// Where the credential may not take such a way.
    pub fn hand_over(
        attempt: &Attempt,
        candidate: &Candidate,
        trust: &TrustPolicy,
    ) -> Result<Self, HostFailure> {
        let host = &attempt.host;
        let is_plain = host.http_fallback > 0 || host.scheme == "http";
        let scheme = if is_plain { "http" } else { "https" };
        let url = Url::parse(&format!("{scheme}://{}", host.host)).ok();
        let at = url.as_ref().and_then(Origin::of);
        let at = at.ok_or(HostFailure::NoUrl)?;
        let consent = candidate.consent_at(attempt.authority.as_ref());
        let rule = match host.tls_insecure {
            true => trust.unverified_host_may_see(&at, &consent),
            false => trust.host_may_see(&at, &consent),
        };
        let rule = rule.map_err(HostFailure::Refused)?;
        Ok(Self {
            candidate: candidate.clone(),
            at,
            purpose: Purpose::HandOver,
            rule,
        })
    }

    /// The credential; `None`: its source has it no more.
    ///
    /// # Errors
    /// Where the source cannot fetch it.
    pub fn reveal(&self, session: &Session) -> Result<Option<Credential>, SourceError> {
        session.credential(&self.candidate)
    }

    /// Whose credential.
    pub fn candidate(&self) -> &Candidate {
        &self.candidate
    }

    /// Where it may be shown.
    pub fn at(&self) -> &Origin {
        &self.at
    }

    /// What for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The rule that allows it.
    pub fn rule(&self) -> TrustRule {
        self.rule
    }
}
