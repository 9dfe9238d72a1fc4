use portunus::resolve::PreparedOperation;

use super::arguments::PushArguments;
use crate::context::Context;
use crate::exit::Exit;
use crate::explain::daemon::explain_daemon;
use crate::failure::Failure;
use crate::interrupt::interrupted;
use crate::output;
use crate::progress::ProgressDisplay;

/// Pushes through the transfer service.
pub(super) fn push(
    operation: &PreparedOperation,
    arguments: &PushArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let address = arguments.containerd.address();
    let display = ProgressDisplay::new(arguments.progress, context.streams);
    let settings = &context.settings;
    let pushed =
        portunus_client::containerd::push(&address, operation, settings, &display, interrupted());
    drop(display);
    let report = pushed.map_err(|error| explain_daemon(error, operation.plan()))?;
    let text = format!("pushed {} {}\n", report.reference, report.digest);
    output::result(text.lines(), context.streams)?;
    Ok(Exit::Done)
}
