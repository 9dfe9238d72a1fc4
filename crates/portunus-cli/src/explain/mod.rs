//! Why something failed, in the program's words: what each host answered, and what to run next.

pub(crate) mod client;
#[cfg(feature = "containerd")]
pub(crate) mod daemon;
pub(crate) mod tls;
pub(crate) mod unfitting;

use portunus::hosts::Host;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::{Operation, Plan};
use portunus_http::{Error, ErrorKind, HostFailure, HostReport, Outcome};

use crate::commands::missing_login;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;
use portunus_client::ClientError;
#[cfg(feature = "containerd")]
use portunus_client::error::DaemonFailure;
use tls::tls_help;

/// Why an image did not arrive.
pub(crate) fn explain_transfer(error: ClientError, plan: &Plan) -> Failure {
    match error {
        ClientError::Registry(error) => explain_hosts(&error, Some(plan)),
        ClientError::NoLayout { ref directory, .. }
            if directory.exists() && !directory.is_dir() =>
        {
            Failure::from(error).help("name the directory of an OCI layout, not a file")
        }
        ClientError::NoLayout { ref directory, .. } => {
            let (reference, directory) = (plan.reference.to_string(), directory.display());
            let directory = directory.to_string();
            let pull = Help::command(["pull", &*reference, "--oci-layout", &*directory]);
            Failure::from(error)
                .help("name the directory of a layout: it holds oci-layout and index.json")
                .help(pull)
        }
        // An image that is loaded is asked of no host.
        #[cfg(feature = "containerd")]
        ClientError::Daemon(DaemonFailure::Transfer(error)) => {
            daemon::explain_daemon(&error, plan, None)
        }
        other => other.into(),
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
        // A host may stand in a plan twice.
        let line = report.to_string();
        if !failure.details.contains(&line) {
            failure = failure.detail(line);
        }
    }
    let logins = plan
        .iter()
        .flat_map(|plan| missing_logins(plan, &error.hosts));
    let remedies = error.remedies().into_iter().chain(logins);
    let mut failure = remedies.fold(failure, Failure::help);
    if let Some(plan) = plan.filter(|_| error.hosts.iter().any(hides_perhaps)) {
        failure = failure.help(match plan.operation {
            Operation::Push => TO_BE_MADE_FIRST,
            _ => PRIVATE_LOOKS_THE_SAME,
        });
    }
    let about_tls = plan.iter().flat_map(|plan| tls_helps(plan, &error.hosts));
    let failure = about_tls.fold(failure, Failure::help);
    let says_all = |report: &HostReport| {
        let of_source = matches!(report.outcome, Outcome::Host(HostFailure::Source(_)));
        of_source || report.outcome.tls_problem().is_some()
    };
    match plan {
        // What each host wants, and takes, is more than the failure tells.
        Some(plan) if failure.help.is_empty() && wants_probe(failure.exit) => {
            let push = plan.operation == Operation::Push;
            failure.help(Remedy::probe(&plan.reference, push))
        }
        _ if !error.hosts.is_empty() && error.hosts.iter().all(says_all) => failure.whole(),
        _ => failure,
    }
}

fn wants_probe(exit: Exit) -> bool {
    matches!(exit, Exit::NotLoggedIn | Exit::Untrusted)
}

/// Where an account is told that there is no such image.
pub(crate) const PRIVATE_LOOKS_THE_SAME: &str = "check the name, and whether the account may read it: a private repository looks the same to \
     one that may not";

/// Where it is told so on a push.
const TO_BE_MADE_FIRST: &str = "check the name, and whether the account may push there: some registries want the repository or \
     its project to be made first";

/// Whether an account was told that there is no such image.
fn hides_perhaps(report: &HostReport) -> bool {
    report.outcome.is_not_found() && !report.shown.is_empty()
}

/// What to do about the hosts without a TLS connection.
fn tls_helps(plan: &Plan, reports: &[HostReport]) -> Vec<Help> {
    let mut helps: Vec<Help> = Vec::new();
    for report in reports {
        let Some(problem) = report.outcome.tls_problem() else {
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
            .any(|report| {
                matches!(
                    report.outcome,
                    Outcome::Host(HostFailure::NotLoggedIn { .. } | HostFailure::Rejected { .. })
                )
            });
        let login = missing_login(plan, &attempt.host);
        if wanted && !logins.contains(&login) {
            logins.push(login);
        }
    }
    logins
}
