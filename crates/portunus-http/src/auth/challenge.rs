use portunus::token::{Authentication, Challenge};
use reqwest::Response;
use reqwest::header::WWW_AUTHENTICATE;

use crate::outcome::Outcome;

/// What the challenges of an answer ask for.
pub(crate) fn authentication_of(response: &Response) -> Result<Option<Authentication>, Outcome> {
    let headers = response.headers().get_all(WWW_AUTHENTICATE).iter();
    let challenges = Challenge::parse_all(headers.map(|value| value.as_bytes()));
    Authentication::choose(&challenges)
        .map_err(|error| Outcome::BadChallenge { error: Some(error) })
}
