use std::sync::Arc;

use portunus::name::{CredentialKey, Profile};
use portunus::resolve::Plan;
use portunus::store::{Entry, Location, PullSecret};

use crate::context::Context;
use crate::output;

/// How many keys of a secret are told.
const KEYS_TOLD: usize = 20;

/// Tells of each secret that was given and holds nothing for any host of the plan: somebody meant
/// it to be used.
pub(crate) fn warn_about(secrets: &[Arc<PullSecret>], plan: &Plan, context: &mut Context<'_>) {
    for secret in secrets {
        let entries = secret.list().entries;
        let is_used = |entry: &Entry| {
            let mut candidates = plan.attempts.iter().flat_map(|it| &it.candidates);
            candidates.any(|candidate| candidate.entry == *entry)
        };
        // That it holds nothing at all is told where it is read.
        if let Some(first) = entries.first()
            && !entries.iter().any(is_used)
        {
            let message = describe(&first.location, &entries, plan);
            output::warning(&message, Some(help(plan).into()), context.streams);
        }
    }
}

fn describe(location: &Location, entries: &[Entry], plan: &Plan) -> String {
    let keys: Vec<String> = entries.iter().map(|it| shown(&it.key)).collect();
    let told: Vec<&str> = keys.iter().take(KEYS_TOLD).map(String::as_str).collect();
    let told = told.join(", ");
    let more = match keys.len().checked_sub(KEYS_TOLD) {
        Some(more @ 1..) => format!(" and {more} more"),
        _ => String::new(),
    };
    let hosts = plan.attempts.iter().map(|attempt| &attempt.host.host);
    let pairs = hosts.flat_map(|host| keys.iter().map(move |key| (host, key)));
    let nearest = pairs.min_by_key(|(host, key)| strsim::levenshtein(host, key));
    let nearest = nearest.map_or_else(String::new, |(host, key)| {
        format!("; the nearest to {host} is {key}")
    });
    format!(
        "{location} holds nothing for {}: its keys are {told}{more}{nearest}",
        plan.reference
    )
}

/// The key without its profile, which is that of the plan.
fn shown(key: &CredentialKey) -> String {
    let key = key.clone().with_profile(Profile::DEFAULT);
    key.to_string()
}

fn help(plan: &Plan) -> String {
    let hosts: Vec<&str> = plan
        .attempts
        .iter()
        .map(|it| it.host.host.as_str())
        .collect();
    format!("a key has to name one of: {}", hosts.join(", "))
}
