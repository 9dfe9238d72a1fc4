use portunus::credential::Credential;
use portunus::token::trust::{Consent, Origin};
use portunus::token::{Authentication, Challenge};
use reqwest::Response;
use reqwest::header::WWW_AUTHENTICATE;

use crate::Outcome;
use crate::endpoint::Endpoint;

/// Whether a credential can answer a host at all, and whether host and realm may see it.
pub(crate) fn may_see(
    endpoint: &Endpoint,
    credential: &Credential,
    authentication: &Authentication,
    consent: &Consent<'_>,
) -> Result<(), Outcome> {
    let trust = &endpoint.client().options().trust;
    let host = endpoint.origin()?;
    let host_may_see = || match endpoint.settings().tls_insecure {
        true => trust.unverified_host_may_see(&host, consent),
        false => trust.host_may_see(&host, consent),
    };
    let bearer = match (authentication, credential) {
        (Authentication::Bearer(bearer), _) => bearer,
        (_, Credential::Password { .. }) => {
            return host_may_see().map(drop).map_err(Outcome::Refused);
        }
        _ => {
            let key = consent.key;
            let problem = format!("wants a password, and `{key}` holds a token");
            return Err(Outcome::BadContent { problem });
        }
    };
    let rule = match credential {
        Credential::RegistryToken { .. } => host_may_see(),
        _ => {
            let own = Origin::of(&bearer.realm).as_ref() == Some(&host);
            let rule = trust.realm_may_see(&host, &bearer.realm, consent);
            rule.and_then(|rule| if own { host_may_see() } else { Ok(rule) })
        }
    };
    rule.map(drop).map_err(Outcome::Refused)
}

/// What the challenges of an answer ask for.
pub(crate) fn authentication_of(response: &Response) -> Result<Option<Authentication>, Outcome> {
    let headers = response.headers().get_all(WWW_AUTHENTICATE).iter();
    let challenges = Challenge::parse_all(headers.map(|value| value.as_bytes()));
    Authentication::choose(&challenges)
        .map_err(|error| Outcome::BadChallenge { error: Some(error) })
}
