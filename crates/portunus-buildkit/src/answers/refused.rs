use portunus::authorizer::HostFailure;
use portunus::printable::printable;
use portunus_http::Outcome;

/// Why a builder is given nothing. Other users of the builder may read it: it names no account, no
/// key, and no repository.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// As BuildKit's own client says where tokens are not its to ask for: the builder then asks for
    /// a password, and goes on anonymously without one.
    #[error("no tokens from this client")]
    NotHere,
    /// The host is none of the build's.
    #[error("{} serves no image of this build", printable(.0))]
    Stray(String),
    #[error("{0}: different logins for images of this build")]
    Ambiguous(String),
    #[error("the realm is no http or https URL")]
    Realm,
    #[error("the scopes name no repository, or nothing that this build does there")]
    Scopes,
    #[error("asked too often")]
    Exhausted,
    #[error("{0}: {words}", words = words(.1))]
    NoToken(String, Box<Outcome>),
    #[error("a credential source panicked")]
    Panicked,
    #[error("a salt or a payload of more than 4 KiB")]
    TooLong,
}

/// The user of the session is told the rest.
fn words(outcome: &Outcome) -> &'static str {
    match outcome.failure() {
        Some(HostFailure::Rejected { .. }) => "its token server rejected the login",
        Some(HostFailure::NotLoggedIn { .. }) => {
            "its token server wants a login, and there is none"
        }
        Some(HostFailure::LacksScope { .. } | HostFailure::Denied { .. }) => {
            "denied by its token server"
        }
        Some(HostFailure::Refused(_)) => "the login may not be shown to its token server",
        _ => "no token from its token server",
    }
}
