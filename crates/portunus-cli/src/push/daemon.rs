use portunus::resolve::{Attempt, Phase, Plan};
use portunus_containerd::ReportedVersion;

use super::arguments::PushArguments;
use crate::context::Context;
use crate::daemon;
use crate::exit::Exit;
use crate::explain::daemon::explain_daemon;
use crate::failure::Failure;
use crate::help::Help;
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
    warn_without_ns(plan, prepared.daemon().version(), context);
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

/// A daemon below 2.3 does not tell the host the registry namespace on a push, so that the host
/// checks a namespaced credential against its default accounts.
fn warn_without_ns(plan: &Plan, version: &ReportedVersion, context: &mut Context<'_>) {
    let namespaced = |attempt: &&Attempt| {
        attempt.phases.contains(&Phase::Push)
            && attempt.host.sends_ns
            && attempt
                .candidates
                .iter()
                .any(|c| c.entry.key.registry_namespace().is_some())
    };
    if version.sends_ns_on_push() {
        return;
    }
    if let Some(attempt) = plan.attempts.iter().find(namespaced) {
        let message = format!(
            "containerd {} sends no ?ns= on a push: {} sees a credential of registry namespace {} without being told so",
            version.as_str(),
            attempt.host.host,
            plan.reference.registry_namespace(),
        );
        let help = Help::from("{program} push --oci-layout sends it");
        output::warning(&message, Some(help), context.streams);
    }
}
