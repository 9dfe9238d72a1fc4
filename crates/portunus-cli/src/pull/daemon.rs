use portunus::resolve::PreparedOperation;
use portunus_client::containerd::{DaemonPull, pull as pull_into_daemon};
use portunus_http::Platform;

use super::arguments::PullArguments;
use super::served_by::name_servers;
use crate::context::Context;
use crate::exit::Exit;
use crate::explain::daemon::explain_daemon;
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::output;
use crate::progress::ProgressDisplay;

/// Pulls into containerd, and tells where the image came from.
pub(super) fn pull(
    operation: &PreparedOperation,
    platform: Option<Platform>,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let mut request = DaemonPull::default();
    request.address = arguments.containerd.address();
    request.platform = platform;
    request.local = arguments.local;
    request.packed = arguments.no_unpack;
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let pulled = pull_into_daemon(
        &request,
        operation,
        &context.settings,
        &display,
        interrupted(),
    );
    drop(display);
    let report = pulled.map_err(|error| explain_daemon(error, operation.plan()))?;
    let text = format!(
        "pulled {} {}\n{}stored in {:.1} s\n",
        report.reference,
        report.digest,
        name_servers(&report),
        report.elapsed.as_secs_f64()
    );
    output::result(text.lines(), context.streams)?;
    Ok(Exit::Done)
}
