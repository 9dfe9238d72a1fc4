//! What is told about requests (`tracing`): methods, places, times and keys, never a secret.

use std::fmt;
use std::time::Duration;

use url::Url;

/// Parameters that hold nothing secret. Others may: signatures of storage, states of uploads.
const HARMLESS: [&str; 7] = ["ns", "service", "scope", "mount", "from", "digest", "n"];

/// A URL in an event: without user information and fragment, and of its query what is known to
/// be harmless.
pub(crate) struct RedactedUrl<'a>(pub(crate) &'a Url);

impl fmt::Display for RedactedUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.0;
        write!(f, "{}{}", url.origin().ascii_serialization(), url.path())?;
        let mut separator = '?';
        for (name, value) in url.query_pairs() {
            match HARMLESS.contains(&&*name) {
                true => write!(f, "{separator}{name}={value}")?,
                false => write!(f, "{separator}…")?,
            }
            separator = '&';
        }
        Ok(())
    }
}

/// Milliseconds, as events tell them.
pub(crate) fn milliseconds(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_told_without_what_may_be_secret() {
        let told = |text: &str| RedactedUrl(&Url::parse(text).unwrap()).to_string();
        for (url, expected) in [
            (
                "https://u:p@m.test/v2/?ns=a.test",
                "https://m.test/v2/?ns=a.test",
            ),
            (
                "https://m.test:5000/up/1?_state=x&digest=sha256:0#f",
                "https://m.test:5000/up/1?…&digest=sha256:0",
            ),
            (
                "http://s3.test/b?X-Amz-Signature=x&sig=y",
                "http://s3.test/b?…&…",
            ),
        ] {
            assert_eq!(told(url), expected);
        }
    }
}
