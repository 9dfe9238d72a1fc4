use std::sync::Arc;

use portunus::resolve::{Plan, Session};
use portunus_containerd::{PullRequest, TransferReport, Unpack};

use super::origin::origin;
use super::{Connected, ContainerdPull, LEASE, connect, local, prepare};
use crate::client::layout;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;
use crate::progress::ProgressDisplay;

/// Pulls into containerd: through its transfer service, or from our side where that was asked for
/// or the daemon would ignore the hosts directory.
pub(crate) fn pull(
    plan: &Plan,
    session: &Arc<Session>,
    wanted: &ContainerdPull<'_>,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let connected = connect(wanted.daemon, context)?;
    let version = connected.daemon.version();
    if !wanted.local && !version.reads_host_directory() {
        let message = format!(
            "containerd {} ignores hosts directories: pulling from our side, as with --local",
            version.as_str()
        );
        output::note(&message, context.streams);
    }
    let (report, origin) = match wanted.local || !version.reads_host_directory() {
        true => {
            let report = local::pull(plan, session, wanted, connected, context)?;
            (report, String::new())
        }
        false => transfer(plan, session, wanted, connected, context)?,
    };
    let text = format!(
        "pulled {} {}\n{origin}stored in {:.1} s\n",
        report.reference,
        report.digest,
        report.elapsed.as_secs_f64()
    );
    output::result(&text, context.streams)?;
    Ok(Exit::Done)
}

/// Pulls through the transfer service, the daemon's questions answered as was decided before. Also
/// tells where the image came from.
fn transfer(
    plan: &Plan,
    session: &Arc<Session>,
    wanted: &ContainerdPull<'_>,
    connected: Connected,
    context: &mut Context<'_>,
) -> Result<(TransferReport, String), Failure> {
    let platform = wanted.platform.map(layout::platform).transpose()?;
    let mut prepared = prepare(plan, session, connected, context)?;
    let mut request = PullRequest::new(
        plan.reference.clone(),
        prepared.containerd_namespace.clone(),
        prepared.hosts.path(),
        std::mem::take(&mut prepared.answers),
        (context.settings.environment.now)() + LEASE,
    );
    if let Some(platform) = platform {
        request.platforms = vec![platform];
    }
    if !wanted.unpack {
        request.unpack = Unpack::No;
    }
    let mut display = ProgressDisplay::new(wanted.progress, context.streams);
    let pulling = prepared
        .daemon
        .pull(request, &mut display, prepared.interrupt.came());
    let result = prepared.runtime.block_on(pulling);
    drop(display);
    let report = match result {
        Ok(report) => report,
        Err(error) => return Err(prepared.failure(&error, plan, session, context)),
    };
    let origin = origin(plan, &prepared.choices, &report);
    Ok((report, origin))
}
