//! What is told of a run?
//!
//! Events about what was found and decided: hosts, keys and places, never a secret.

use portunus::resolve::{Attempt, Plan};
use portunus_http::{Choices, ChosenAnswer};
use tracing::{Level, debug, enabled, info};

/// Whether anybody listens.
pub fn are_told() -> bool {
    enabled!(Level::INFO)
}

/// The plan, one event a host.
pub fn plan(plan: &Plan) {
    info!(
        reference = %plan.reference,
        operation = plan.operation.as_str(),
        profile = %plan.profile,
        hosts = plan.attempts.len(),
        "planned"
    );
    for attempt in &plan.attempts {
        let written_at = attempt.host.place.as_ref().map(ToString::to_string);
        debug!(host = url(attempt), written_at, "host");
        for candidate in &attempt.candidates {
            debug!(
                host = url(attempt),
                key = %candidate.entry.key,
                source = candidate.entry.source.as_str(),
                location = %candidate.entry.location,
                reason = %candidate.rule,
                "candidate"
            );
        }
        for passed in &attempt.passed_over {
            let key = &passed.entry.key;
            debug!(host = url(attempt), %key, reason = %passed.rule, "passed over");
        }
    }
}

/// What the hosts of a plan want to be shown, found by asking them.
pub fn choices(choices: &Choices<'_>) {
    for chosen in choices.iter() {
        let (attempt, choice) = (chosen.attempt(), chosen.choice());
        let key = match &choice.answer {
            ChosenAnswer::Credential(candidate) => Some(candidate.entry.key.to_string()),
            _ => None,
        };
        let problem = match &choice.answer {
            ChosenAnswer::Failed(outcome) => Some(outcome.to_string()),
            _ => None,
        };
        let (challenge, realm) = (choice.challenge, choice.realm.as_deref());
        info!(host = url(attempt), challenge, realm, key, problem, "asked");
        for shown in &choice.rejected {
            info!(host = url(attempt), key = %shown.key, location = %shown.location, "rejected");
        }
    }
}

fn url(attempt: &Attempt) -> String {
    format!("{}://{}", attempt.host.scheme, attempt.host.host)
}
