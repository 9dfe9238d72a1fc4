use std::fmt;
use std::sync::Arc;

use portunus::name::{CredentialKey, ImageReference, Profile};
use portunus::resolve::Plan;
use portunus::store::{Location, PullSecret, SourceName, docker_key};

/// How many secrets, and of each how many keys, are told: nobody reads more.
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
    /// What it holds nothing for.
    pub reference: ImageReference,
    /// What a key of it would have to be, each of which is for one host of the plan.
    pub wanted: Vec<String>,
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
        let wanted = plan.attempts.iter().map(|it| match &it.authority {
            Some(authority) => docker_key::write_key(authority),
            None => it.host.host.clone(),
        });
        let nearest = pairs.min_by_key(|(host, key)| strsim::levenshtein(host, &key.to_string()));
        Some(Self {
            location: first.location.clone(),
            reference: plan.reference.clone(),
            wanted: wanted.collect(),
            nearest: nearest.map(|(host, key)| (host.clone(), key.clone())),
            keys,
        })
    }
}

impl fmt::Display for UnfittingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (location, reference) = (&self.location, &self.reference);
        write!(f, "{location} holds nothing for {reference}: its keys are")?;
        for (at, key) in self.keys.iter().take(MOST_TOLD).enumerate() {
            write!(f, "{} {key}", if at == 0 { "" } else { "," })?;
        }
        if let Some(more @ 1..) = self.keys.len().checked_sub(MOST_TOLD) {
            write!(f, " and {more} more")?;
        }
        match &self.nearest {
            Some((host, key)) => write!(f, "; the nearest to {host} is {key}"),
            None => Ok(()),
        }
    }
}
