//! The machine's requests and answers in the types of the `http` crate, for clients that use them.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Builder;
use http::{HeaderMap, HeaderName, HeaderValue, Method as HttpMethod, Request, Response};

use super::ask::Method;

use super::sending::{Payload, Sending};

use super::received::Received;
use crate::secret::Secret;

impl From<Method> for HttpMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Head => Self::HEAD,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

impl Sending {
    /// Method, URL and headers, with the caller's own among them where they belong. What is left is
    /// the body: the caller's, or that of [`Payload::Token`].
    pub fn request(&self, own: &HeaderMap) -> Builder {
        let mut request = Request::builder()
            .method(HttpMethod::from(self.method))
            .uri(self.url.as_str());
        if let Some(headers) = request.headers_mut() {
            *headers = self.header_map(own);
        }
        request
    }

    /// The headers, with the caller's own among them where they belong: above those of `hosts.toml`,
    /// below `Authorization`.
    pub fn header_map(&self, own: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            if let (Ok(name), Some(value)) = (name.parse::<HeaderName>(), sensitive(value)) {
                headers.append(name, value);
            }
        }
        match &self.payload {
            Payload::Callers => {
                // Which account is used is not the caller's to say.
                let own = || own.iter().filter(|(name, _)| *name != AUTHORIZATION);
                own().for_each(|(name, _)| drop(headers.remove(name)));
                headers.extend(own().map(|(name, value)| (Some(name.clone()), value.clone())));
            }
            Payload::Token(None) => {}
            Payload::Token(Some(_)) => {
                let form = HeaderValue::from_static("application/x-www-form-urlencoded");
                headers.insert(CONTENT_TYPE, form);
            }
        }
        if let Some(value) = self.authorization.as_ref().and_then(sensitive) {
            headers.insert(AUTHORIZATION, value);
        }
        headers
    }
}

impl<B> From<Response<B>> for Received<Response<B>> {
    /// The answer of somebody who is not known; its body is still to be read where the machine wants
    /// to see it.
    fn from(response: Response<B>) -> Self {
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        Self::new(response.status().as_u16(), headers.collect(), response)
    }
}

/// A value that nobody prints by accident.
fn sensitive(secret: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(secret.expose()).ok()?;
    value.set_sensitive(true);
    Some(value)
}
