use std::collections::BTreeMap;

use futures_util::future::join_all;
use portunus::name::CredentialKey;
use portunus::resolve::{Attempt, PreparedAttempt, PreparedOperation};
use portunus::token::trust::Consent;
use portunus_http::{Choice, ChosenAnswer, Client, HostFailure, Outcome, Probe};

use crate::error::ClientError;
use crate::events;
use crate::http;
use crate::settings::Settings;

/// What one host of a plan answered.
#[derive(Debug)]
#[non_exhaustive]
pub struct Probed<'a> {
    /// Which host of the plan.
    pub attempt: &'a Attempt,
    /// What it wants to be shown; `None` where its text is no host name.
    pub asked: Option<Probe>,
    /// What it makes of what it may be shown.
    pub choice: Choice,
}

/// Asks every host of a plan, in the order of the plan: first what it wants to be shown, then
/// with what it may see. The trust rules decide as in a pull or push.
///
/// # Errors
/// Where a variable of a proxy is not text.
pub fn probe<'a>(
    operation: &'a PreparedOperation,
    settings: &Settings,
) -> Result<Vec<Probed<'a>>, ClientError> {
    let client = http::client(settings)?;
    let (asked, choices) = http::block_on(async {
        let asked = operation.attempts().map(|prepared| ask(&client, prepared));
        (join_all(asked).await, client.choose(operation).await)
    })?;
    events::choices(&choices);
    let mut asked: BTreeMap<usize, Option<Probe>> = asked.into_iter().collect();
    let chosen = choices.iter();
    let mut chosen: BTreeMap<usize, Choice> = chosen
        .map(|chosen| (chosen.position(), chosen.choice().clone()))
        .collect();
    let probed = operation.attempts().filter_map(|prepared| {
        Some(Probed {
            attempt: prepared.attempt(),
            asked: asked.remove(&prepared.position())?,
            choice: chosen.remove(&prepared.position())?,
        })
    });
    Ok(probed.collect())
}

impl Probed<'_> {
    /// Whether this is what that host of the plan answered.
    pub fn is_of(&self, attempt: &Attempt) -> bool {
        // A plan may name one host twice.
        std::ptr::eq(self.attempt, attempt)
    }

    /// Whether the host took a credential; `None` where it was shown none and asked for none.
    pub fn accepted(&self) -> Option<bool> {
        match &self.choice.answer {
            ChosenAnswer::Credential(_) => Some(true),
            ChosenAnswer::Failed(Outcome::Host(
                HostFailure::NotLoggedIn { .. }
                | HostFailure::Rejected { .. }
                | HostFailure::LacksScope { .. }
                | HostFailure::Denied { .. }
                | HostFailure::TokenRefused { .. }
                | HostFailure::Refused(_)
                | HostFailure::Source(_),
            )) => Some(false),
            _ if !self.choice.rejected.is_empty() => Some(false),
            _ => None,
        }
    }

    /// Whether a login would help.
    pub fn wants_login(&self) -> bool {
        matches!(
            &self.choice.answer,
            ChosenAnswer::Failed(Outcome::Host(
                HostFailure::NotLoggedIn { .. } | HostFailure::Rejected { .. }
            ))
        )
    }
}

/// What a host wants to be shown, by its place in the plan.
async fn ask(client: &Client, prepared: PreparedAttempt<'_>) -> (usize, Option<Probe>) {
    let attempt = prepared.attempt();
    let registry_namespace = prepared.plan().reference.registry_namespace();
    let Some(authority) = attempt.authority.clone() else {
        return (prepared.position(), None);
    };
    let plain = CredentialKey::plain(authority.clone());
    let consent = match attempt.candidates.first() {
        Some(candidate) => candidate.consent_at(Some(&authority)),
        None => Consent::none(&plain),
    };
    let probe = client.probe(prepared.host(), registry_namespace, &consent);
    (prepared.position(), Some(probe.await))
}
