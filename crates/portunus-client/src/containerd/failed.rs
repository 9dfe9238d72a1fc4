//! Why a daemon did not pull or push, beside what the hosts had answered us.

use std::fmt;

use portunus::authorizer::Shown;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::Phase;
use portunus_containerd::{TransferError, TransferErrorKind, TurnOutcome, TurnReport};
use portunus_http::{Choices, Chosen, ChosenAnswer, HostFailure, Outcome};

use crate::error::ClientError;
use crate::error::daemon::DaemonFailure;

/// Why a daemon did not pull or push.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
#[non_exhaustive]
pub struct DaemonTransferError<'a> {
    /// Why.
    #[source]
    pub error: Box<ClientError>,
    /// What the hosts had answered us, where they were asked before.
    pub asked: Option<Choices<'a>>,
}

/// What became of one host: in its turn, or else when we asked it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DaemonHostReport {
    /// The host, with its scheme.
    pub host: String,
    /// Why it did not help.
    pub reason: String,
    /// The credentials that we had sent to it or to its realm.
    pub shown: Vec<Shown>,
}

impl<'a> DaemonTransferError<'a> {
    pub(super) fn of_transfer(error: DaemonFailure, asked: Choices<'a>) -> Self {
        Self {
            error: Box::new(error.into()),
            asked: Some(asked),
        }
    }

    /// Why the transfer failed; `None`: it did not come to one.
    pub fn transfer(&self) -> Option<&TransferError> {
        match &*self.error {
            ClientError::Daemon(DaemonFailure::Transfer(error)) => Some(error),
            _ => None,
        }
    }

    /// What kind of failure of a transfer it is. A rejection that we saw ourselves is not hidden by
    /// what the next host made the daemon say.
    pub fn kind(&self) -> Option<TransferErrorKind> {
        let kind = self.transfer()?.kind();
        let was_rejected = |host: Chosen<'_>| !host.choice().rejected.is_empty();
        match self.turns().any(|(host, _)| was_rejected(host)) {
            true => Some(TransferErrorKind::Rejected),
            false => Some(kind),
        }
    }

    /// Each host that did not help, in the order of the plan.
    pub fn hosts(&self) -> Vec<DaemonHostReport> {
        let reports = self.turns().filter_map(|(host, turn)| {
            let (attempt, choice) = (host.attempt(), host.choice());
            let is_pushed_to = attempt.phases.contains(&Phase::Push);
            let pushed = || is_pushed_to.then(|| "was asked".to_owned());
            Some(DaemonHostReport {
                host: format!("{}://{}", attempt.host.scheme, attempt.host.host),
                reason: reason(turn, &choice.answer).or_else(pushed)?,
                shown: choice.shown.clone(),
            })
        });
        reports.collect()
    }

    /// The hosts that were asked, each with what became of it where it has a turn of its own: those
    /// behind a stop have none.
    fn turns(&self) -> impl Iterator<Item = (Chosen<'_>, Option<&TurnReport>)> {
        let hosts = self.asked.iter().flat_map(Choices::iter);
        hosts.map(|host| {
            let mut turns = self.transfer().into_iter().flat_map(TransferError::turns);
            let turn = turns.find(|turn| turn.attempt == Some(host.position()));
            (host, turn)
        })
    }
}

impl From<ClientError> for DaemonTransferError<'_> {
    fn from(error: ClientError) -> Self {
        Self {
            error: Box::new(error),
            asked: None,
        }
    }
}

impl Advise for DaemonTransferError<'_> {
    /// The logins that are missing or were rejected, then what else is known of each host.
    fn remedies(&self) -> Vec<Remedy> {
        let wanting = self.turns().filter(|(host, turn)| wants_login(host, *turn));
        let logins = wanting.map(|(host, _)| host.plan().missing_login(&host.attempt().host));
        let is_absent = self.kind() == Some(TransferErrorKind::NotFound);
        let others = self.turns().flat_map(|(host, _)| {
            let hides_perhaps = is_absent && hides_perhaps(&host);
            let name = hides_perhaps.then_some(Remedy::CheckImage);
            about_tls(&host).into_iter().chain(name)
        });
        let remedies = Remedy::each_once(logins.chain(others));
        match remedies.is_empty() {
            true => self.error.remedies(),
            false => remedies,
        }
    }
}

impl fmt::Display for DaemonHostReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.host, self.reason)?;
        let shown: Vec<String> = self.shown.iter().map(ToString::to_string).collect();
        match shown.is_empty() {
            true => f.write_str("; no credential was sent"),
            false => write!(f, "; sent: {}", shown.join("; ")),
        }
    }
}

fn reason(turn: Option<&TurnReport>, answer: &ChosenAnswer) -> Option<String> {
    match (turn.map(|turn| &turn.outcome), answer) {
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

fn wants_login(host: &Chosen<'_>, turn: Option<&TurnReport>) -> bool {
    let through_daemon = matches!(
        turn.map(|turn| &turn.outcome),
        Some(TurnOutcome::RuledOut { kind, .. } | TurnOutcome::Failed { kind, .. })
            if matches!(kind, TransferErrorKind::NotLoggedIn | TransferErrorKind::Rejected)
    );
    let choice = host.choice();
    let of_us = matches!(
        choice.answer,
        ChosenAnswer::Failed(Outcome::Host(HostFailure::NotLoggedIn { .. }))
    );
    through_daemon || of_us || !choice.rejected.is_empty()
}

/// Whether an account was told that there is no such image.
fn hides_perhaps(host: &Chosen<'_>) -> bool {
    let choice = host.choice();
    let is_absent = matches!(&choice.manifest, Some(Err(outcome)) if outcome.is_not_found());
    is_absent && !choice.shown.is_empty()
}

fn about_tls(host: &Chosen<'_>) -> Option<Remedy> {
    let ChosenAnswer::Failed(outcome) = &host.choice().answer else {
        return None;
    };
    let name = host.plan().reference.registry_namespace();
    outcome.tls_problem()?.remedy(&host.attempt().host, name)
}
