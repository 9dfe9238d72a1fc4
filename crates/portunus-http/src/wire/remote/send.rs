use std::fmt::Write as _;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use tracing::{debug, info};
use url::Url;

use super::{Remote, cannot_be_requested};
use crate::outcome::Outcome;
use crate::wire::authorization::Authorization;
use crate::wire::failure;
use crate::wire::headers::to_sensitive;
use crate::wire::request::{Request, Target};
use crate::wire::scheme::HTTP;
use crate::wire::time_limit::within;
use crate::wire::trace::{RedactedUrl, milliseconds};

impl Remote {
    /// Sends a request, and waits for the headers of the answer. No redirect is followed.
    ///
    /// Where the host speaks no TLS and may be asked over http, the request is repeated there
    /// without a secret.
    pub(crate) async fn send(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
    ) -> Result<Response, Outcome> {
        let scheme = self.scheme();
        let no_tls = match self.send_once(request, authorization, scheme).await {
            Ok(response) => {
                self.scheme.settle(scheme);
                return Ok(response);
            }
            Err(SendError::NoTls(outcome)) if self.scheme.may_fall_back() => outcome,
            Err(error) => return Err(error.into_outcome()),
        };
        match self.send_once(request, None, HTTP).await {
            Ok(response) if self.scheme.settle(HTTP) => {
                info!(host = self.authority, "speaks no TLS: asked over http");
                Ok(response)
            }
            _ => Err(no_tls),
        }
    }

    async fn send_once(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
        scheme: &str,
    ) -> Result<Response, SendError> {
        if self.settings.dial_timeout == Some(Duration::ZERO) {
            // On loopback a connection may be quicker than no time at all.
            return Err(Outcome::unreachable("its dial_timeout is over before it begins").into());
        }
        let client = self.client.connect(&self.settings)?;
        let url = self.url(&request.target, scheme)?;
        let mut builder = client.request(request.method.clone(), url.clone());
        builder = builder.headers(self.headers(request, authorization, scheme)?);
        let mut limit = Some(self.client.options().timeouts.answer);
        if let Some(body) = &request.body {
            let opened = body.open();
            let (body, length) = opened.map_err(|error| {
                SendError::Other(Outcome::bad_content(format!(
                    "cannot read: {}",
                    error.kind()
                )))
            })?;
            builder = builder
                .header(reqwest::header::CONTENT_LENGTH, length)
                .body(body);
            limit = None;
        }
        let clock = &self.client.options().clock;
        let started = clock.now();
        let sent = within(limit, builder.send()).await;
        let sent = sent.map_err(SendError::from).and_then(|sent| {
            sent.map_err(|error| match failure::to_outcome(&error) {
                outcome if scheme != HTTP && self.has_no_tls(&error) => SendError::NoTls(outcome),
                outcome => SendError::Other(outcome),
            })
        });
        let (status, problem) = match &sent {
            Ok(response) => (Some(response.status().as_u16()), None),
            Err(error) => (None, Some(error.outcome().to_string())),
        };
        debug!(
            method = request.method.as_str(),
            url = %RedactedUrl(&url),
            status,
            problem,
            ms = milliseconds(clock.now().duration_since(started)),
            key = authorization.and_then(|shown| shown.key.as_ref()).map(tracing::field::display),
            "request"
        );
        let response = sent?;
        self.note_address(&url, response.remote_addr());
        Ok(response)
    }

    fn headers(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
        scheme: &str,
    ) -> Result<HeaderMap, Outcome> {
        // Headers of `hosts.toml` may be secrets: they too stay off plain http after a fall back.
        let mut headers = match self.scheme.is_as_written(scheme) {
            true => self.headers.clone(),
            false => HeaderMap::new(),
        };
        for (name, value) in &request.headers {
            headers.insert(name, value.clone());
        }
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, to_sensitive(&authorization.value)?);
        }
        Ok(headers)
    }

    /// What makes containerd try again over http (`HTTPFallback` in
    /// `core/remotes/docker/resolver.go`): an answer without TLS, or nobody at the default port.
    fn has_no_tls(&self, error: &reqwest::Error) -> bool {
        let portless = Url::parse(&self.name()).is_ok_and(|url| url.port().is_none())
            && !self.authority.ends_with(":443");
        failure::speaks_no_tls(error) || (portless && failure::is_not_there(error))
    }

    fn url(&self, target: &Target, scheme: &str) -> Result<Url, SendError> {
        let (path, query) = match target {
            Target::Given(url) => return Ok(url.clone()),
            Target::Path { path, query } => (path, query),
        };
        let mut text = self.name_over(scheme);
        let _ = write!(text, "{}{path}", self.path);
        let mut url = Url::parse(&text).map_err(|_| SendError::Other(cannot_be_requested()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SendError::Other(cannot_be_requested()));
        }
        for (name, value) in query {
            url.query_pairs_mut().append_pair(name, value);
        }
        if let Some(registry_namespace) = &self.registry_namespace {
            url.query_pairs_mut().append_pair("ns", registry_namespace);
        }
        Ok(url)
    }
}

enum SendError {
    NoTls(Outcome),
    Other(Outcome),
}

impl SendError {
    fn outcome(&self) -> &Outcome {
        match self {
            Self::NoTls(outcome) | Self::Other(outcome) => outcome,
        }
    }

    fn into_outcome(self) -> Outcome {
        match self {
            Self::NoTls(outcome) | Self::Other(outcome) => outcome,
        }
    }
}

impl From<Outcome> for SendError {
    fn from(outcome: Outcome) -> Self {
        Self::Other(outcome)
    }
}
