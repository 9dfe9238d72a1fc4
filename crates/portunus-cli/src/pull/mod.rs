//! `portunus pull`: through containerd's transfer service, or into an OCI layout.

mod layout;

use std::path::PathBuf;

use clap::Args;
use portunus::name::ImageReference;
use portunus::resolve::Operation;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::ProgressStyle;

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
    containerd: crate::containerd::ContainerdArguments,
    /// The platform, OS/ARCHITECTURE[/VARIANT]; this machine's where not given
    #[arg(long, value_name = "PLATFORM")]
    platform: Option<String>,
    /// Do not unpack the layers
    #[arg(long)]
    no_unpack: bool,
    /// How progress is shown: bars on a terminal, lines elsewhere
    #[arg(long, value_enum, value_name = "STYLE")]
    progress: Option<ProgressStyle>,
    /// Write the image into this OCI layout, without containerd
    #[arg(long, value_name = "DIR")]
    oci_layout: Option<PathBuf>,
}

pub(crate) fn run(arguments: &PullArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let reference = ImageReference::parse(&arguments.image)?;
    let resolver = context.resolver()?;
    let plan = resolver.resolve(&reference, Operation::Pull, &context.profile)?;
    context.warn_about(&plan.warnings);
    let session = std::sync::Arc::new(resolver.session());
    match &arguments.oci_layout {
        Some(directory) => layout::pull(directory, &plan, &session, arguments, context),
        #[cfg(feature = "containerd")]
        None => crate::containerd::pull(
            &plan,
            &session,
            &arguments.containerd,
            arguments.platform.as_deref(),
            !arguments.no_unpack,
            arguments.progress,
            context,
        ),
        #[cfg(not(feature = "containerd"))]
        None => Err(
            Failure::new(Exit::Usage, "this program was built without containerd")
                .help(format!("portunus pull {reference} --oci-layout DIR")),
        ),
    }
}
