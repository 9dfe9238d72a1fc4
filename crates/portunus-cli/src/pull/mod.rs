//! `portunus pull`: through containerd's transfer service, or into an OCI layout.

#[cfg(feature = "containerd")]
mod served_by;

use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::DecimalBytes;
use portunus::resolve::{Operation, PreparedOperation};
use portunus_client::ImageTransfer;
#[cfg(feature = "containerd")]
use portunus_client::containerd;
use portunus_http::{InvalidPlatform, Platform, Platforms, PullOptions};

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

/// Pull an image through containerd, or into an OCI layout
#[derive(Debug, Args)]
pub struct PullArguments {
    /// The image, as docker understands it
    image: String,
    #[command(flatten)]
    pull_secrets: PullSecretArguments,
    #[cfg(feature = "containerd")]
    #[command(flatten)]
    containerd: crate::daemon::ContainerdArguments,
    /// Send every request from our side, and only store through containerd
    #[cfg(feature = "containerd")]
    #[arg(long, conflicts_with = "oci_layout")]
    local: bool,
    /// The platform, OS/ARCHITECTURE[/VARIANT]; this machine's where not given
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// Do not unpack the layers
    #[cfg(feature = "containerd")]
    #[arg(long)]
    no_unpack: bool,
    /// Ask anonymously where every credential was rejected
    #[arg(long)]
    anonymous_fallback: bool,
    /// How progress is shown: bars on a terminal, lines elsewhere
    #[arg(long, value_name = "STYLE")]
    progress: Option<ProgressStyle>,
    /// Write the image into this OCI layout, without containerd
    #[arg(long, value_name = "DIR")]
    oci_layout: Option<PathBuf>,
}

pub(crate) fn run(arguments: &PullArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let platform = arguments.platform()?;
    context.settings.anonymous_fallback |= arguments.anonymous_fallback;
    let secrets = &arguments.pull_secrets.paths;
    let resolved = image::resolve(Operation::Pull, &arguments.image, secrets, context)?;
    match &arguments.oci_layout {
        Some(directory) => {
            let mut options = PullOptions::default();
            options.platforms = platform.map_or(Platforms::All, Platforms::Only);
            pull_into_layout(directory, &options, &resolved.operation, arguments, context)
        }
        #[cfg(feature = "containerd")]
        None => pull_into_daemon(&resolved.operation, platform, arguments, context),
        #[cfg(not(feature = "containerd"))]
        None => Err(image::explain_without_daemon(&resolved)),
    }
}

fn pull_into_layout(
    directory: &Path,
    options: &PullOptions,
    operation: &PreparedOperation,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let transfer = ImageTransfer::new(operation, &context.settings)?;
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let pulled = transfer.pull_into(directory, options, &display);
    drop(display);
    let plan = operation.plan();
    let pulled = pulled.map_err(|error| explain_transfer(error, plan))?;
    let (digest, bytes) = (&pulled.manifest.digest, DecimalBytes(pulled.bytes));
    let lines = [
        format!("pulled {} {digest}", plan.reference),
        format!("{} parts, {bytes} in {}", pulled.parts, directory.display()),
    ];
    output::result(lines, context.streams)
}

/// Pulls into containerd, and tells where the image came from.
#[cfg(feature = "containerd")]
fn pull_into_daemon(
    operation: &PreparedOperation,
    platform: Option<Platform>,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let mut request = containerd::DaemonPull::default();
    request.address = arguments.containerd.address();
    request.platform = platform;
    request.local = arguments.local;
    request.packed = arguments.no_unpack;
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let (settings, stop) = (&context.settings, interrupted());
    let pulled = containerd::pull(&request, operation, settings, &display, stop);
    drop(display);
    let report = pulled.map_err(|error| explain_daemon(error, operation.plan()))?;
    let mut lines = vec![format!("pulled {} {}", report.reference, report.digest)];
    lines.extend(served_by::name_servers(&report));
    lines.push(format!("stored in {:.1} s", report.elapsed.as_secs_f64()));
    output::result(lines, context.streams)
}

impl PullArguments {
    /// The platform, where one is named.
    pub(super) fn platform(&self) -> Result<Option<Platform>, Failure> {
        let named = self.platform.as_deref().map(str::parse);
        named.transpose().map_err(|error: InvalidPlatform| {
            Failure::new(Exit::Usage, error.to_string())
                .help("write it as `--platform linux/amd64`, or leave it out")
        })
    }
}
