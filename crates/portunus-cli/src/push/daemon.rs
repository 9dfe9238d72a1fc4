use super::arguments::PushArguments;
use crate::context::Context;
use crate::daemon;
use crate::exit::Exit;
use crate::explain::daemon::explain_daemon;
use crate::failure::Failure;
use crate::output;
use crate::progress::ProgressDisplay;
use portunus_client::ImageTransfer;

/// Pushes through the transfer service.
pub(super) fn push(
    transfer: &ImageTransfer<'_>,
    arguments: &PushArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let plan = transfer.plan();
    let connected = daemon::connect(&arguments.containerd, context)?;
    let prepared = daemon::prepare(connected, transfer, context)?;
    let asked = prepared.asked.clone();
    let mut display = ProgressDisplay::new(arguments.progress, context.streams);
    let result = prepared.push(plan, &mut display, context.settings.environment());
    drop(display);
    let report = match result {
        Ok(report) => report,
        Err(error) => return Err(explain_daemon(&error, plan, Some(&asked))),
    };
    let text = format!("pushed {} {}\n", report.reference, report.digest);
    output::result(text.lines(), context.streams)?;
    Ok(Exit::Done)
}
