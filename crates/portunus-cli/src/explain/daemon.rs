use portunus::remedy::Advise;
use portunus::resolve::Plan;
use portunus_client::containerd::{DaemonTransferError, PreparedWarning};
use portunus_containerd::TransferErrorKind;

use super::explain_transfer;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::help::Help;

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

/// Why a daemon did not pull or push: what each host answered us, what containerd says, and what to
/// run next.
pub(crate) fn explain_daemon(error: DaemonTransferError<'_>, plan: &Plan) -> Failure {
    let Some(transfer) = error.transfer() else {
        return explain_transfer(*error.error, plan);
    };
    let exit = match error.kind().unwrap_or_else(|| transfer.kind()) {
        TransferErrorKind::NotLoggedIn
        | TransferErrorKind::Rejected
        | TransferErrorKind::Denied => Exit::NotLoggedIn,
        TransferErrorKind::Refused => Exit::Untrusted,
        TransferErrorKind::NotFound => Exit::NotFound,
        _ => Exit::Failed,
    };
    let (whole, hosts) = (transfer.to_string(), error.hosts());
    // What is told of a host is told once.
    let message = match hosts.iter().any(|host| whole.contains(&host.reason)) {
        true => format!("cannot {} {}", plan.operation, plan.reference),
        false => whole,
    };
    let hosts = hosts.iter().map(ToString::to_string);
    let accounts = transfer.hosts().into_iter();
    let accounts = accounts.map(|account| format!("through containerd, {account}"));
    let daemon = transfer
        .daemon()
        .map(|daemon| format!("containerd: {daemon}"));
    let details = hosts.chain(accounts).chain(daemon);
    let failure = details.fold(Failure::new(exit, message), Failure::detail);
    error.remedies().into_iter().fold(failure, Failure::help)
}
