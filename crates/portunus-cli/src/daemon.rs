//! How a command comes to a daemon.

use crate::context::Context;
use crate::explain::daemon::{describe_warning, warning_help};
use crate::failure::Failure;
use crate::output;
use crate::waiting::Waiting;
use portunus_client::ImageTransfer;
use portunus_client::containerd::Prepared;
use portunus_client::containerd::{Connected, DaemonAddress};

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

/// What names no path would be taken for the usual one.
fn address(text: &str) -> Result<String, String> {
    match text.strip_prefix("unix://").unwrap_or(text).is_empty() {
        true => Err("an address is the path of a socket, or unix:// and a path".to_owned()),
        false => Ok(text.to_owned()),
    }
}

/// Connects to the daemon that the arguments and the environment name.
pub(crate) fn connect(
    arguments: &ContainerdArguments,
    context: &Context<'_>,
) -> Result<Connected, Failure> {
    let _waiting = Waiting::new("waiting for containerd", context.streams);
    let mut address = DaemonAddress::default();
    address.socket = arguments.address.as_deref();
    address.containerd_namespace = arguments.containerd_namespace.as_deref();
    Ok(Connected::connect(address, context.settings.environment())?)
}

/// Settles everything before the daemon is called, and tells what is to be known of it.
pub(crate) fn prepare<'a>(
    connected: Connected,
    transfer: &ImageTransfer<'a>,
    context: &mut Context<'_>,
) -> Result<Prepared<'a>, Failure> {
    let waiting = Waiting::new("asking the hosts", context.streams);
    let prepared = Prepared::new(connected, transfer, &context.settings)?;
    drop(waiting);
    for warning in &prepared.warnings {
        let help = warning_help(warning);
        output::warning(&describe_warning(warning), help, context.streams);
    }
    Ok(prepared)
}
