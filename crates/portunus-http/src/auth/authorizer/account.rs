use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::token::{Bearer, Scopes};

use crate::outcome::shown::Shown;
use crate::wire::authorization::Authorization;

/// Who is asking; without a credential: nobody in particular.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) candidate: Option<usize>,
    pub(super) credential: Option<Credential>,
    pub(super) shown: Option<Shown>,
    /// For these scopes the host found the token too narrow, and those were asked for instead.
    pub(super) widened: Option<(Scopes, Scopes)>,
}

impl Account {
    /// What its credential is kept under.
    pub(super) fn key(&self) -> Option<&CredentialKey> {
        self.shown.as_ref().map(|shown| &shown.key)
    }

    /// Its answer to Basic.
    pub(super) fn basic(&self) -> Option<Authorization> {
        Authorization::basic(self.credential.as_ref()?, self.key())
    }
}

/// The scopes to ask for where a request needs `scopes`.
pub(super) fn wanted_scopes(bearer: &Bearer, account: &Account, scopes: &Scopes) -> Scopes {
    if let Some((_, needed)) = account
        .widened
        .as_ref()
        .filter(|(asked, _)| asked == scopes)
    {
        return needed.clone();
    }
    let mut wanted = Scopes::parse(&bearer.scopes.join(" "));
    wanted.merge(scopes);
    wanted
}
