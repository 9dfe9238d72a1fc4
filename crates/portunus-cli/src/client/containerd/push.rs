use std::sync::Arc;

use portunus::resolve::{Attempt, Phase, Plan, Session};
use portunus_containerd::PushRequest;

use super::{ContainerdArguments, LEASE, Prepared, connect, prepare};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::progress::{ProgressDisplay, ProgressStyle};

/// Pushes through the transfer service.
pub(crate) fn push(
    plan: &Plan,
    session: &Arc<Session>,
    arguments: &ContainerdArguments,
    progress: Option<ProgressStyle>,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let mut prepared = prepare(plan, session, connect(arguments, context)?, context)?;
    warn_without_ns(plan, &prepared, context);
    let request = PushRequest::new(
        plan.reference.clone(),
        prepared.containerd_namespace.clone(),
        prepared.hosts.path(),
        std::mem::take(&mut prepared.answers),
        (context.settings.environment.now)() + LEASE,
    );
    let mut display = ProgressDisplay::new(progress, context.streams);
    let pushing = prepared
        .daemon
        .push(request, &mut display, prepared.interrupt.came());
    let result = prepared.runtime.block_on(pushing);
    drop(display);
    let report = match result {
        Ok(report) => report,
        Err(error) => return Err(prepared.failure(&error, plan, session, context)),
    };
    output::result(
        &format!("pushed {} {}\n", report.reference, report.digest),
        context.streams,
    )?;
    Ok(Exit::Done)
}

/// A daemon below 2.3 does not tell the host the registry namespace on a push, so that the host
/// checks a namespaced credential against its default accounts.
fn warn_without_ns(plan: &Plan, prepared: &Prepared, context: &mut Context<'_>) {
    let version = prepared.daemon.version();
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
        let help = "portunus push --oci-layout DIR sends it";
        output::warning(&message, Some(help), context.streams);
    }
}
