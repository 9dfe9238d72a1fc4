use std::sync::Arc;

use portunus::resolve::{Plan, Session};
use portunus_containerd::{Platform, PullRequest, Unpack};

use super::failed::failed;
use super::{ContainerdArguments, LEASE, interrupted, prepare};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::progress::{ProgressDisplay, ProgressStyle, megabytes};

/// Pulls through the transfer service, the daemon's questions answered as was decided before.
pub(crate) fn pull(
    plan: &Plan,
    session: &Arc<Session>,
    arguments: &ContainerdArguments,
    platform: Option<&str>,
    unpack: bool,
    progress: Option<ProgressStyle>,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let platform = platform.map(str::parse::<Platform>).transpose();
    let platform = platform.map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let prepared = prepare(plan, session, arguments, context)?;
    let mut request = PullRequest::new(
        plan.reference.clone(),
        prepared.containerd_namespace,
        prepared.hosts.path(),
        prepared.answers,
        (context.environment.now)() + LEASE,
    );
    if let Some(platform) = platform {
        request.platforms = vec![platform];
    }
    if !unpack {
        request.unpack = Unpack::No;
    }
    let mut display = ProgressDisplay::new(progress, context.streams);
    let pulling = prepared.daemon.pull(request, &mut display, interrupted());
    let result = prepared.runtime.block_on(pulling);
    drop(display);
    let report = result.map_err(|error| failed(&error, plan, &prepared.choices))?;
    let text = format!(
        "pulled {} {}\n{} in {:.1} s\n",
        report.reference,
        report.digest,
        megabytes(report.totals.total()),
        report.elapsed.as_secs_f64()
    );
    output::result(&text, context.streams)?;
    Ok(Exit::Done)
}
