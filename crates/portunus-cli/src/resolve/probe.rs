use futures_util::future::join_all;
use portunus::name::CredentialKey;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::{Attempt, Plan, PreparedAttempt, PreparedOperation};
use portunus::token::trust::Consent;
use portunus_http::{Choice, ChosenAnswer, Client, HostFailure, Outcome, Probe};
use serde_json::{Value, json};

use super::entry::describe;
use crate::commands::missing_login;
use crate::context::Context;
use crate::failure::Failure;
use crate::help::Help;
use crate::waiting::Waiting;
use portunus_client::events;
use portunus_client::http;

/// What one host of a plan answered.
#[derive(Debug)]
pub(super) struct Probed {
    /// What it wants to be shown; `None` where its text is no host name.
    asked: Option<Probe>,
    /// What it makes of what it may be shown.
    choice: Choice,
}

/// Asks every host of a plan, in the order of the plan: first what it wants to be shown, then
/// with what it may see. The trust rules decide as in a pull or push.
pub(super) fn ask(
    operation: &PreparedOperation,
    context: &Context<'_>,
) -> Result<Vec<Probed>, Failure> {
    let client = http::client(&context.settings)?;
    let _waiting = Waiting::new("asking the hosts", context.streams);
    let probed = http::block_on(async {
        let attempts = operation.attempts();
        let asked = attempts.map(|prepared| probe(&client, prepared));
        let asked = join_all(asked).await;
        let choices = client.choose(operation).await;
        events::choices(&choices);
        let both = asked.into_iter().zip(choices.iter());
        both.map(|(asked, chosen)| Probed {
            asked,
            choice: chosen.choice().clone(),
        })
        .collect()
    })?;
    Ok(probed)
}

async fn probe(client: &Client, prepared: PreparedAttempt<'_>) -> Option<Probe> {
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

impl Probed {
    /// For people.
    pub(super) fn lines(&self, plan: &Plan, attempt: &Attempt, program: &str) -> Vec<String> {
        let help = |remedy: Remedy| format!("help: {}", Help::from(remedy).text(program));
        let Some(asked) = &self.asked else {
            return vec!["probe: not asked, for this is no host name".to_owned()];
        };
        let took = format!("{} ms", asked.elapsed.as_millis());
        if !asked.reachable {
            let problem = asked
                .problem
                .as_ref()
                .map_or_else(String::new, Outcome::to_string);
            return vec![format!("probe: {problem} ({took})")];
        }
        let wants = match (asked.challenge, &asked.realm, &asked.problem, asked.status) {
            (Some(scheme), Some(realm), ..) => format!("wants {scheme} with a token of {realm}"),
            (Some(scheme), None, ..) => format!("wants {scheme}"),
            (None, _, Some(problem), _) => problem.to_string(),
            (None, _, None, Some(status)) => format!("asks for nothing (status {status})"),
            (None, _, None, None) => "asks for nothing".to_owned(),
        };
        let mut lines = vec![format!("probe: answered in {took}, {wants}")];
        let of_others = |service: &&String| **service != attempt.host.host;
        if let Some(service) = asked.service.as_ref().filter(of_others) {
            lines.push(format!(
                "service: {service}, which is not the name of the host"
            ));
        }
        if !self.choice.left_out.is_empty() {
            let left_out = &self.choice.left_out;
            lines.push(format!(
                "left out: {left_out}, which it names and is not asked for"
            ));
        }
        match &asked.realm_trust {
            Some(Ok(rule)) => lines.push(format!("realm: trusted, {rule}")),
            Some(Err(refusal)) => {
                lines.push(format!("realm: not trusted, {refusal}"));
                lines.extend(refusal.remedies().into_iter().map(help));
            }
            None => {}
        }
        let rejected = self.choice.rejected.iter();
        lines.extend(rejected.map(|shown| format!("rejected: {shown}")));
        lines.extend(self.answer_line());
        lines.extend(self.image_line());
        if self.wants_login() {
            lines.push(help(missing_login(plan, &attempt.host)));
        }
        lines
    }

    /// For scripts.
    pub(super) fn document(&self) -> Value {
        let asked = self.asked.as_ref();
        let key = match &self.choice.answer {
            ChosenAnswer::Credential(candidate) => Some(candidate.entry.key.to_string()),
            _ => None,
        };
        let problem = match (&self.choice.answer, &self.choice.manifest) {
            (ChosenAnswer::Failed(outcome), _) | (_, Some(Err(outcome))) => Some(outcome),
            _ => asked.and_then(|asked| asked.problem.as_ref()),
        };
        let manifest = self.choice.manifest.as_ref();
        json!({
            "reachable": asked.is_some_and(|asked| asked.reachable),
            "challenge": asked.and_then(|asked| asked.challenge),
            "realm": asked.and_then(|asked| asked.realm.as_deref()),
            "realm_trusted": asked.and_then(|asked| Some(asked.realm_trust.as_ref()?.is_ok())),
            "accepted": self.accepted(),
            "ms": asked.map(|asked| u64::try_from(asked.elapsed.as_millis()).unwrap_or(u64::MAX)),
            "status": asked.and_then(|asked| asked.status),
            "key": key,
            "digest": manifest.and_then(|found| found.as_ref().ok()),
            "problem": problem.map(Outcome::to_string),
        })
    }

    /// Whether the host took a credential; `None` where it was shown none and asked for none.
    fn accepted(&self) -> Option<bool> {
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

    fn answer_line(&self) -> Option<String> {
        Some(match &self.choice.answer {
            ChosenAnswer::Credential(candidate) => {
                format!("accepted: {}", describe(&candidate.entry))
            }
            ChosenAnswer::Anonymous => "anonymous: hands out a token to anybody".to_owned(),
            ChosenAnswer::NoChallenge { status, .. } => match self.choice.manifest {
                Some(Ok(_)) => "anonymous: gives this image to anybody".to_owned(),
                None if *status >= 400 => format!("anonymous: answered {status}"),
                _ => return None,
            },
            ChosenAnswer::Failed(outcome) => format!("failed: {outcome}"),
            _ => return None,
        })
    }

    /// What it has of the image, wherever it sends us for it.
    fn image_line(&self) -> Option<String> {
        let found = match self.choice.manifest.as_ref()? {
            Ok(digest) => digest.clone(),
            Err(outcome) => outcome.to_string(),
        };
        Some(match &self.choice.redirected_to {
            Some(target) => {
                let origin = target.origin().ascii_serialization();
                format!("image: {found}, by way of {origin}")
            }
            None => format!("image: {found}"),
        })
    }

    fn wants_login(&self) -> bool {
        matches!(
            &self.choice.answer,
            ChosenAnswer::Failed(Outcome::Host(
                HostFailure::NotLoggedIn { .. } | HostFailure::Rejected { .. }
            ))
        )
    }
}
