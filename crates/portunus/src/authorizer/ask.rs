use super::onward::Onward;
use crate::token::Scopes;

/// A request of the caller.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ask {
    /// The method.
    pub method: Method,
    /// What it is for.
    pub target: Target,
    /// What it needs. Nothing beyond is asked for but what the host names for the same repository.
    pub scopes: Scopes,
    /// How far it goes.
    pub conduct: Conduct,
    /// Whether another request settles it where the host refuses the account in use: the refusal is
    /// an answer then, and changes nothing. For a `HEAD`, since there are hosts that refuse it and
    /// answer the `GET`. A password that is refused with a challenge is wrong all the same.
    pub preliminary: bool,
}

impl Ask {
    /// A request that needs no scope, and follows redirects.
    pub fn new(method: Method, target: Target) -> Self {
        Self {
            method,
            target,
            scopes: Scopes::none(),
            conduct: Conduct::Follow,
            preliminary: false,
        }
    }

    /// The same for what needs these scopes.
    #[must_use]
    pub fn with_scopes(mut self, scopes: Scopes) -> Self {
        self.scopes = scopes;
        self
    }

    /// The same where another request settles it.
    #[must_use]
    pub fn preliminary(mut self) -> Self {
        self.preliminary = true;
        self
    }

    /// The same with another conduct.
    #[must_use]
    pub fn with_conduct(mut self, conduct: Conduct) -> Self {
        self.conduct = conduct;
        self
    }
}

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method as it is sent.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What a request is for.
#[derive(Debug, Clone)]
pub enum Target {
    /// A path below the host's own, and a query; `?ns=` is added where the host is sent one.
    Path {
        /// The path, from its `/`.
        path: String,
        /// Names and values.
        query: Vec<(String, String)>,
    },
    /// The host's own path, and `/v2/` where a path mirror knows nothing there: a probe, a login.
    Door,
    /// Where an earlier answer led: an upload location.
    Onward(Onward),
}

impl Target {
    /// A path without a query.
    pub fn path(path: impl Into<String>) -> Self {
        Self::Path {
            path: path.into(),
            query: Vec::new(),
        }
    }
}

/// How far a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conduct {
    /// Candidate after candidate, redirects too, without a secret beyond the host's origin.
    Follow,
    /// The same, but a redirect is an answer: for what has a body.
    Stay,
    /// Once, with the account in use; a refusal is an answer, and changes nothing: for a mount.
    Try,
    /// Without a credential; whatever comes is the answer, but for a redirect inside the host's
    /// origin: for a probe.
    Knock,
}
