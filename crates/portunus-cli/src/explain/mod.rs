//! Why something failed, in the program's words: what each host answered, and what to run next.

pub(crate) mod client;
#[cfg(feature = "containerd")]
pub(crate) mod daemon;
pub(crate) mod warnings;

use portunus::remedy::Advise;
use portunus::resolve::Plan;
use portunus_client::ClientError;
use portunus_http::{Error, ErrorKind, HostFailure, HostReport, Outcome};

use crate::each_once::each_once;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;

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
        other => other.into(),
    }
}

/// A failure with every host that was asked. With the plan more is known of what to do.
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
    // A host may stand in a plan twice.
    let hosts = each_once(error.hosts.iter().map(ToString::to_string));
    let failure = hosts
        .into_iter()
        .fold(Failure::new(exit, message), Failure::detail);
    let remedies = match plan {
        Some(plan) => error.remedies_in(plan),
        None => error.remedies(),
    };
    let failure = remedies.into_iter().fold(failure, Failure::help);
    let says_all = |report: &HostReport| {
        let of_source = matches!(report.outcome, Outcome::Host(HostFailure::Source(_)));
        of_source || report.outcome.tls_problem().is_some()
    };
    match !error.hosts.is_empty() && error.hosts.iter().all(says_all) {
        true => failure.whole(),
        false => failure,
    }
}
