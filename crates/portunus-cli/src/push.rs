//! `portunus push`: from containerd, or from an OCI layout.

use std::path::{Path, PathBuf};

use clap::Args;
use portunus::name::Repository;
use portunus::resolve::{Operation, PreparedOperation};
#[cfg(feature = "containerd")]
use portunus_client::containerd;
use portunus_client::{ClientError, ImageTransfer, find_push_mirror};
use portunus_http::PushOptions;

use crate::context::Context;
use crate::exit::Exit;
#[cfg(feature = "containerd")]
use crate::explain::daemon::explain_daemon;
use crate::explain::explain_transfer;
use crate::failure::Failure;
#[cfg(feature = "containerd")]
use crate::interrupt::interrupted;
use crate::progress::{ProgressDisplay, ProgressStyle};
use crate::pull_secrets::PullSecretArguments;
use crate::{image, output};

/// Push an image from containerd, or from an OCI layout
#[derive(Debug, Args)]
pub struct PushArguments {
    /// The image, as docker understands it
    image: String,
    #[command(flatten)]
    pull_secrets: PullSecretArguments,
    #[cfg(feature = "containerd")]
    #[command(flatten)]
    containerd: crate::daemon::ContainerdArguments,
    /// Push to a mirror that may be pushed to only because it has no `capabilities` line
    #[arg(long)]
    push_to_mirror: bool,
    /// How progress is shown: bars on a terminal, lines elsewhere
    #[arg(long, value_name = "STYLE")]
    progress: Option<ProgressStyle>,
    /// Push the image from this OCI layout, without containerd
    #[arg(long, value_name = "DIR")]
    oci_layout: Option<PathBuf>,
    /// Mount layers from this repository of the same registry where it has them; repositories
    /// that the layout names are tried without being told
    #[arg(long, value_name = "REPOSITORY", requires = "oci_layout")]
    mount_from: Vec<String>,
}

pub(crate) fn run(arguments: &PushArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut options = PushOptions::default();
    let mount_from = arguments.mount_from.iter().map(Repository::new);
    options.mount_from = mount_from.collect::<Result<_, _>>()?;
    let secrets = &arguments.pull_secrets.paths;
    let resolved = image::resolve(Operation::Push, &arguments.image, secrets, context)?;
    let mirror = find_push_mirror(resolved.plan(), arguments.push_to_mirror);
    if let Some(mirror) = mirror.map_err(explain_mirror)? {
        let message = format!("pushing to the mirror {}", mirror.host);
        output::info(&message, context.streams);
    }
    match &arguments.oci_layout {
        Some(directory) => {
            push_layout(directory, &options, &resolved.operation, arguments, context)
        }
        #[cfg(feature = "containerd")]
        None => push_from_daemon(&resolved.operation, arguments, context),
        #[cfg(not(feature = "containerd"))]
        None => Err(image::explain_without_daemon(&resolved)),
    }
}

fn push_layout(
    directory: &Path,
    options: &PushOptions,
    operation: &PreparedOperation,
    arguments: &PushArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let transfer = ImageTransfer::new(operation, &context.settings)?;
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let pushed = transfer.push_from(directory, options, &display);
    drop(display);
    let plan = operation.plan();
    let pushed = pushed.map_err(|error| explain_transfer(error, plan))?;
    let lines = [
        format!("pushed {} {}", plan.reference, pushed.manifest.digest),
        format!("to {}", pushed.host),
    ];
    output::result(lines, context.streams)
}

/// Pushes through the transfer service.
#[cfg(feature = "containerd")]
fn push_from_daemon(
    operation: &PreparedOperation,
    arguments: &PushArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let address = arguments.containerd.address();
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let (settings, stop) = (&context.settings, interrupted());
    let pushed = containerd::push(&address, operation, settings, &display, stop);
    drop(display);
    let report = pushed.map_err(|error| explain_daemon(error, operation.plan()))?;
    let line = format!("pushed {} {}", report.reference, report.digest);
    output::result([line], context.streams)
}

/// That a push would go to a mirror that is said nowhere to take it.
fn explain_mirror(error: ClientError) -> Failure {
    let place = match &error {
        ClientError::UnsaidMirror(mirror) => mirror.place.as_ref(),
        _ => return error.into(),
    };
    let listed =
        place.map(|place| format!("it is listed in {}:{}", place.file.display(), place.line));
    listed
        .into_iter()
        .fold(error.into(), Failure::detail)
        .help("add capabilities = [\"pull\", \"resolve\"] there to push to the server")
        .help("or run again with --push-to-mirror")
}
