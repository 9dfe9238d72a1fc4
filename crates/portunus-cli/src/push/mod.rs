//! `portunus push`: from containerd, or from an OCI layout.

pub(crate) mod arguments;
#[cfg(feature = "containerd")]
mod daemon;

use std::path::Path;

use portunus::name::Repository;
use portunus::resolve::{Operation, Phase, Plan};
use portunus_http::{OciLayout, PushOptions};

use crate::context::Context;
use crate::exit::Exit;
use crate::explain::explain_hosts;
use crate::failure::Failure;
use crate::help::Help;
use crate::progress::ProgressDisplay;
use crate::{image, output};
use arguments::PushArguments;
use portunus_client::ImageTransfer;
use portunus_client::http;

pub(crate) fn run(arguments: &PushArguments, context: &mut Context<'_>) -> Result<Exit, Failure> {
    let mut options = PushOptions::default();
    let mount_from = arguments.mount_from.iter().map(Repository::new);
    options.mount_from = mount_from.collect::<Result<_, _>>()?;
    let reference = image::reference(&arguments.image, context)?;
    let resolver = context.settings.resolver()?;
    let operation = context.prepare(&resolver, &reference, Operation::Push)?;
    check_mirror(operation.plan(), arguments, context)?;
    let transfer = ImageTransfer::new(&operation, &context.settings)?;
    match &arguments.oci_layout {
        Some(directory) => push_layout(directory, &options, &transfer, arguments, context),
        #[cfg(feature = "containerd")]
        None => daemon::push(&transfer, arguments, context),
        #[cfg(not(feature = "containerd"))]
        None => Err(
            Failure::new(Exit::Usage, "this program was built without containerd").help(
                Help::command(["push", &*reference.to_string(), "--oci-layout", "DIR"]),
            ),
        ),
    }
}

/// A mirror that says `push` is used and named; one that can be pushed to only because nobody
/// said otherwise is not, unless the operator says so.
fn check_mirror(
    plan: &Plan,
    arguments: &PushArguments,
    context: &mut Context<'_>,
) -> Result<(), Failure> {
    let target = plan
        .attempts
        .iter()
        .find(|attempt| attempt.phases.contains(&Phase::Push));
    let Some(host) = target
        .map(|attempt| &attempt.host)
        .filter(|host| !host.is_server)
    else {
        return Ok(());
    };
    if host.capabilities.written || arguments.push_to_mirror {
        output::info(
            &format!("pushing to the mirror {}", host.host),
            context.streams,
        );
        return Ok(());
    }
    let message = format!(
        "the push would go to the mirror {}, which has no `capabilities` line",
        host.host
    );
    let mut failure = Failure::new(Exit::Untrusted, message);
    if let Some(place) = &host.place {
        failure = failure.detail(format!(
            "it is listed in {}:{}",
            place.file.display(),
            place.line
        ));
    }
    Err(failure
        .help("add capabilities = [\"pull\", \"resolve\"] there to push to the server")
        .help("or run again with --push-to-mirror"))
}

fn push_layout(
    directory: &Path,
    options: &PushOptions,
    transfer: &ImageTransfer<'_>,
    arguments: &PushArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let plan = transfer.plan();
    let layout = OciLayout::open(directory).map_err(|error| {
        let message = format!("cannot read a layout in {}: {error}", directory.display());
        let reference = plan.reference.to_string();
        let directory = directory.display().to_string();
        let help = Help::command(["pull", &*reference, "--oci-layout", &*directory]);
        Failure::new(Exit::NotFound, message).help(help)
    })?;
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let result = http::block_on(transfer.client.push(
        transfer.operation,
        &layout,
        options,
        &display,
    ))?;
    drop(display);
    let pushed = result.map_err(|error| explain_hosts(&error, Some(plan)))?;
    let text = format!(
        "pushed {} {}\nto {}\n",
        plan.reference, pushed.manifest.digest, pushed.host
    );
    output::result(text.lines(), context.streams)?;
    Ok(Exit::Done)
}
