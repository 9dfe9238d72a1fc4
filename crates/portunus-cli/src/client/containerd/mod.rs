//! Pull and push through a real containerd.

mod address;
mod failed;
mod hosts_directory;
mod interrupt;
mod local;
mod origin;
mod pull;
mod push;

use std::sync::Arc;
use std::time::Duration;

use portunus::resolve::{Attempt, Plan, Session};
use portunus_containerd::{
    Answers, ConnectError, Containerd, ContainerdNamespace, TransferError, TransferErrorKind,
};
use portunus_http::{Choice, ChosenAnswer};
use tokio::runtime::Runtime;

use crate::client::events;
use crate::client::http;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::progress::ProgressStyle;
use crate::waiting::Waiting;
use hosts_directory::HostsDirectory;
use interrupt::Interrupt;

pub(crate) use pull::pull;
pub(crate) use push::push;

/// How long the daemon may take to say who it is.
const GREETING: Duration = Duration::from_secs(10);
/// How long what was transferred is kept, should we be gone before the end.
const LEASE: Duration = Duration::from_secs(24 * 60 * 60);

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

/// How an image is pulled into containerd.
#[derive(Debug)]
pub(crate) struct ContainerdPull<'a> {
    pub(crate) daemon: &'a ContainerdArguments,
    /// Whether every request is ours, and the daemon only stores.
    pub(crate) local: bool,
    pub(crate) platform: Option<&'a str>,
    pub(crate) unpack: bool,
    pub(crate) progress: Option<ProgressStyle>,
}

/// A daemon that has said who it is.
struct Connected {
    runtime: Runtime,
    daemon: Containerd,
    containerd_namespace: ContainerdNamespace,
    interrupt: Interrupt,
}

fn connect(arguments: &ContainerdArguments, context: &Context<'_>) -> Result<Connected, Failure> {
    let runtime = http::runtime()?;
    let containerd_namespace = match &arguments.containerd_namespace {
        Some(named) => named,
        None => context
            .settings
            .environment
            .text("CONTAINERD_NAMESPACE")?
            .unwrap_or("default"),
    };
    let containerd_namespace = ContainerdNamespace::new(containerd_namespace)
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let socket = address::socket(arguments.address.as_deref(), context.settings.environment)?;
    let waiting = Waiting::new("waiting for containerd", context.streams);
    let connected = runtime.block_on(Containerd::connect(socket, GREETING));
    drop(waiting);
    let daemon = connected.map_err(|error| unconnected(&error))?;
    let interrupt = {
        let _in_runtime = runtime.enter();
        Interrupt::new()?
    };
    Ok(Connected {
        runtime,
        daemon,
        containerd_namespace,
        interrupt,
    })
}

/// Everything that is settled before the daemon is called.
struct Prepared {
    runtime: Runtime,
    daemon: Containerd,
    containerd_namespace: ContainerdNamespace,
    interrupt: Interrupt,
    choices: Vec<Choice>,
    answers: Answers,
    hosts: HostsDirectory,
}

impl Prepared {
    /// Why a transfer failed. Hosts that were not asked before are asked now, to tell what they
    /// answer.
    fn failure(
        mut self,
        error: &TransferError,
        plan: &Plan,
        session: &Arc<Session>,
        context: &Context<'_>,
    ) -> Failure {
        if error.kind() != TransferErrorKind::Cancelled
            && let Ok(client) = http::client(context)
        {
            let others = self.runtime.block_on(async {
                tokio::select! {
                    others = client.choose_where(plan, session, |it| !may_be_told(plan, it)) => others,
                    () = self.interrupt.came() => Vec::new(),
                }
            });
            for (choice, other) in self.choices.iter_mut().zip(others) {
                if choice.answer == ChosenAnswer::NotAsked {
                    *choice = other;
                }
            }
        }
        failed::failed(error, plan, &self.choices)
    }
}

/// Finds out which credential each host accepts, and renders the hosts for the daemon.
fn prepare(
    plan: &Plan,
    session: &Arc<Session>,
    connected: Connected,
    context: &mut Context<'_>,
) -> Result<Prepared, Failure> {
    let Connected {
        runtime,
        daemon,
        containerd_namespace,
        mut interrupt,
    } = connected;
    let hosts = HostsDirectory::for_daemon(plan, &daemon, context)?;
    let client = http::client(context)?;
    let waiting = Waiting::new("asking the hosts", context.streams);
    let choices = runtime.block_on(async {
        tokio::select! {
            choices = client.choose_where(plan, session, |it| may_be_told(plan, it)) => Ok(choices),
            stopped = interrupt.stopped(plan) => Err(stopped),
        }
    })?;
    drop(waiting);
    events::choices(plan, &choices);
    for warning in choices.iter().flat_map(|choice| &choice.warnings) {
        output::warning(warning, None, context.streams);
    }
    let answers = Answers::from_choices(plan, &choices, session, &context.settings.trust())
        .map_err(|error| Failure::new(Exit::Failed, error.to_string()).help(error.help()))?;
    Ok(Prepared {
        runtime,
        daemon,
        containerd_namespace,
        interrupt,
        choices,
        answers,
        hosts,
    })
}

/// Whether there is a credential for a host, by the text that containerd knows it by. The others
/// are told none whatever they answer, and asking them would cost them a request more than containerd
/// makes.
fn may_be_told(plan: &Plan, attempt: &Attempt) -> bool {
    let host = &attempt.host.host;
    let mut sharing = plan.attempts.iter().filter(|it| it.host.host == *host);
    sharing.any(|it| !it.candidates.is_empty())
}

fn unconnected(error: &ConnectError) -> Failure {
    Failure::new(Exit::Failed, error.to_string()).help(error.help())
}
