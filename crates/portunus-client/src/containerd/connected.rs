use std::time::Duration;

use portunus::name::NameError;
use portunus_containerd::{Containerd, ContainerdNamespace};
use tokio::runtime::Runtime;

use crate::containerd::address;
use crate::environment::Environment;
use crate::error::ClientError;
use crate::error::daemon::DaemonFailure;
use crate::http;

/// How long the daemon may take to say who it is.
const GREETING: Duration = Duration::from_secs(10);

/// Which daemon, and where in it.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DaemonAddress {
    /// Its socket; `None`: what the environment says, or where it usually is.
    pub socket: Option<String>,
    /// `None`: what the environment says, or `default`.
    pub containerd_namespace: Option<String>,
}

/// A daemon that has said who it is.
#[derive(Debug)]
pub(crate) struct Connected {
    pub(super) runtime: Runtime,
    pub(super) daemon: Containerd,
    pub(super) containerd_namespace: ContainerdNamespace,
}

impl Connected {
    /// Connects to it. `None`: it was stopped first.
    pub(crate) fn connect(
        address: &DaemonAddress,
        environment: &Environment,
        stop: impl Future<Output = ()>,
    ) -> Result<Option<Self>, ClientError> {
        let runtime = http::runtime()?;
        let containerd_namespace = match address.containerd_namespace.as_deref() {
            Some(named) => ContainerdNamespace::new(named).map_err(DaemonFailure::from)?,
            None => of_variable(environment)?,
        };
        let socket = address::find_socket(address.socket.as_deref(), environment)?;
        let connected = runtime.block_on(async {
            tokio::select! {
                biased;
                () = stop => None,
                connected = Containerd::connect(socket, GREETING) => Some(connected),
            }
        });
        let daemon = connected.transpose().map_err(DaemonFailure::from)?;
        Ok(daemon.map(|daemon| Self {
            runtime,
            daemon,
            containerd_namespace,
        }))
    }
}

/// The containerd namespace that the environment names, else `default`.
fn of_variable(environment: &Environment) -> Result<ContainerdNamespace, ClientError> {
    let variable = "CONTAINERD_NAMESPACE";
    let named = environment.text(variable)?.unwrap_or("default");
    ContainerdNamespace::new(named).map_err(|_| {
        let rule = "it has letters and digits, joined by single dots, hyphens or underscores";
        let problem = NameError::new("containerd namespace", named, rule);
        ClientError::Variable { variable, problem }
    })
}
