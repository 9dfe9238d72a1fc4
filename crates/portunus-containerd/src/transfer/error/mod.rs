mod classify;
mod gravest;
pub(crate) mod kind;

use std::fmt;

use portunus::name::ImageReference;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::Operation;

use classify::Cause;
pub(crate) use classify::login;
use kind::TransferErrorKind;

use crate::callback::host_account;
use crate::callback::host_account::HostAccount;
use crate::callback::question::Question;
use crate::daemon::daemon_error::DaemonError;
use crate::transfer::ended::Ended;
use crate::transfer::record::OperationRecord;
use crate::transfer::turn::{TurnOutcome, TurnReport};

/// Why an image was not pulled or pushed. Holds no secret.
///
/// It prints as one line; [`TransferError::hosts`] tells what each host was answered,
/// [`TransferError::daemon`] what containerd said, and [`Advise::remedies`] what to do next.
#[derive(Debug, Clone)]
pub struct TransferError(Box<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    operation: Operation,
    reference: ImageReference,
    turns: Vec<TurnReport>,
    questions: Vec<Question>,
    daemon: Option<DaemonError>,
    cause: Cause,
}

impl TransferError {
    /// The image.
    pub fn reference(&self) -> &ImageReference {
        &self.0.reference
    }

    /// What kind of failure it is.
    pub fn kind(&self) -> TransferErrorKind {
        self.0.cause.kind
    }

    /// What the daemon asked, and what it was told, in order.
    pub fn questions(&self) -> &[Question] {
        &self.0.questions
    }

    /// What the hosts that asked were told, each once, in the order they first asked.
    pub fn hosts(&self) -> Vec<HostAccount<'_>> {
        host_account::of(&self.0.questions)
    }

    /// What became of each host that had its turn, in order; empty for a push.
    pub fn turns(&self) -> &[TurnReport] {
        &self.0.turns
    }

    /// What the daemon said, where it was the daemon that failed: of the host whose reason is the
    /// gravest.
    pub fn daemon(&self) -> Option<&DaemonError> {
        self.0.daemon.as_ref()
    }

    pub(crate) fn new(
        operation: Operation,
        reference: ImageReference,
        ended: Ended,
        record: OperationRecord,
    ) -> Self {
        let OperationRecord {
            turns, questions, ..
        } = record;
        let (cause, daemon) = match ended {
            Ended::EveryHost => gravest::gravest(&turns),
            ended => {
                let cause = classify::classify(operation, &reference, &ended, &questions);
                (cause, ended.into_daemon())
            }
        };
        Self(Box::new(Inner {
            operation,
            reference,
            turns,
            questions,
            daemon,
            cause,
        }))
    }
}

/// What became of a host that did not serve.
pub(crate) fn classify_turn(
    reference: &ImageReference,
    ended: Ended,
    questions: &[Question],
) -> TurnOutcome {
    let Cause {
        kind,
        message,
        remedies,
    } = classify::classify(Operation::Pull, reference, &ended, questions);
    TurnOutcome::Failed {
        kind,
        reason: message,
        remedies,
        daemon: ended.into_daemon(),
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            operation,
            reference,
            cause,
            ..
        } = self.0.as_ref();
        write!(f, "{operation} of {reference}: {}", cause.message)
    }
}

impl std::error::Error for TransferError {}

impl Advise for TransferError {
    fn remedies(&self) -> Vec<Remedy> {
        self.0.cause.remedies.clone()
    }
}
