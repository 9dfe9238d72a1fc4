use portunus_containerd::TransferReport;
use portunus_http::Platform;

use super::arguments::PullArguments;
use super::served_by::name_servers;
use crate::context::Context;
use crate::daemon;
use crate::exit::Exit;
use crate::explain::daemon::explain_daemon;
use crate::explain::explain_transfer;
use crate::failure::Failure;
use crate::output;
use crate::progress::ProgressDisplay;
use portunus_client::ClientError;
use portunus_client::ImageTransfer;
use portunus_client::containerd::Connected;
use portunus_client::containerd::LocalImage;

/// Pulls into containerd: through its transfer service, or from our side where that was asked for
/// or the daemon would ignore the hosts directory.
pub(super) fn pull(
    transfer: &ImageTransfer<'_>,
    platform: Option<Platform>,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let connected = daemon::connect(&arguments.containerd, context)?;
    let version = connected.daemon.version();
    if !arguments.local && !version.reads_host_directory() {
        let message = format!(
            "containerd {} ignores hosts directories: pulling from our side, as with --local",
            version.as_str()
        );
        output::info(&message, context.streams);
    }
    let (report, servers) = match arguments.local || !version.reads_host_directory() {
        true => {
            let report = pull_locally(transfer, platform, arguments, connected, context)
                .map_err(|error| explain_transfer(error, transfer.plan()))?;
            (report, String::new())
        }
        false => pull_through(transfer, platform, arguments, connected, context)?,
    };
    let text = format!(
        "pulled {} {}\n{servers}stored in {:.1} s\n",
        report.reference,
        report.digest,
        report.elapsed.as_secs_f64()
    );
    output::result(text.lines(), context.streams)?;
    Ok(Exit::Done)
}

fn pull_locally(
    transfer: &ImageTransfer<'_>,
    platform: Option<Platform>,
    arguments: &PullArguments,
    mut connected: Connected,
    context: &mut Context<'_>,
) -> Result<TransferReport, ClientError> {
    let environment = context.settings.environment();
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let image = LocalImage::pull(transfer, platform, &display, &mut connected, environment)?;
    drop(display);
    image.load(transfer, !arguments.no_unpack, connected, environment)
}

/// Pulls through the transfer service. Also tells where the image came from.
fn pull_through(
    transfer: &ImageTransfer<'_>,
    platform: Option<Platform>,
    arguments: &PullArguments,
    connected: Connected,
    context: &mut Context<'_>,
) -> Result<(TransferReport, String), Failure> {
    let plan = transfer.plan();
    let prepared = daemon::prepare(connected, transfer, context)?;
    let asked = prepared.asked.clone();
    let mut display = ProgressDisplay::new(arguments.progress, context.streams);
    let (unpack, environment) = (!arguments.no_unpack, context.settings.environment());
    let result = prepared.pull(plan, platform, unpack, &mut display, environment);
    drop(display);
    match result {
        Ok(report) => {
            let servers = name_servers(&report);
            Ok((report, servers))
        }
        Err(error) => Err(explain_daemon(&error, plan, Some(&asked))),
    }
}
