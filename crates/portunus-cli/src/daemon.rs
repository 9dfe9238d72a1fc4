//! Which daemon a command means.

use portunus_client::containerd::DaemonAddress;

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
