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
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
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

/// What names no path would be taken for the usual one.
fn address(text: &str) -> Result<String, String> {
    match text.strip_prefix("unix://").unwrap_or(text).is_empty() {
        true => Err("an address is the path of a socket, or unix:// and a path".to_owned()),
        false => Ok(text.to_owned()),
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
