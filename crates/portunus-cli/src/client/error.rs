#[cfg(feature = "containerd")]
use portunus_containerd::TransferError;
use portunus_http::Error;

use crate::failure::Failure;

/// Why an image did not arrive.
#[derive(Debug)]
pub(crate) enum ClientError {
    /// Something of this machine stood in the way, or it was stopped.
    Failed(Failure),
    /// No host served as it was asked to.
    Hosts(Box<Error>),
    /// The daemon failed.
    #[cfg(feature = "containerd")]
    Daemon(TransferError),
}

impl<E: Into<Failure>> From<E> for ClientError {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
