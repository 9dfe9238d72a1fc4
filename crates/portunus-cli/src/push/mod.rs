//! `portunus push`: from containerd, or from an OCI layout.

pub(crate) mod arguments;
#[cfg(feature = "containerd")]
mod daemon;

use std::path::Path;

use portunus::name::Repository;
use portunus::resolve::Operation;
use portunus_client::{ClientError, ImageTransfer, ResolveRequest, find_push_mirror};
use portunus_http::PushOptions;

use crate::context::Context;
use crate::exit::Exit;
use crate::explain::explain_transfer;
use crate::failure::Failure;
#[cfg(not(feature = "containerd"))]
use crate::help::Help;
use crate::progress::ProgressDisplay;
use crate::{image, output};
use arguments::PushArguments;

pub(crate) fn run(arguments: &PushArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut options = PushOptions::default();
    let mount_from = arguments.mount_from.iter().map(Repository::new);
    options.mount_from = mount_from.collect::<Result<_, _>>()?;
    let reference = image::reference(Some("push"), &arguments.image, context)?;
    let mut request = ResolveRequest::new(reference, Operation::Push);
    request
        .pull_secrets
        .clone_from(&arguments.pull_secrets.paths);
    let resolved = context.resolve(&request)?;
    let mirror = find_push_mirror(resolved.plan(), arguments.push_to_mirror);
    if let Some(mirror) = mirror.map_err(explain_mirror)? {
        let message = format!("pushing to the mirror {}", mirror.host);
        output::info(&message, context.streams);
    }
    match &arguments.oci_layout {
        Some(directory) => {
            let transfer = ImageTransfer::new(&resolved.operation, &context.settings)?;
            push_layout(directory, &options, &transfer, arguments, context)
        }
        #[cfg(feature = "containerd")]
        None => daemon::push(&resolved.operation, arguments, context),
        #[cfg(not(feature = "containerd"))]
        None => Err(
            Failure::new(Exit::Usage, "this program was built without containerd").help(
                Help::command([
                    "push",
                    &*resolved.plan().reference.to_string(),
                    "--oci-layout",
                    "DIR",
                ]),
            ),
        ),
    }
}

fn push_layout(
    directory: &Path,
    options: &PushOptions,
    transfer: &ImageTransfer<'_>,
    arguments: &PushArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let plan = transfer.plan();
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let pushed = transfer.push_from(directory, options, &display);
    drop(display);
    let pushed = pushed.map_err(|error| explain_transfer(error, plan))?;
    let text = format!(
        "pushed {} {}\nto {}\n",
        plan.reference, pushed.manifest.digest, pushed.host
    );
    output::result(text.lines(), context.streams)?;
    Ok(Exit::Done)
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
