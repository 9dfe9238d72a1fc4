use portunus::name::{CredentialKey, NameError, RegistryNamespace};
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::ResolveError;
use portunus::store::{Location, SourceError};

use super::account::ServiceAccount;
use super::request::RequestError;

/// Why a kubelet is answered nothing although there may be something. Never holds a secret: the
/// kubelet puts it into its log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// The request is none.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The image has no name that a registry could have.
    #[error("the image of the request: {0}")]
    Image(#[from] NameError),
    /// An annotation asks for a profile that the operator did not give the account.
    #[error("{} asks for profile {name}, which the operator of this node did not give it", whose(account.as_ref()))]
    #[non_exhaustive]
    Profile {
        /// The profile.
        name: String,
        /// Who asks for it; `None`: the kubelet does not say.
        account: Option<ServiceAccount>,
    },
    /// There is no plan.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// What holds the login failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The login may not be shown to each host of the plan.
    #[error(transparent)]
    NotForEveryHost(Box<NotForEveryHost>),
    /// The login is a token, which a kubelet cannot pass on.
    #[error(transparent)]
    NotAPassword(Box<NotAPassword>),
}

/// A login that not every host of a plan may see.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the login of `{key}` ({location}) is not answered: a node shows an answer to every host of \
     {registry_namespace} that asks for one, and {}",
    reasons(hosts)
)]
#[non_exhaustive]
pub struct NotForEveryHost {
    /// What it is stored for.
    pub key: CredentialKey,
    /// Where.
    pub location: Location,
    /// Whose hosts these are.
    pub registry_namespace: RegistryNamespace,
    /// Those that may not see it.
    pub hosts: Vec<Withheld>,
}

/// A login that has no user name and password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` ({location}) holds no user name and password, which is all a kubelet passes on")]
#[non_exhaustive]
pub struct NotAPassword {
    /// What it is stored for.
    pub key: CredentialKey,
    /// Where.
    pub location: Location,
}

/// A host that may not see a login.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Withheld {
    /// The host, `https://mirror.test:5000`.
    pub url: String,
    /// Why it may not.
    pub reason: String,
    /// What would allow it.
    pub remedies: Vec<Remedy>,
}

impl Advise for ProviderError {
    fn remedies(&self) -> Vec<Remedy> {
        match self {
            Self::Source(error) | Self::Resolve(ResolveError::Source(error)) => error.remedies(),
            Self::NotForEveryHost(withheld) => {
                let hosts = withheld.hosts.iter();
                hosts.flat_map(|it| it.remedies.clone()).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn reasons(hosts: &[Withheld]) -> String {
    let reasons = hosts
        .iter()
        .map(|it| format!("{} may not see it ({})", it.url, it.reason));
    reasons.collect::<Vec<_>>().join("; ")
}

fn whose(account: Option<&ServiceAccount>) -> String {
    match account {
        Some(account) => format!("service account {account}"),
        None => "a request without a service account".to_owned(),
    }
}
