use crate::outcome::Outcome;

/// Why there is no token.
#[derive(Debug, Clone)]
pub(crate) enum TokenFailure {
    /// The realm does not accept the credential, or gives nothing to the anonymous.
    Rejected {
        /// The status.
        status: u16,
    },
    /// Anything else.
    Failed(Outcome),
}
