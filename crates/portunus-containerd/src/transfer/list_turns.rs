use std::path::PathBuf;
use std::sync::Arc;

use portunus::authorizer::{HostFailure, Trouble};
use portunus::remedy::{Advise as _, Remedy};
use portunus::resolve::{Attempt, Phase, Plan};
use portunus::token::trust::TrustPolicy;
use portunus_http::{Choices, Chosen, ChosenAnswer, Outcome};

use crate::callback::answers::{Answers, AnswersError};
use crate::callback::choices::explain_failure;
use crate::callback::no_answer::NoAnswer;
use crate::transfer::error::kind::TransferErrorKind;
use crate::transfer::error::login;
use crate::transfer::turn::{SentTo, Turn, Way};

impl Turn {
    /// The hosts of a pull, one turn an attempt, from what
    /// [`Client::choose_where`](portunus_http::Client::choose_where) has found out about those for
    /// which [`Turn::needs_asking`] holds. `host_dir` tells the directory that has one of them alone.
    ///
    /// A host that has the image is answered, and asked by the digest that was found there. One that
    /// we could not reach, or whose TLS we do not take, may serve the daemon all the same, but is
    /// told nothing; so is one that nothing is stored for. Every other failure rules a host out.
    ///
    /// # Errors
    /// Where a credential is a registry token.
    pub fn list(
        choices: &Choices<'_>,
        host_dir: impl Fn(Chosen<'_>) -> PathBuf,
        trust: &TrustPolicy,
    ) -> Result<Vec<Self>, AnswersError> {
        let plan = choices.plan();
        let known = plan.reference.digest().map(str::to_owned);
        let known = known.or_else(|| choices.iter().find_map(found_digest));
        let mut turns = Vec::new();
        for chosen in choices.iter() {
            let attempt = chosen.attempt();
            let way = match ruled_out(chosen, known.as_deref()) {
                Some(way) => way,
                None => {
                    let answers = Answers::of_host(chosen, trust)?;
                    let mut sent = SentTo::new(host_dir(chosen), Arc::new(answers));
                    sent.digest = match &chosen.choice().manifest {
                        _ if !attempt.phases.contains(&Phase::Resolve) => known.clone(),
                        Some(Ok(digest)) => Some(digest.clone()),
                        _ => None,
                    };
                    Way::Sent(sent)
                }
            };
            turns.push(Self {
                host: name_host(plan, attempt),
                attempt: Some(chosen.position()),
                way,
            });
        }
        Ok(turns)
    }

    /// Whether a host is to be asked before the daemon is sent to it: because a credential may be
    /// shown to it, or because others are asked by the digest that it tells.
    pub fn needs_asking(plan: &Plan, attempt: &Attempt) -> bool {
        let fetches_alone = |attempt: &Attempt| {
            attempt.host.capabilities.pull && !attempt.phases.contains(&Phase::Resolve)
        };
        let tells_digest = plan.reference.digest().is_none()
            && attempt.phases.contains(&Phase::Resolve)
            && plan.attempts.iter().any(fetches_alone);
        attempt.host.capabilities.pull && (!attempt.candidates.is_empty() || tells_digest)
    }
}

/// What a host says that the image's tag means, where it may say so.
fn found_digest(chosen: Chosen<'_>) -> Option<String> {
    let resolves = chosen.attempt().phases.contains(&Phase::Resolve);
    let digest = chosen.choice().manifest.clone()?.ok()?;
    resolves.then_some(digest)
}

/// What is told of a host that the daemon is not sent to.
fn ruled_out(chosen: Chosen<'_>, known: Option<&str>) -> Option<Way> {
    let (plan, attempt, choice) = (chosen.plan(), chosen.attempt(), chosen.choice());
    let rule = |kind, reason: String, remedies| {
        Some(Way::RuledOut {
            kind,
            reason,
            remedies,
        })
    };
    if attempt.phases.is_empty() || !attempt.host.capabilities.pull {
        let reason = NoAnswer::NoPart.to_string();
        return rule(TransferErrorKind::NotFound, reason, Vec::new());
    }
    if known.is_none() && !attempt.phases.contains(&Phase::Resolve) {
        let reason = "it may not say what the tag means, and no other host does".to_owned();
        return rule(TransferErrorKind::NotFound, reason, Vec::new());
    }
    let outcome = match (&choice.answer, &choice.manifest) {
        (ChosenAnswer::Failed(outcome), _) => outcome,
        // What may not say what the tag means is asked by the digest.
        (_, Some(Err(outcome))) if attempt.phases.contains(&Phase::Resolve) => outcome,
        _ => return None,
    };
    if may_serve_the_daemon(outcome) {
        return None;
    }
    let why = explain_failure(chosen, outcome).to_string();
    let (reference, host) = (&plan.reference, &attempt.host.host);
    let (kind, remedies) = match outcome {
        outcome if outcome.refusal().is_some() => (TransferErrorKind::Refused, outcome.remedies()),
        Outcome::Host(HostFailure::Rejected { .. } | HostFailure::LacksScope { .. }) => {
            (TransferErrorKind::Rejected, vec![login(reference, host)])
        }
        Outcome::Host(HostFailure::Denied { .. }) => (TransferErrorKind::Denied, Vec::new()),
        Outcome::Host(HostFailure::NotLoggedIn { .. }) => {
            (TransferErrorKind::NotLoggedIn, vec![login(reference, host)])
        }
        _ => {
            let kind = match outcome.is_not_found() {
                true => TransferErrorKind::NotFound,
                false => TransferErrorKind::Failed,
            };
            (kind, vec![Remedy::probe(reference, false)])
        }
    };
    rule(kind, why, remedies)
}

/// Whether a host that failed us may do for the daemon: it has other roots, knows other TLS, or
/// stands elsewhere in the network; and trouble may pass.
fn may_serve_the_daemon(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Host(HostFailure::Status { status, .. }) => {
            *status == 408 || *status == 429 || *status >= 500
        }
        Outcome::Host(HostFailure::NoUrl) => true,
        Outcome::Host(
            HostFailure::Trouble(trouble)
            | HostFailure::OverHttp { trouble, .. }
            | HostFailure::TroubleAway { trouble, .. },
        ) => !matches!(trouble, Trouble::Refused(_) | Trouble::Local(_)),
        _ => false,
    }
}

/// The text of a host, as far as that tells it from the others of the plan.
fn name_host(plan: &Plan, attempt: &Attempt) -> String {
    let host = &attempt.host;
    let same_text = |other: &&Attempt| other.host.host == host.host;
    let same_scheme = |other: &&Attempt| same_text(other) && other.host.scheme == host.scheme;
    let alone = |like: &dyn Fn(&&Attempt) -> bool| plan.attempts.iter().filter(like).count() < 2;
    match (alone(&same_text), alone(&same_scheme)) {
        (true, _) => host.host.clone(),
        (false, true) => format!("{}://{}", host.scheme, host.host),
        (false, false) => format!("{}://{}{}", host.scheme, host.host, host.path),
    }
}
