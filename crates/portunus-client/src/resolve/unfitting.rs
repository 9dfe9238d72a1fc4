use portunus::name::{CredentialKey, Profile};
use portunus::resolve::Plan;
use portunus::store::{Entry, Location, PullSecret};

/// A pull secret that was given and holds nothing for any host of the plan: somebody meant it to be
/// used.
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
    pub(super) fn find(secret: &PullSecret, plan: &Plan) -> Option<Self> {
        let entries = secret.list().entries;
        let is_used = |entry: &Entry| {
            let mut candidates = plan.attempts.iter().flat_map(|it| &it.candidates);
            candidates.any(|candidate| candidate.entry == *entry)
        };
        // That it holds nothing at all is told where it is read.
        let first = entries.first().filter(|_| !entries.iter().any(is_used))?;
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
