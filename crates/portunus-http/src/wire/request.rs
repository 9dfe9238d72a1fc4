use std::sync::Arc;

use portunus::authorizer::{Ask, Conduct, Method, Target};
use portunus::token::Scopes;
use reqwest::Body;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// A request to a host.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) ask: Ask,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Arc<dyn BodySource>>,
}

/// A body that can be sent again.
pub(crate) trait BodySource: std::fmt::Debug + Send + Sync {
    /// The body from its start, and its length in bytes.
    fn open(&self) -> std::io::Result<(Body, u64)>;
}

impl Request {
    /// What stands below the host's path.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self::to(method, Target::path(path))
    }

    pub(crate) fn to(method: Method, target: Target) -> Self {
        Self {
            ask: Ask::new(method, target),
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

    pub(crate) fn with_body(mut self, body: impl BodySource + 'static) -> Self {
        self.body = Some(Arc::new(body));
        self
    }

    pub(crate) fn with_scopes(mut self, scopes: Scopes) -> Self {
        self.ask.scopes = scopes;
        self
    }

    /// Another request settles it.
    pub(crate) fn preliminary(mut self) -> Self {
        self.ask.preliminary = true;
        self
    }

    pub(crate) fn with_conduct(mut self, conduct: Conduct) -> Self {
        self.ask.conduct = conduct;
        self
    }
}
