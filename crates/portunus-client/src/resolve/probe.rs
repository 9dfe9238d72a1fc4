use futures_util::future::join_all;
use portunus::name::CredentialKey;
use portunus::resolve::{PreparedAttempt, PreparedOperation};
use portunus::token::trust::Consent;
use portunus_http::{Choice, ChosenAnswer, Client, HostFailure, Outcome, Probe};

use crate::error::ClientError;
use crate::events;
use crate::http;
use crate::settings::Settings;

/// What one host of a plan answered.
#[derive(Debug)]
#[non_exhaustive]
pub struct Probed {
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
pub fn probe(
    operation: &PreparedOperation,
    settings: &Settings,
) -> Result<Vec<Probed>, ClientError> {
    let client = http::client(settings)?;
    http::block_on(async {
        let attempts = operation.attempts();
        let asked = attempts.map(|prepared| ask(&client, prepared));
        let asked = join_all(asked).await;
        let choices = client.choose(operation).await;
        events::choices(&choices);
        let both = asked.into_iter().zip(choices.iter());
        both.map(|(asked, chosen)| Probed {
            asked,
            choice: chosen.choice().clone(),
        })
        .collect()
    })
}

impl Probed {
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

async fn ask(client: &Client, prepared: PreparedAttempt<'_>) -> Option<Probe> {
    let attempt = prepared.attempt();
    let registry_namespace = prepared.plan().reference.registry_namespace();
    let authority = attempt.authority.clone()?;
    let plain = CredentialKey::plain(authority.clone());
    let consent = match attempt.candidates.first() {
        Some(candidate) => candidate.consent_at(Some(&authority)),
        None => Consent::none(&plain),
    };
    let probe = client.probe(prepared.host(), registry_namespace, &consent);
    Some(probe.await)
}
