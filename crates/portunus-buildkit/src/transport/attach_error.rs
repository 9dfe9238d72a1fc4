use portunus::printable::printable;

/// Why a session did not reach a builder.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AttachError {
    /// The builder did not take the call.
    #[error("the builder refused the session: {}", printable(.0.message()))]
    Call(Box<tonic::Status>),
    /// It answered a request to upgrade the connection with another status.
    #[error("the builder answered {0} where the connection was to become the session's")]
    Status(u16),
    /// It does not speak HTTP, or vanished.
    #[error("the connection to the builder broke")]
    Connection,
}
