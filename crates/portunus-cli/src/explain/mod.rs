//! Why something failed, in the program's words: what each host answered, and what to run next.

#[cfg(feature = "containerd")]
pub(crate) mod daemon;
pub(crate) mod tls;

use portunus::hosts::Host;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::Plan;
use portunus_http::{Error, ErrorKind, HostReport, Outcome};

#[cfg(feature = "containerd")]
use crate::client::containerd::prepared::Asked;
use crate::client::error::ClientError;
use crate::commands::missing_login;
use crate::exit::Exit;
use crate::failure::Failure;
use tls::tls_help;

/// Why an image did not arrive.
pub(crate) fn explain_transfer(error: ClientError, plan: &Plan) -> Failure {
    match error {
        ClientError::Failed(failure) => failure,
        ClientError::Hosts(error) => explain_hosts(&error, Some(plan)),
        #[cfg(feature = "containerd")]
        ClientError::Daemon(error) => {
            // An image that is loaded is asked of no host.
            daemon::explain_daemon(&error, plan, &Asked::default())
        }
    }
}

/// A failure with every host that was asked. With the plan it also tells where to log in.
pub(crate) fn explain_hosts(error: &Error, plan: Option<&Plan>) -> Failure {
    let exit = match error.kind {
        ErrorKind::NotFound => Exit::NotFound,
        ErrorKind::NotLoggedIn | ErrorKind::Rejected => Exit::NotLoggedIn,
        ErrorKind::Trust => Exit::Untrusted,
        _ => Exit::Failed,
    };
    let message = match &error.problem {
        Some(problem) => format!("{}: {problem}", error.context),
        None => error.context.clone(),
    };
    let mut failure = Failure::new(exit, message);
    for report in &error.hosts {
        failure = failure.detail(report.to_string());
    }
    let logins = plan
        .iter()
        .flat_map(|plan| missing_logins(plan, &error.hosts));
    let remedies = error.remedies().into_iter().chain(logins);
    let failure = remedies.fold(failure, Failure::help);
    let about_tls = plan.iter().flat_map(|plan| tls_helps(plan, &error.hosts));
    about_tls.fold(failure, Failure::help)
}

/// What to do about the hosts without a TLS connection.
fn tls_helps(plan: &Plan, reports: &[HostReport]) -> Vec<String> {
    let mut helps = Vec::new();
    for report in reports {
        let Outcome::Tls { problem, .. } = &report.outcome else {
            continue;
        };
        let is_meant = |host: &Host| report.host == format!("{}://{}", host.scheme, host.host);
        let mut hosts = plan.attempts.iter().map(|attempt| &attempt.host);
        let help = hosts
            .find(|host| is_meant(host))
            .and_then(|host| tls_help(problem, host, plan.reference.registry_namespace()));
        helps.extend(help.filter(|help| !helps.contains(help)));
    }
    helps
}

/// The logins that are missing or were rejected.
fn missing_logins(plan: &Plan, reports: &[HostReport]) -> Vec<Remedy> {
    let mut logins = Vec::new();
    for attempt in &plan.attempts {
        let name = format!("{}://{}", attempt.host.scheme, attempt.host.host);
        let wanted = reports
            .iter()
            .filter(|report| report.host == name)
            .any(|report| matches!(report.outcome, Outcome::NotLoggedIn | Outcome::Rejected));
        let login = missing_login(plan, &attempt.host);
        if wanted && !logins.contains(&login) {
            logins.push(login);
        }
    }
    logins
}
