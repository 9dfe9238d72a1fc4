use portunus::hosts::RenderError;
use portunus::remedy::Advise;
use portunus::resolve::{Phase, Plan};
use portunus_containerd::{TransferError, TransferErrorKind, TurnOutcome, TurnReport};
use portunus_http::{Choices, Chosen, ChosenAnswer, HostFailure, Outcome};

use super::PRIVATE_LOOKS_THE_SAME;
use super::tls::tls_help;
use crate::commands::missing_login;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use portunus_client::containerd::PreparedWarning;
use portunus_client::error::DaemonFailure;

impl From<DaemonFailure> for Failure {
    fn from(error: DaemonFailure) -> Self {
        let failure = Self::new(Exit::Failed, error.to_string());
        match error {
            DaemonFailure::Render(RenderError::Hosts(error)) => error.into(),
            DaemonFailure::Render(_) => {
                failure.help("{program} pull --oci-layout DIR does without the daemon")
            }
            DaemonFailure::ContainerdNamespace(error) => Self::new(Exit::Usage, error.to_string()),
            error => error.remedies().into_iter().fold(failure, Self::help),
        }
    }
}

/// What is told before the daemon is called.
pub(crate) fn describe_warning(warning: &PreparedWarning) -> String {
    match warning {
        PreparedWarning::CarriedAlong { .. } => format!("{warning}; --local does not"),
        _ => warning.to_string(),
    }
}

/// What to do about what is told before the daemon is called.
pub(crate) fn warning_help(warning: &PreparedWarning) -> Option<Help> {
    let sends_no_ns = matches!(warning, PreparedWarning::SendsNoNs { .. });
    sends_no_ns.then(|| "{program} push --oci-layout sends it".into())
}

/// Why a transfer failed: what each host answered us, what containerd says, and what to run next.
///
/// `asked`: nobody was asked for an image that is only loaded.
pub(crate) fn explain_daemon(
    error: &TransferError,
    plan: &Plan,
    asked: Option<&Choices<'_>>,
) -> Failure {
    let whole = error.to_string();
    let hosts = describe_hosts(error, asked);
    // What is told of a host is told once.
    let message = match hosts.iter().any(|(why, _)| whole.contains(why)) {
        true => format!("cannot {} {}", plan.operation, plan.reference),
        false => whole,
    };
    let mut failure = Failure::new(exit(error, asked), message);
    for (_, line) in hosts {
        failure = failure.detail(line);
    }
    for account in error.hosts() {
        failure = failure.detail(format!("through containerd, {account}"));
    }
    if let Some(daemon) = error.daemon() {
        failure = failure.detail(format!("containerd: {daemon}"));
    }
    for (host, turn) in turns(error, asked) {
        let choice = host.choice();
        let wanted = matches!(
            choice.answer,
            ChosenAnswer::Failed(Outcome::Host(HostFailure::NotLoggedIn { .. }))
        );
        let asked_through_daemon = turn.is_some_and(wants_login);
        if wanted || asked_through_daemon || !choice.rejected.is_empty() {
            failure = failure.help(missing_login(plan, &host.attempt().host));
        }
    }
    let name = plan.reference.registry_namespace();
    for (host, _) in turns(error, asked) {
        let choice = host.choice();
        if let ChosenAnswer::Failed(outcome) = &choice.answer
            && let Some(problem) = outcome.tls_problem()
            && let Some(help) = tls_help(problem, &host.attempt().host, name)
        {
            failure = failure.help(help);
        }
        let absent = matches!(&choice.manifest, Some(Err(outcome)) if outcome.is_not_found());
        if absent && !choice.shown.is_empty() && failure.exit == Exit::NotFound {
            failure = failure.help(PRIVATE_LOOKS_THE_SAME);
        }
    }
    match failure.help.is_empty() {
        true => error.remedies().into_iter().fold(failure, Failure::help),
        false => failure,
    }
}

/// What became of each host, in its turn, or else when we asked it: why it did not help, and the
/// whole line.
fn describe_hosts(error: &TransferError, asked: Option<&Choices<'_>>) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for (host, turn) in turns(error, asked) {
        let (attempt, choice) = (host.attempt(), host.choice());
        let (scheme, host) = (&attempt.host.scheme, &attempt.host.host);
        let turn = turn.map(|turn| &turn.outcome);
        let is_pushed_to = attempt.phases.contains(&Phase::Push);
        let pushed = || is_pushed_to.then(|| "was asked".to_owned());
        let Some(why) = why(turn, &choice.answer).or_else(pushed) else {
            continue;
        };
        let sent: Vec<String> = choice.shown.iter().map(ToString::to_string).collect();
        let sent = match sent.is_empty() {
            true => "no credential was sent".to_owned(),
            false => format!("sent: {}", sent.join("; ")),
        };
        let line = format!("{scheme}://{host}: {why}; {sent}");
        lines.push((why, line));
    }
    lines
}

fn why(turn: Option<&TurnOutcome>, answer: &ChosenAnswer) -> Option<String> {
    match (turn, answer) {
        (_, ChosenAnswer::Failed(outcome)) => Some(outcome.to_string()),
        (Some(TurnOutcome::RuledOut { reason, .. } | TurnOutcome::Failed { reason, .. }), _) => {
            Some(reason.clone())
        }
        (Some(TurnOutcome::OtherDigest { digest, .. }), _) => {
            Some(format!("has another image under the tag: {digest}"))
        }
        _ => None,
    }
}

/// The hosts that were asked, each with what became of it where it has a turn of its own: those
/// behind a stop have none.
fn turns<'a>(
    error: &'a TransferError,
    asked: Option<&'a Choices<'_>>,
) -> impl Iterator<Item = (Chosen<'a>, Option<&'a TurnReport>)> {
    let hosts = asked.into_iter().flat_map(Choices::iter);
    hosts.map(|host| {
        let mut turns = error.turns().iter();
        (
            host,
            turns.find(|turn| turn.attempt == Some(host.position())),
        )
    })
}

fn wants_login(turn: &TurnReport) -> bool {
    let (TurnOutcome::RuledOut { kind, .. } | TurnOutcome::Failed { kind, .. }) = &turn.outcome
    else {
        return false;
    };
    matches!(
        kind,
        TransferErrorKind::NotLoggedIn | TransferErrorKind::Rejected
    )
}

/// A rejection that we saw ourselves is not hidden by what the next host made the daemon say.
fn exit(error: &TransferError, asked: Option<&Choices<'_>>) -> Exit {
    if turns(error, asked).any(|(host, _)| !host.choice().rejected.is_empty()) {
        return Exit::NotLoggedIn;
    }
    match error.kind() {
        TransferErrorKind::NotLoggedIn
        | TransferErrorKind::Rejected
        | TransferErrorKind::Denied => Exit::NotLoggedIn,
        TransferErrorKind::Refused => Exit::Untrusted,
        TransferErrorKind::NotFound => Exit::NotFound,
        _ => Exit::Failed,
    }
}
