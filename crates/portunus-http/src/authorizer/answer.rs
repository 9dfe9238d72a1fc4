use portunus::credential::Credential;
use portunus::token::trust::Consent;
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
    let bearer = match (authentication, credential) {
        (Authentication::Bearer(bearer), _) => bearer,
        (_, Credential::Password { .. }) => {
            let rule = trust.host_may_see(&host, consent);
            return rule.map(drop).map_err(Outcome::Refused);
        }
        _ => {
            let key = consent.key;
            let problem = format!("wants a password, and `{key}` holds a token");
            return Err(Outcome::BadContent { problem });
        }
    };
    let rule = match credential {
        Credential::RegistryToken { .. } => trust.host_may_see(&host, consent),
        _ => trust.realm_may_see(&host, &bearer.realm, consent),
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
