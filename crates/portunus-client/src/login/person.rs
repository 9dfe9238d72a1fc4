use portunus::credential::Credential;
use portunus::store::Location;
use portunus::token::trust::Refusal;

use crate::error::ClientError;
use crate::login::{Login, Offered};

/// Who is asked for what only a person can say, and is told what happens meanwhile.
pub trait LoginPerson {
    /// Why there is no answer.
    type Error;

    /// Whether anybody is there to ask. Where not, nothing is asked, and a login that needs an
    /// answer fails.
    fn is_there(&self) -> bool;

    /// The credential to log in with: the account is that of the request, where it names one.
    ///
    /// # Errors
    /// Where there is no answer.
    fn credential(&mut self, login: &Login<'_>) -> Result<Credential, Self::Error>;

    /// Whether a realm, told by its URL, may see the secret of this login; the rules alone do not
    /// let it, as they say.
    ///
    /// # Errors
    /// Where there is no answer.
    fn trusts(&mut self, realm: &str, refusal: &Refusal) -> Result<bool, Self::Error>;

    /// Something happened.
    fn observe(&mut self, login: &Login<'_>, event: LoginEvent<'_>);
}

/// What happens while somebody logs in.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum LoginEvent<'a> {
    /// The host is asked, and has answered with the next event.
    Asking,
    /// The host has answered.
    Answered,
    /// The account that is logged in already is checked again.
    UsesStored(&'a Offered),
    /// The host does not take what is stored there; another credential is asked for.
    StoredRejected(&'a Location),
}

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError<E> {
    /// It was not done.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The person gave no answer.
    #[error("no answer was given")]
    Person(E),
}

/// Where nobody can be asked.
#[derive(Debug)]
pub(crate) struct Nobody;

impl LoginPerson for Nobody {
    type Error = ClientError;

    fn is_there(&self) -> bool {
        false
    }

    fn credential(&mut self, login: &Login<'_>) -> Result<Credential, ClientError> {
        Err(ClientError::NobodyToAsk(Box::new(login.key.clone())))
    }

    fn trusts(&mut self, _: &str, _: &Refusal) -> Result<bool, ClientError> {
        Ok(false)
    }

    fn observe(&mut self, _: &Login<'_>, _: LoginEvent<'_>) {}
}
