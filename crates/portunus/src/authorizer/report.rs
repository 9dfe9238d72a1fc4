use url::Url;

use super::permit::Permit;

use super::shown::Shown;
use crate::credential::Credential;
use crate::token::Authentication;
use crate::token::trust::Refusal;

/// What became of the credentials of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Those that were sent to it or to its realm.
    pub shown: Vec<Shown>,
    /// Those it did not accept, also those that were not sent, because the same login was rejected
    /// before.
    pub rejected: Vec<Shown>,
}

/// What a host asks for and whom it serves.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settled {
    /// What it asks for; `None`: nothing so far.
    pub authentication: Option<Authentication>,
    /// Whom it serves.
    pub account: Account,
    /// The realm that was asked for tokens, which may be the named one with TLS in place of none.
    pub realm: Option<Url>,
    /// Why the realm that the host names may not be asked, where another was: a client that knows
    /// nothing of that, as containerd's, is not to be given the credential.
    pub named_realm: Option<Refusal>,
    /// The identity token that a realm gave in place of the credential of a login.
    pub identity_token: Option<Credential>,
}

/// Whom a host serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// Anybody, as far as is known: it has asked for nothing.
    Unasked,
    /// Nobody in particular, with a token for the anonymous.
    Anonymous,
    /// The account of this credential.
    Permitted(Box<Permit>),
    /// Nobody: it asked, and nothing that it was shown, or may be shown, helped.
    Nobody,
}
