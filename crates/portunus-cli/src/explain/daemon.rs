use portunus::remedy::Advise;
use portunus::resolve::Plan;
use portunus_containerd::{TransferError, TransferErrorKind};
use portunus_http::{Choice, ChosenAnswer, Outcome};

use crate::commands::missing_login;
use crate::exit::Exit;
use crate::failure::Failure;

/// Why a transfer failed: what each host answered us, what containerd says, and what to run next.
pub(crate) fn explain_daemon(error: &TransferError, plan: &Plan, choices: &[Choice]) -> Failure {
    let mut failure = Failure::new(exit(error, choices), error.to_string());
    for (attempt, choice) in plan.attempts.iter().zip(choices) {
        let host = &attempt.host;
        let ChosenAnswer::Failed(outcome) = &choice.answer else {
            continue;
        };
        let sent: Vec<String> = choice.shown.iter().map(ToString::to_string).collect();
        let sent = match sent.is_empty() {
            true => "no credential was sent".to_owned(),
            false => format!("sent: {}", sent.join("; ")),
        };
        failure = failure.detail(format!(
            "{}://{}: {outcome}; {sent}",
            host.scheme, host.host
        ));
    }
    for account in error.hosts() {
        failure = failure.detail(format!("through containerd, {account}"));
    }
    if let Some(daemon) = error.daemon() {
        failure = failure.detail(format!("containerd: {daemon}"));
    }
    for (attempt, choice) in plan.attempts.iter().zip(choices) {
        let wanted = choice.answer == ChosenAnswer::Failed(Outcome::NotLoggedIn);
        if wanted || !choice.rejected.is_empty() {
            failure = failure.help(missing_login(plan, &attempt.host));
        }
    }
    match failure.help.is_empty() {
        true => error.remedies().into_iter().fold(failure, Failure::help),
        false => failure,
    }
}

/// A rejection that we saw ourselves is not hidden by what the next host made the daemon say.
fn exit(error: &TransferError, choices: &[Choice]) -> Exit {
    if choices.iter().any(|choice| !choice.rejected.is_empty()) {
        return Exit::NotLoggedIn;
    }
    match error.kind() {
        TransferErrorKind::NotLoggedIn | TransferErrorKind::Rejected => Exit::NotLoggedIn,
        TransferErrorKind::Refused => Exit::Untrusted,
        TransferErrorKind::NotFound => Exit::NotFound,
        _ => Exit::Failed,
    }
}
