use portunus::hosts::Host;
use portunus::secret::Secret;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::outcome::Outcome;

/// A header value that the HTTP library does not print either.
pub(crate) fn to_sensitive(secret: &Secret) -> Result<HeaderValue, Outcome> {
    let mut value = HeaderValue::from_str(secret.expose())
        .map_err(|_| Outcome::bad_content("the credential cannot be put into a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Headers that cannot be sent are left out, names are compared without case.
pub(crate) fn headers_of(host: &Host) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, values) in &host.headers {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            continue;
        };
        for value in values {
            if let Ok(value) = to_sensitive(value) {
                headers.append(name.clone(), value);
            }
        }
    }
    headers
}
