//! `portunus pull`: through containerd's transfer service, or into an OCI layout.

#[cfg(feature = "containerd")]
mod daemon;
#[cfg(feature = "containerd")]
mod served_by;

use std::path::{Path, PathBuf};

use clap::Args;
use portunus::resolve::Operation;
use portunus_http::{InvalidPlatform, Platform, Platforms, PullOptions};

use crate::client::transfer::ImageTransfer;
use crate::context::Context;
use crate::exit::Exit;
use crate::explain::explain_transfer;
use crate::failure::Failure;
use crate::progress::{ProgressDisplay, ProgressStyle, megabytes};
use crate::{image, output};

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  portunus pull docker.io/library/alpine
  portunus pull reg.test/team/app:v1 --address /run/containerd/containerd.sock -n k8s.io
  portunus pull reg.test/team/app:v1 --oci-layout ./app")]
pub(crate) struct PullArguments {
    /// The image, as docker understands it
    image: String,
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
    #[arg(long, value_enum, value_name = "STYLE")]
    progress: Option<ProgressStyle>,
    /// Write the image into this OCI layout, without containerd
    #[arg(long, value_name = "DIR")]
    oci_layout: Option<PathBuf>,
}

pub(crate) fn run(arguments: &PullArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let reference = image::reference(&arguments.image, context)?;
    context.settings.anonymous_fallback |= arguments.anonymous_fallback;
    let resolver = context.settings.resolver()?;
    let plan = context.plan(&resolver, &reference, Operation::Pull)?;
    let transfer = ImageTransfer::new(&plan, resolver.session(), &context.settings)?;
    match &arguments.oci_layout {
        Some(directory) => pull_into_layout(directory, &transfer, arguments, context),
        #[cfg(feature = "containerd")]
        None => daemon::pull(&transfer, arguments, context),
        #[cfg(not(feature = "containerd"))]
        None => Err(
            Failure::new(Exit::Usage, "this program was built without containerd")
                .help(format!("portunus pull {reference} --oci-layout DIR")),
        ),
    }
}

fn pull_into_layout(
    directory: &Path,
    transfer: &ImageTransfer<'_>,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let mut options = PullOptions::default();
    options.platforms = platform(arguments)?.map_or(Platforms::All, Platforms::Only);
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let pulled = transfer.pull_into(directory, &options, &display, std::future::pending());
    drop(display);
    let pulled = pulled.map_err(|error| explain_transfer(error, transfer.plan))?;
    let text = format!(
        "pulled {} {}\n{} parts, {} in {}\n",
        transfer.plan.reference,
        pulled.manifest.digest,
        pulled.parts,
        megabytes(pulled.bytes),
        directory.display()
    );
    output::result(&text, context.streams)?;
    Ok(Exit::Done)
}

/// The platform that the arguments name.
fn platform(arguments: &PullArguments) -> Result<Option<Platform>, Failure> {
    let named = arguments.platform.as_deref().map(str::parse);
    named.transpose().map_err(|error: InvalidPlatform| {
        Failure::new(Exit::Usage, error.to_string())
            .help("write it as `--platform linux/amd64`, or leave it out")
    })
}
