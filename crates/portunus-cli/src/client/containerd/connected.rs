use std::time::Duration;

use portunus::remedy::Advise;
use portunus_containerd::{ConnectError, Containerd, ContainerdNamespace};
use tokio::runtime::Runtime;

use crate::client::containerd::address;
use crate::client::containerd::interrupt::Interrupt;
use crate::client::environment::Environment;
use crate::client::http;
use crate::exit::Exit;
use crate::failure::Failure;

/// How long the daemon may take to say who it is.
const GREETING: Duration = Duration::from_secs(10);

/// Which daemon, and where in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DaemonAddress<'a> {
    /// Its socket; `None`: what the environment says, or where it usually is.
    pub(crate) socket: Option<&'a str>,
    /// `None`: what the environment says, or `default`.
    pub(crate) containerd_namespace: Option<&'a str>,
}

/// A daemon that has said who it is.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(super) runtime: Runtime,
    pub(crate) daemon: Containerd,
    pub(super) containerd_namespace: ContainerdNamespace,
    pub(super) interrupt: Interrupt,
}

impl Connected {
    pub(crate) fn connect(
        address: DaemonAddress<'_>,
        environment: &Environment,
    ) -> Result<Self, Failure> {
        let runtime = http::runtime()?;
        let containerd_namespace = match address.containerd_namespace {
            Some(named) => named,
            None => environment
                .text("CONTAINERD_NAMESPACE")?
                .unwrap_or("default"),
        };
        let containerd_namespace = ContainerdNamespace::new(containerd_namespace)
            .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
        let socket = address::find_socket(address.socket, environment)?;
        let connected = runtime.block_on(Containerd::connect(socket, GREETING));
        let daemon = connected.map_err(|error| explain_unconnected(&error))?;
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

fn explain_unconnected(error: &ConnectError) -> Failure {
    let failure = Failure::new(Exit::Failed, error.to_string());
    error.remedies().into_iter().fold(failure, Failure::help)
}
