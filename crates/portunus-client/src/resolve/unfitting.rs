use std::sync::Arc;

use portunus::name::{CredentialKey, Profile};
use portunus::resolve::Plan;
use portunus::store::{Location, PullSecret, SourceName};

/// How many are told: nobody reads more.
const MOST_TOLD: usize = 20;

/// A pull secret that was given and holds nothing for any host of the plan, nor does any other that was
/// given: somebody meant one to be used.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UnfittingSecret {
    /// Where it is.
    pub location: Location,
    /// What it is for, the profile left out, which is that of the plan.
    pub keys: Vec<CredentialKey>,
    /// The host and the key that are spelled most alike.
    pub nearest: Option<(String, CredentialKey)>,
}

impl UnfittingSecret {
    /// None where one of the secrets is used: that the others are for other registries is what
    /// several are given for.
    pub(super) fn find_all(secrets: &[Arc<PullSecret>], plan: &Plan) -> Vec<Self> {
        let mut candidates = plan.attempts.iter().flat_map(|it| &it.candidates);
        match candidates.any(|it| it.entry.source == SourceName::COMMAND_LINE) {
            true => Vec::new(),
            false => {
                let secrets = secrets.iter().take(MOST_TOLD);
                secrets.filter_map(|it| Self::of(it, plan)).collect()
            }
        }
    }

    fn of(secret: &PullSecret, plan: &Plan) -> Option<Self> {
        let entries = secret.list().entries;
        // That it holds nothing at all is told where it is read.
        let first = entries.first()?;
        let keys = entries.iter().map(|it| it.key.clone());
        let keys: Vec<_> = keys.map(|it| it.with_profile(Profile::DEFAULT)).collect();
        let hosts = plan.attempts.iter().map(|attempt| &attempt.host.host);
        let pairs = hosts.flat_map(|host| keys.iter().map(move |key| (host, key)));
        let nearest = pairs.min_by_key(|(host, key)| strsim::levenshtein(host, &key.to_string()));
        Some(Self {
            location: first.location.clone(),
            nearest: nearest.map(|(host, key)| (host.clone(), key.clone())),
            keys,
        })
    }
}
