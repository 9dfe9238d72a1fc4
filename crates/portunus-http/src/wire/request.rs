use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method};
use url::Url;

/// A request to a host.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Arc<dyn BodySource>>,
}

/// What a request is for.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// A path below the host's own, and a query, `?ns=` not included.
    Path {
        path: String,
        query: Vec<(&'static str, String)>,
    },
    /// A URL of the same origin, as the host gave it.
    Given(Url),
}

/// A body that can be sent again.
pub(crate) trait BodySource: std::fmt::Debug + Send + Sync {
    /// The body from its start, and its length in bytes.
    fn open(&self) -> std::io::Result<(Body, u64)>;
}

impl Request {
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            target: Target::Path {
                path: path.into(),
                query: Vec::new(),
            },
            headers: HeaderMap::new(),
            body: None,
        }
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}
