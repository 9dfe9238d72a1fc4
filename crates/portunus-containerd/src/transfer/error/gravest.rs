use super::classify::Cause;
use super::kind::TransferErrorKind;
use crate::daemon::daemon_error::DaemonError;
use crate::transfer::turn::{TurnOutcome, TurnReport};

/// The reason that tells most, where no host served: a rejection is not hidden by what the next host
/// does not have. Of several it is the first.
pub(super) fn gravest(turns: &[TurnReport]) -> (Cause, Option<DaemonError>) {
    let mut found: Option<(Cause, Option<DaemonError>)> = None;
    for (cause, daemon) in turns.iter().filter_map(cause) {
        let known = found.as_ref().map(|(known, _)| rank(known.kind));
        if known.is_none_or(|known| rank(cause.kind) > known) {
            found = Some((cause, daemon));
        }
    }
    found.unwrap_or_else(|| {
        let cause = Cause {
            kind: TransferErrorKind::Failed,
            message: "there is no host that may be asked for it".to_owned(),
            remedies: Vec::new(),
        };
        (cause, None)
    })
}

fn cause(turn: &TurnReport) -> Option<(Cause, Option<DaemonError>)> {
    let (kind, message, remedies, daemon) = match &turn.outcome {
        TurnOutcome::Served | TurnOutcome::OtherDigest { .. } => return None,
        TurnOutcome::RuledOut {
            kind,
            reason,
            remedies,
        } => {
            let message = match kind {
                TransferErrorKind::NotFound => "no host has it".to_owned(),
                _ => format!("{}: {reason}", turn.host),
            };
            (kind, message, remedies, None)
        }
        TurnOutcome::Failed {
            kind,
            reason,
            remedies,
            daemon,
        } => (kind, reason.clone(), remedies, daemon.clone()),
    };
    let cause = Cause {
        kind: *kind,
        message,
        remedies: remedies.clone(),
    };
    Some((cause, daemon))
}

fn rank(kind: TransferErrorKind) -> u8 {
    match kind {
        TransferErrorKind::NotFound => 0,
        TransferErrorKind::NotLoggedIn => 2,
        TransferErrorKind::Refused => 3,
        TransferErrorKind::Rejected | TransferErrorKind::Denied => 4,
        _ => 1,
    }
}
