//! Makes sense of a failure. containerd gives most of them as `Unknown` with a text about one
//! host, so what we told the hosts says more.

use portunus::name::{Authority, CredentialKey, ImageReference};
use portunus::remedy::{LogIn, Remedy};
use portunus::resolve::Operation;

use super::kind::TransferErrorKind;
use crate::callback::host_account;
use crate::callback::host_account::HostAccount;
use crate::callback::no_answer::NoAnswer;
use crate::callback::question::{Given, Question};
use crate::callback::stored_under::list_stored;
use crate::daemon::daemon_error::{DaemonError, GrpcCode};
use crate::transfer::ended::Ended;

#[derive(Debug, Clone)]
pub(super) struct Cause {
    pub(super) kind: TransferErrorKind,
    pub(super) message: String,
    pub(super) remedies: Vec<Remedy>,
}

pub(super) fn classify(
    operation: Operation,
    reference: &ImageReference,
    ended: &Ended,
    questions: &[Question],
) -> Cause {
    let probe = Remedy::probe(reference, operation == Operation::Push);
    // Where the daemon itself is in trouble a probe, which is ours, finds nothing.
    let survived = || match operation {
        Operation::Push => Remedy::PushFromLayout,
        _ => pull_locally(reference),
    };
    let plain = |kind, message: String, remedies| Cause {
        kind,
        message,
        remedies,
    };
    match ended {
        Ended::Cancelled => plain(
            TransferErrorKind::Cancelled,
            "cancelled".to_owned(),
            vec![Remedy::TryAgain],
        ),
        Ended::Silent(limit) => plain(
            TransferErrorKind::TimedOut,
            format!("containerd did not answer within {} ms", limit.as_millis()),
            vec![Remedy::CheckDaemon],
        ),
        Ended::TooOld(version) => plain(
            TransferErrorKind::TooOld,
            format!(
                "containerd {version} ignores host directories, and would ask the registry itself in place of its mirrors"
            ),
            vec![
                match operation {
                    Operation::Push => Remedy::PushFromLayout,
                    _ => Remedy::PullLocally(None),
                },
                Remedy::UpdateDaemon,
            ],
        ),
        Ended::NoImage(problem) => plain(TransferErrorKind::Failed, problem.clone(), vec![probe]),
        Ended::EveryHost => plain(
            TransferErrorKind::Failed,
            "no host served it".to_owned(),
            vec![probe],
        ),
        Ended::Content(problem) => plain(
            TransferErrorKind::Failed,
            problem.clone(),
            vec![pull_locally(reference)],
        ),
        Ended::NoSuchImage(containerd_namespace) => plain(
            TransferErrorKind::NotFound,
            format!("no image of this name in the containerd namespace {containerd_namespace}"),
            vec![Remedy::ListImages(containerd_namespace.to_string())],
        ),
        Ended::Idle(limit) => plain(
            TransferErrorKind::TimedOut,
            format!(
                "no bytes for {} ms; a host accepts connections and does not answer",
                limit.as_millis()
            ),
            vec![survived()],
        ),
        Ended::TooLong(limit) => plain(
            TransferErrorKind::TimedOut,
            format!("not done within {} ms", limit.as_millis()),
            vec![survived()],
        ),
        Ended::Daemon(error) if error.is_without_lease() => plain(
            TransferErrorKind::Failed,
            "containerd has let its lease expire: the clock was set meanwhile, or it took too long"
                .to_owned(),
            vec![Remedy::TryAgain],
        ),
        // It was collected; a registry's answer has other words.
        Ended::Daemon(error)
            if operation != Operation::Push
                && (error.is_without_content() || error.is_without_ingest()) =>
        {
            plain(
                TransferErrorKind::Failed,
                format!("containerd has not kept what it fetched: {}", error.text),
                vec![Remedy::TryAgain],
            )
        }
        Ended::Daemon(error) if operation == Operation::Push && error.is_without_content() => {
            plain(
                TransferErrorKind::NotFound,
                format!("containerd does not have all of it: {}", error.text),
                vec![Remedy::PullOtherPlatforms],
            )
        }
        Ended::Daemon(error) => {
            let accounts = host_account::of(questions);
            classify_by_host(reference, error, &accounts)
                .unwrap_or_else(|| classify_by_text(reference, error, probe, survived()))
        }
    }
}

/// The first host that decides, the gravest reason first.
fn classify_by_host(
    reference: &ImageReference,
    error: &DaemonError,
    accounts: &[HostAccount<'_>],
) -> Option<Cause> {
    if !is_about_access(error) {
        return None;
    }
    let kinds = [
        TransferErrorKind::Rejected,
        TransferErrorKind::Refused,
        TransferErrorKind::NotLoggedIn,
    ];
    let decide = |kind| {
        accounts
            .iter()
            .find(move |account| kind_of(account, error) == Some(kind))
            .map(|account| (kind, account))
    };
    let (kind, account) = kinds.into_iter().find_map(decide)?;
    let host = account.host;
    if let Given::Credential { stored, .. } = account.given
        && error.text.contains(FORBIDDEN)
    {
        // Another login with the same account would change nothing.
        return Some(Cause {
            kind: TransferErrorKind::Denied,
            message: format!("{host} does not allow this with {stored}"),
            remedies: Vec::new(),
        });
    }
    let message = match account.given {
        Given::Credential { stored, .. } => format!("{host} rejected {stored}"),
        Given::Nothing(NoAnswer::Rejected(stored)) => {
            format!("{host} rejected {}", list_stored(stored))
        }
        Given::Nothing(NoAnswer::NothingStored | NoAnswer::NotNeeded) => {
            format!("{host} wants a login, and nothing is stored that may be sent to it")
        }
        Given::Nothing(why) => format!("{host} wants a login: {why}"),
    };
    let remedies = match account.given {
        Given::Nothing(NoAnswer::Refused {
            remedy: Some(remedy),
            ..
        }) => vec![(**remedy).clone()],
        Given::Nothing(NoAnswer::NotTaken { .. }) => {
            vec![pull_locally(reference)]
        }
        _ => vec![login(reference, host)],
    };
    Some(Cause {
        kind,
        message,
        remedies,
    })
}

fn kind_of(account: &HostAccount<'_>, error: &DaemonError) -> Option<TransferErrorKind> {
    match account.given {
        // It may have been taken: only the daemon's own word tells, and it names no host.
        Given::Credential { .. } if error.grpc == GrpcCode::NotFound => None,
        Given::Credential { .. } | Given::Nothing(NoAnswer::Rejected(_)) => {
            Some(TransferErrorKind::Rejected)
        }
        Given::Nothing(NoAnswer::Refused { .. }) => Some(TransferErrorKind::Refused),
        Given::Nothing(
            NoAnswer::NothingStored
            | NoAnswer::NotNeeded
            | NoAnswer::NotTaken { .. }
            | NoAnswer::Failed { .. },
        ) => Some(TransferErrorKind::NotLoggedIn),
        Given::Nothing(NoAnswer::OverBudget) => Some(TransferErrorKind::Rejected),
        Given::Nothing(NoAnswer::NoPart | NoAnswer::NotInPlan | NoAnswer::NotOurs) => None,
    }
}

/// How containerd tells the status of an answer; the words behind it are the registry's own.
const UNAUTHORIZED: &str = ": 401 ";
const FORBIDDEN: &str = ": 403 ";

/// A host that was not let in also makes the daemon say that nobody has the image.
fn is_about_access(error: &DaemonError) -> bool {
    let signs = [
        "authorization failed",
        "access denied",
        UNAUTHORIZED,
        FORBIDDEN,
        "failed to fetch anonymous token",
        "failed to fetch oauth token",
    ];
    error.grpc == GrpcCode::NotFound || signs.iter().any(|sign| error.text.contains(sign))
}

fn classify_by_text(
    reference: &ImageReference,
    error: &DaemonError,
    probe: Remedy,
    survived: Remedy,
) -> Cause {
    let (kind, message, remedies) = match error.grpc {
        _ if error.is_without_push_host() => (
            TransferErrorKind::Failed,
            "no host may be pushed to".to_owned(),
            vec![Remedy::ShowHosts(Some(
                reference.registry_namespace().clone(),
            ))],
        ),
        GrpcCode::NotFound => (
            TransferErrorKind::NotFound,
            format!("no host has it: {}", error.text),
            vec![probe],
        ),
        _ if error.is_about_unpacking() => (
            TransferErrorKind::Failed,
            "containerd is not configured to unpack for this platform and snapshotter".to_owned(),
            vec![Remedy::LeavePacked],
        ),
        GrpcCode::Unavailable => (
            TransferErrorKind::Failed,
            format!("the connection to containerd broke: {}", error.text),
            vec![Remedy::AwaitDaemon],
        ),
        _ => (
            TransferErrorKind::Failed,
            format!("containerd says {error}"),
            vec![survived],
        ),
    };
    Cause {
        kind,
        message,
        remedies,
    }
}

/// The login of a host as the daemon wrote it.
pub(crate) fn login(reference: &ImageReference, host: &str) -> Remedy {
    match Authority::parse(host) {
        Ok(authority) => {
            let key = CredentialKey::plain(authority);
            let name = reference.registry_namespace().clone();
            LogIn::new(key.with_registry_namespace(name)).into()
        }
        Err(_) => Remedy::probe(reference, false),
    }
}

fn pull_locally(reference: &ImageReference) -> Remedy {
    Remedy::PullLocally(Some(Box::new(reference.clone())))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A probe would find every host well.
    #[test]
    fn the_daemon_s_own_trouble_leads_to_a_transfer_without_it() {
        let reference = ImageReference::parse("reg.test/app:v1").unwrap();
        let error = DaemonError::unexpected("connection reset by peer");
        let limit = Duration::from_secs(1);
        for ended in [
            Ended::Idle(limit),
            Ended::TooLong(limit),
            Ended::Daemon(error),
        ] {
            let pull = classify(Operation::Pull, &reference, &ended, &[]);
            assert_eq!(pull.remedies, [pull_locally(&reference)]);
            let push = classify(Operation::Push, &reference, &ended, &[]);
            assert_eq!(push.remedies, [Remedy::PushFromLayout]);
        }
    }
}
