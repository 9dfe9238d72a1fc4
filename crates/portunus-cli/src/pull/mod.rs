//! `portunus pull`: through containerd's transfer service, or into an OCI layout.

pub(crate) mod arguments;
#[cfg(feature = "containerd")]
mod daemon;
#[cfg(feature = "containerd")]
mod served_by;

use std::path::Path;

use indicatif::DecimalBytes;
use portunus::resolve::Operation;
use portunus_http::{Platforms, PullOptions};

use crate::context::Context;
use crate::exit::Exit;
use crate::explain::explain_transfer;
use crate::failure::Failure;
#[cfg(not(feature = "containerd"))]
use crate::help::Help;
use crate::progress::ProgressDisplay;
use crate::{image, output};
use arguments::PullArguments;
use portunus_client::{ImageTransfer, ResolveRequest};

pub(crate) fn run(arguments: &PullArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let platform = arguments.platform()?;
    let reference = image::reference(Some("pull"), &arguments.image, context)?;
    context.settings.anonymous_fallback |= arguments.anonymous_fallback;
    let mut request = ResolveRequest::new(reference, Operation::Pull);
    request
        .pull_secrets
        .clone_from(&arguments.pull_secrets.paths);
    let resolved = context.resolve(&request)?;
    match &arguments.oci_layout {
        Some(directory) => {
            let mut options = PullOptions::default();
            options.platforms = platform.map_or(Platforms::All, Platforms::Only);
            let transfer = ImageTransfer::new(&resolved.operation, &context.settings)?;
            pull_into_layout(directory, &options, &transfer, arguments, context)
        }
        #[cfg(feature = "containerd")]
        None => daemon::pull(&resolved.operation, platform, arguments, context),
        #[cfg(not(feature = "containerd"))]
        None => Err(
            Failure::new(Exit::Usage, "this program was built without containerd").help(
                Help::command([
                    "pull",
                    &*resolved.plan().reference.to_string(),
                    "--oci-layout",
                    "DIR",
                ]),
            ),
        ),
    }
}

fn pull_into_layout(
    directory: &Path,
    options: &PullOptions,
    transfer: &ImageTransfer<'_>,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let pulled = transfer.pull_into(directory, options, &display);
    drop(display);
    let pulled = pulled.map_err(|error| explain_transfer(error, transfer.plan()))?;
    let text = format!(
        "pulled {} {}\n{} parts, {} in {}\n",
        transfer.plan().reference,
        pulled.manifest.digest,
        pulled.parts,
        DecimalBytes(pulled.bytes),
        directory.display()
    );
    output::result(text.lines(), context.streams)?;
    Ok(Exit::Done)
}
