use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::name::CredentialKey;
use crate::store::Source;

/// A source of a resolver. Two are equal where they are the same one, whatever they are called.
#[derive(Clone)]
pub(crate) struct SourceHandle(Arc<dyn Source>);

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct SecretPlace {
    /// `None`: it is offered by the caller.
    source: Option<SourceHandle>,
    key: CredentialKey,
}

impl SecretPlace {
    pub(crate) fn new(source: Option<SourceHandle>, key: CredentialKey) -> Self {
        Self { source, key }
    }
}

impl SourceHandle {
    pub(crate) fn of(source: &Arc<dyn Source>) -> Self {
        Self(Arc::clone(source))
    }

    pub(crate) fn source(&self) -> &dyn Source {
        &*self.0
    }

    fn address(&self) -> *const () {
        Arc::as_ptr(&self.0).cast()
    }
}

impl PartialEq for SourceHandle {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address()
    }
}

impl Eq for SourceHandle {}

impl Hash for SourceHandle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.address().hash(state);
    }
}

impl fmt::Debug for SourceHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
