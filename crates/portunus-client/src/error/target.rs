use portunus::name::{NameError, Profile};

/// Why what a login or logout names is no such thing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// A name is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// `endpoint://NAMESPACE/HOST[:PORT]` without its host.
    #[error("no host in `{0}`")]
    NoHost(String),
    /// The text itself names two registry namespaces.
    #[error("two registry namespaces are named in `{0}`")]
    TwoInText(String),
    /// What is said beside the host is not what its text says.
    #[error("two {what} are named: {beside} and {spelled}")]
    Disagreeing {
        /// Of what, in the plural.
        what: &'static str,
        /// Beside it.
        beside: String,
        /// In the text.
        spelled: String,
    },
    /// The text names another profile than the active one.
    #[error("the profile is {active}, not {spelled}")]
    OtherProfile {
        /// The active one.
        active: Profile,
        /// The one in the text.
        spelled: Profile,
    },
    /// A glob, which is asked nothing.
    #[error("`{0}` stands for several hosts, of which none can be asked")]
    Glob(String),
    /// A path behind the host: the host is meant, or repositories at it.
    #[error("invalid host `{text}`: a host has no path")]
    HostWithPath {
        /// What was written.
        text: String,
        /// The host in it.
        host: String,
        /// The path, as a prefix of repositories.
        path: String,
    },
}
