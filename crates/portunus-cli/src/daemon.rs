//! Which daemon a command means, and why that did not do it.

use portunus::resolve::Plan;
use portunus_client::ClientError;
use portunus_client::containerd::{DaemonAddress, DaemonTransferError};
use portunus_client::error::DaemonFailure;

use crate::explain::daemon::explain_daemon;
use crate::explain::explain_transfer;
use crate::failure::Failure;

/// Which daemon, and where in it.
#[derive(Debug, clap::Args)]
pub(crate) struct ContainerdArguments {
    /// containerd's socket, a path or unix://path [env: CONTAINERD_ADDRESS]
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// The containerd namespace the image is in, else `default` [env: CONTAINERD_NAMESPACE]
    #[arg(short = 'n', long = "namespace", value_name = "CONTAINERD_NAMESPACE")]
    containerd_namespace: Option<String>,
}

impl ContainerdArguments {
    pub(crate) fn address(&self) -> DaemonAddress {
        let mut address = DaemonAddress::default();
        address.socket.clone_from(&self.address);
        address
            .containerd_namespace
            .clone_from(&self.containerd_namespace);
        address
    }
}

/// Why a daemon did not pull or push: with what the hosts had answered us.
pub(crate) fn explain(error: DaemonTransferError<'_>, plan: &Plan) -> Failure {
    match (*error.error, &error.asked) {
        (ClientError::Daemon(DaemonFailure::Transfer(error)), Some(asked)) => {
            explain_daemon(&error, plan, Some(asked))
        }
        (other, _) => explain_transfer(other, plan),
    }
}
