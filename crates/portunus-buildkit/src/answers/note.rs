use std::fmt;

use portunus::authorizer::Shown;
use portunus::name::RegistryNamespace;
use portunus::printable::printable;
use portunus::store::SourceError;
use portunus_http::Outcome;

/// What the user of a session should be told. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildNote {
    /// The builder asked about a host that serves no image of this build: it was given nothing.
    #[non_exhaustive]
    Stray {
        /// The host, as the builder calls it.
        host: String,
    },
    /// Images of several registry namespaces come from one host with different logins, and the
    /// builder does not say which it means: it was given nothing.
    #[non_exhaustive]
    Ambiguous {
        /// The host.
        host: String,
        /// The registry namespaces, or the one whose repositories have different logins.
        registry_namespaces: Vec<RegistryNamespace>,
    },
    /// The host wants the password itself, so the builder was given it.
    #[non_exhaustive]
    HandedOver {
        /// The host.
        host: String,
        /// Whose.
        account: Shown,
    },
    /// The builder asked for a password at a host that hands out tokens: it was given nothing, since
    /// it is given those.
    #[non_exhaustive]
    KeptBack {
        /// The host.
        host: String,
    },
    /// A token for the repository that is pushed, and for no other: layers that could have been
    /// mounted from elsewhere are uploaded.
    #[non_exhaustive]
    Narrowed {
        /// The host.
        host: String,
        /// The repository.
        repository: String,
    },
    /// A candidate was passed over, or something else about a host.
    #[non_exhaustive]
    Warning {
        /// The host.
        host: String,
        /// What.
        message: String,
    },
    /// There is no token.
    #[non_exhaustive]
    Failed {
        /// The host.
        host: String,
        /// Why.
        outcome: Outcome,
    },
    /// A source of credentials failed, or has an entry that cannot be read.
    Source(SourceError),
    /// The builder has asked too often: it is given nothing any more.
    Exhausted,
}

impl fmt::Display for BuildNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stray { host } => write!(
                f,
                "the builder asked about {}, which serves no image of this build: it was given nothing",
                printable(host)
            ),
            Self::Ambiguous {
                host,
                registry_namespaces,
            } => {
                let names = registry_namespaces.iter().map(ToString::to_string);
                write!(
                    f,
                    "{host}: different logins for images of {}, and the builder does not say which it means: it was given nothing",
                    names.collect::<Vec<_>>().join(" and ")
                )
            }
            Self::HandedOver { host, account } => write!(
                f,
                "{host} wants the password itself: the builder was given that of {account}"
            ),
            Self::KeptBack { host } => write!(
                f,
                "{host} hands out tokens: the builder is given those, and was given no password"
            ),
            Self::Narrowed { host, repository } => write!(
                f,
                "{host}: a token for {} alone, so that layers are uploaded and not mounted",
                printable(repository)
            ),
            Self::Warning { host, message } => write!(f, "{host}: {}", printable(message)),
            Self::Failed { host, outcome } => {
                write!(f, "{host}: {}", printable(&outcome.to_string()))
            }
            Self::Source(error) => f.write_str(&printable(&error.to_string())),
            Self::Exhausted => {
                f.write_str("the builder has asked too often, and is given nothing any more")
            }
        }
    }
}
