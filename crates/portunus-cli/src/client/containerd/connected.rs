use std::time::Duration;

use portunus_containerd::{Containerd, ContainerdNamespace};
use tokio::runtime::Runtime;

use crate::client::containerd::address;
use crate::client::containerd::interrupt::Interrupt;
use crate::client::environment::Environment;
use crate::client::error::ClientError;
use crate::client::error::daemon::DaemonFailure;
use crate::client::http;

/// How long the daemon may take to say who it is.
const GREETING: Duration = Duration::from_secs(10);

/// Which daemon, and where in it.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub(crate) struct DaemonAddress<'a> {
    /// Its socket; `None`: what the environment says, or where it usually is.
    pub(crate) socket: Option<&'a str>,
    /// `None`: what the environment says, or `default`.
    pub(crate) containerd_namespace: Option<&'a str>,
}

/// A daemon that has said who it is.
#[derive(Debug)]
#[non_exhaustive]
pub(crate) struct Connected {
    pub(super) runtime: Runtime,
    /// The daemon.
    pub(crate) daemon: Containerd,
    pub(super) containerd_namespace: ContainerdNamespace,
    pub(super) interrupt: Interrupt,
}

impl Connected {
    /// Connects to it. Until the value is dropped, a signal that asks the process to end ends the
    /// operation in order.
    ///
    /// # Errors
    /// Where none answers there, or what names it is not text or no containerd namespace.
    pub(crate) fn connect(
        address: DaemonAddress<'_>,
        environment: &Environment,
    ) -> Result<Self, ClientError> {
        let runtime = http::runtime()?;
        let containerd_namespace = match address.containerd_namespace {
            Some(named) => named,
            None => environment
                .text("CONTAINERD_NAMESPACE")?
                .unwrap_or("default"),
        };
        let containerd_namespace =
            ContainerdNamespace::new(containerd_namespace).map_err(DaemonFailure::from)?;
        let socket = address::find_socket(address.socket, environment)?;
        let connected = runtime.block_on(Containerd::connect(socket, GREETING));
        let daemon = connected.map_err(DaemonFailure::from)?;
        let interrupt = {
            let _in_runtime = runtime.enter();
            Interrupt::new()?
        };
        Ok(Self {
            runtime,
            daemon,
            containerd_namespace,
            interrupt,
        })
    }
}
