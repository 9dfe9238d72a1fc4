use portunus::credential::Credential;
use portunus::token::Authentication;
use portunus::token::trust::{Consent, Origin, Refusal};
use url::Url;

use crate::outcome::Outcome;
use crate::wire::remote::Remote;

/// Whether a credential can answer a host at all, and whether host and realm may see it.
pub(crate) fn may_see(
    remote: &Remote,
    credential: &Credential,
    authentication: &Authentication,
    consent: &Consent<'_>,
) -> Result<(), Outcome> {
    let host = remote.origin()?;
    let bearer = match (authentication, credential) {
        (Authentication::Bearer(bearer), _) => bearer,
        (_, Credential::Password { .. }) => {
            let rule = host_may_see(remote, &host, consent);
            return rule.map(drop).map_err(Outcome::Refused);
        }
        _ => {
            let key = consent.key;
            let problem = format!("wants a password, and `{key}` holds a token");
            return Err(Outcome::BadContent { problem });
        }
    };
    let rule = match credential {
        Credential::RegistryToken { .. } => host_may_see(remote, &host, consent),
        _ => realm_may_see(remote, &host, &bearer.realm, consent),
    };
    rule.map(drop).map_err(Outcome::Refused)
}

/// Whether a realm that the host names may see a secret, and the host the token that it gives for
/// it; the rule for the realm in words.
pub(crate) fn realm_may_see(
    remote: &Remote,
    host: &Origin,
    realm: &Url,
    consent: &Consent<'_>,
) -> Result<&'static str, Refusal> {
    host_may_see(remote, host, consent)?;
    // Before the question of trust: nobody's trust changes an address.
    if let Some(target) = Origin::of(realm) {
        remote.may_lead_to(&target)?;
    }
    let trust = &remote.client().options().trust;
    trust.realm_may_see(host, realm, consent)
}

fn host_may_see(
    remote: &Remote,
    host: &Origin,
    consent: &Consent<'_>,
) -> Result<&'static str, Refusal> {
    let trust = &remote.client().options().trust;
    match remote.settings().tls_insecure {
        true => trust.unverified_host_may_see(host, consent),
        false => trust.host_may_see(host, consent),
    }
}
