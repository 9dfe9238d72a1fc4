use portunus::name::{CredentialKey, Profile};

/// Why docker's credential helper protocol has no answer. Where docker knows a message of the
/// protocol, `Display` says exactly that (docker-credential-helpers `credentials/error.go`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HelperProtocolError {
    /// There is no such login; docker takes that for "anonymous".
    #[error("credentials not found in native keychain")]
    NotFound,
    /// No server is named.
    #[error("no credentials server URL")]
    NoServer,
    /// No account is named.
    #[error("no credentials username")]
    NoUsername,
    /// What is named as a server has no host.
    #[error("the server URL names no host")]
    NoHost,
    /// What is to be stored is no record of a login.
    #[error("what is to be stored is not the JSON of the protocol")]
    NoRecord,
    /// Who asks cannot know what a login is for that is limited to a registry namespace or to
    /// repositories, and must neither replace nor remove it.
    #[error("`{0}` is not the plain login of a host: it is left alone")]
    Limited(Box<CredentialKey>),
    /// docker's folder is that of one profile, and the environment names another.
    #[error("DOCKER_CONFIG is the folder of profile {folder}, and {variable} names another")]
    OtherProfile {
        /// Whose the folder is.
        folder: Profile,
        /// The variable.
        variable: &'static str,
    },
}
