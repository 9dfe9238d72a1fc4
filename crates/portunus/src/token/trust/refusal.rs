use crate::remedy::{Advise, Remedy};

/// A secret, or a request, that is not sent, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Refusal {
    /// Which rule.
    pub kind: RefusalKind,
    /// What is refused and why.
    pub message: String,
    /// What would allow it.
    pub remedy: Option<Box<Remedy>>,
}

/// The rule of a [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The realm belongs to somebody else than the host.
    ForeignRealm,
    /// The realm is not the one of the login.
    ChangedRealm,
    /// The secret would travel without TLS.
    PlainHttp,
    /// The secret would travel over TLS to whoever answers: the certificate is not verified.
    UnverifiedTls,
    /// The realm's URL holds user information.
    UserInformation,
    /// The realm or redirect target has an address that a registry may not send us to.
    Address,
}

impl Refusal {
    pub(super) fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            remedy: None,
        }
    }

    pub(super) fn with_remedy(mut self, remedy: impl Into<Remedy>) -> Self {
        self.remedy = Some(Box::new(remedy.into()));
        self
    }
}

impl Advise for Refusal {
    fn remedies(&self) -> Vec<Remedy> {
        self.remedy.as_deref().cloned().into_iter().collect()
    }
}
