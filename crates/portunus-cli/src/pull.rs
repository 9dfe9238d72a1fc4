//! `portunus pull`: through containerd's transfer service, or into an OCI layout.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use portunus::resolve::{Operation, Plan, Session};
use portunus_http::Platforms;

use crate::client::layout;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressStyle, megabytes};
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
    containerd: crate::client::containerd::ContainerdArguments,
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
    let session = Arc::new(resolver.session());
    match &arguments.oci_layout {
        Some(directory) => into_layout(directory, &plan, &session, arguments, context),
        #[cfg(feature = "containerd")]
        None => {
            let wanted = crate::client::containerd::ContainerdPull {
                daemon: &arguments.containerd,
                local: arguments.local,
                platform: arguments.platform.as_deref(),
                unpack: !arguments.no_unpack,
                progress: arguments.progress,
            };
            crate::client::containerd::pull(&plan, &session, &wanted, context)
        }
        #[cfg(not(feature = "containerd"))]
        None => Err(
            Failure::new(Exit::Usage, "this program was built without containerd")
                .help(format!("portunus pull {reference} --oci-layout DIR")),
        ),
    }
}

fn into_layout(
    directory: &Path,
    plan: &Plan,
    session: &Arc<Session>,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let platforms = match arguments.platform.as_deref() {
        Some(platform) => Platforms::Only(layout::platform(platform)?),
        None => Platforms::All,
    };
    let pulled = layout::fetch(
        directory,
        plan,
        session,
        platforms,
        arguments.progress,
        context,
        std::future::pending(),
    )?;
    let text = format!(
        "pulled {} {}\n{} parts, {} in {}\n",
        plan.reference,
        pulled.manifest.digest,
        pulled.parts,
        megabytes(pulled.bytes),
        directory.display()
    );
    output::result(&text, context.streams)?;
    Ok(Exit::Done)
}
