use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use portunus::hosts::Reading;
use portunus::resolve::{Plan, Session};
use portunus_containerd::{
    Answers, ConnectError, Containerd, ContainerdNamespace, Platform, PullRequest, TransferError,
    TransferErrorKind, Unpack,
};
use portunus_http::{Choice, ChosenAnswer, Outcome};

use super::{PullArguments, address};
use crate::commands::login_command;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{ProgressDisplay, megabytes};
use crate::{http, output};

/// How long the daemon may take to say who it is.
const GREETING: Duration = Duration::from_secs(10);
/// How long what was fetched is kept, should we be gone before the end.
const LEASE: Duration = Duration::from_secs(24 * 60 * 60);

/// Pulls through the transfer service, the daemon's questions answered as was decided before.
pub(super) fn pull(
    plan: &Plan,
    session: &Arc<Session>,
    arguments: &PullArguments,
    context: &mut Context<'_>,
) -> Result<Exit, Failure> {
    let runtime = http::runtime()?;
    let containerd_namespace = ContainerdNamespace::new(&arguments.containerd_namespace)
        .map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let platform = arguments
        .platform
        .as_deref()
        .map(str::parse::<Platform>)
        .transpose();
    let platform = platform.map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;
    let socket = address::socket(arguments.address.as_deref(), context.environment);
    let daemon = runtime
        .block_on(Containerd::connect(socket, GREETING))
        .map_err(|error| unconnected(&error))?;
    let client = http::client(context);
    let choices = runtime.block_on(client.choose(plan, session));
    for warning in choices.iter().flat_map(|choice| &choice.warnings) {
        output::warning(warning, None, context.streams);
    }
    let answers = Answers::from_choices(plan, &choices, session, &http::trust(context))
        .map_err(|error| Failure::new(Exit::Failed, error.to_string()).help(error.help()))?;
    let directory = hosts_directory(plan, context)?;
    let mut request = PullRequest::new(
        plan.reference.clone(),
        containerd_namespace,
        directory,
        answers,
        (context.environment.now)() + LEASE,
    );
    if let Some(platform) = platform {
        request.platforms = vec![platform];
    }
    if arguments.no_unpack {
        request.unpack = Unpack::No;
    }
    let mut display = ProgressDisplay::new(arguments.progress, context.streams);
    let interrupted = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    let result = runtime.block_on(daemon.pull(request, &mut display, interrupted));
    drop(display);
    let report = result.map_err(|error| failed(&error, plan, &choices))?;
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

/// The hosts directory that the daemon reads.
fn hosts_directory(plan: &Plan, context: &Context<'_>) -> Result<PathBuf, Failure> {
    let found = context
        .hosts()
        .hosts(plan.reference.registry_namespace(), Reading::default())?;
    let root = found
        .dir
        .as_deref()
        .and_then(Path::parent)
        .unwrap_or_else(|| Path::new("/nonexistent"));
    Ok(std::path::absolute(root)?)
}

fn unconnected(error: &ConnectError) -> Failure {
    Failure::new(Exit::Failed, error.to_string()).help(error.help())
}

/// Why the pull failed: what every host answered us, then what containerd says.
fn failed(error: &TransferError, plan: &Plan, choices: &[Choice]) -> Failure {
    let exit = match error.kind() {
        TransferErrorKind::NotLoggedIn | TransferErrorKind::Rejected => Exit::NotLoggedIn,
        TransferErrorKind::Refused => Exit::Untrusted,
        TransferErrorKind::NotFound => Exit::NotFound,
        _ => Exit::Failed,
    };
    let rejected = choices.iter().any(|choice| !choice.rejected.is_empty());
    let exit = if rejected { Exit::NotLoggedIn } else { exit };
    let mut failure = Failure::new(exit, error.to_string());
    for (attempt, choice) in plan.attempts.iter().zip(choices) {
        let host = &attempt.host;
        let outcome = match &choice.answer {
            ChosenAnswer::Failed(outcome) => outcome.to_string(),
            _ => continue,
        };
        let sent: Vec<String> = choice.rejected.iter().map(ToString::to_string).collect();
        let sent = if sent.is_empty() {
            "no credential was sent".into()
        } else {
            sent.join("; ")
        };
        failure = failure.detail(format!(
            "{}://{}: {outcome}; sent: {sent}",
            host.scheme, host.host
        ));
    }
    if let Some(daemon) = error.daemon() {
        failure = failure.detail(format!("containerd: {daemon}"));
    }
    for (attempt, choice) in plan.attempts.iter().zip(choices) {
        let wants = ChosenAnswer::Failed(Outcome::NotLoggedIn);
        if choice.answer == wants || !choice.rejected.is_empty() {
            failure = failure.help(login_command(
                plan.reference.registry_namespace(),
                &attempt.host,
            ));
        }
    }
    match failure.help.is_empty() {
        true => error.help().iter().cloned().fold(failure, Failure::help),
        false => failure,
    }
}
