use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::percent;

/// A request as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// The path, not decoded.
    pub path: String,
    /// The query after `?`, not decoded; empty where there was none.
    pub query: String,
    /// Names and values in the order sent.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
    /// Whether it came over TLS.
    pub tls: bool,
    /// Whether the client showed a certificate.
    pub client_certificate: bool,
}

impl Request {
    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The first value of a parameter of the query.
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query_values(name).into_iter().next()
    }

    /// All values of a parameter of the query.
    pub fn query_values(&self, name: &str) -> Vec<String> {
        values(&percent::parse_query(&self.query), name)
    }

    /// What `?ns=` says.
    pub fn registry_namespace(&self) -> Option<String> {
        self.query_value("ns")
    }

    /// All values of a field of the form that is the body.
    pub fn form_values(&self, name: &str) -> Vec<String> {
        values(
            &percent::parse_query(&String::from_utf8_lossy(&self.body)),
            name,
        )
    }

    /// User name and password of `Authorization: Basic`.
    pub fn basic(&self) -> Option<(String, String)> {
        let decoded = STANDARD.decode(self.authorization("Basic")?).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (user, password) = text.split_once(':')?;
        Some((user.to_owned(), password.to_owned()))
    }

    /// The token of `Authorization: Bearer`.
    pub fn bearer(&self) -> Option<&str> {
        self.authorization("Bearer")
    }

    /// Whether a secret is anywhere in it: as such, percent-encoded, or within base64.
    pub fn contains(&self, secret: &str) -> bool {
        let query = percent::decode(&self.query.replace('+', " "));
        let body = String::from_utf8_lossy(&self.body);
        let form = percent::decode(&body.replace('+', " "));
        let headers = self.headers.iter().map(|(_, value)| value.as_str());
        let texts = [self.path.as_str(), &self.query, &query, &body, &form];
        texts
            .into_iter()
            .chain(headers)
            .any(|text| text.contains(secret) || hides(text, secret))
    }

    fn authorization(&self, wanted: &str) -> Option<&str> {
        let (scheme, value) = self.header("Authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case(wanted).then(|| value.trim())
    }
}

fn values(pairs: &[(String, String)], name: &str) -> Vec<String> {
    pairs
        .iter()
        .filter(|(pair, _)| pair == name)
        .map(|(_, value)| value.clone())
        .collect()
}

fn hides(text: &str, secret: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && !"+/-_=".contains(c));
    words.filter(|word| word.len() >= 4).any(|word| {
        let word = word
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_");
        let decoded = URL_SAFE_NO_PAD.decode(word).unwrap_or_default();
        String::from_utf8_lossy(&decoded).contains(secret)
    })
}
