//! What do pull secrets hold, and what is a kubelet answered on this machine?

use std::path::PathBuf;

use portunus::store::SourceError;
use portunus_kubernetes::PullSecrets;
use portunus_kubernetes::provider::{CredentialProvider, ProviderConfiguration, ProviderRules};

use crate::error::ClientError;
use crate::settings::Settings;

/// Whom the tokens of service accounts are made out to that a kubelet hands us.
pub const AUDIENCE: &str = "portunus.dev";

impl Settings {
    /// Reads pull secrets, for the profile in force.
    ///
    /// # Errors
    /// Where a path is absent, cannot be read, or holds nothing of the kind.
    pub fn pull_secrets(&self, paths: &[PathBuf]) -> Result<PullSecrets, ClientError> {
        Ok(PullSecrets::read(paths, self.profile.clone())?)
    }

    /// What answers a kubelet from the sources of this machine.
    ///
    /// # Errors
    /// As [`Settings::stores`].
    pub fn credential_provider(&self) -> Result<CredentialProvider, ClientError> {
        let mut rules = ProviderRules::default();
        rules.profile = self.profile.clone();
        rules.accounts.clone_from(&self.config.kubernetes_profiles);
        rules.trust = self.trust();
        Ok(CredentialProvider::new(self.resolver()?, rules))
    }
}

/// How a kubelet is told to ask, and what it is not told.
#[derive(Debug)]
#[non_exhaustive]
pub struct KubeletConfiguration {
    /// What is written.
    pub configuration: ProviderConfiguration,
    /// Registry namespaces that are known here, and that no kubelet can match.
    pub unmatched: Vec<String>,
    /// Places of others that could not be listed: what they hold logins for is left out.
    pub unlisted: Vec<SourceError>,
}

/// How a kubelet is told to ask `program`: for the registry namespaces that have hosts here, for
/// those that something is stored for, and for those of the helpers that `config.toml` names.
///
/// # Errors
/// As [`Settings::stores`], and where our own file cannot be read.
pub fn configure_kubelet(
    settings: &Settings,
    program: &str,
) -> Result<KubeletConfiguration, ClientError> {
    let mut configuration = ProviderConfiguration::new(program, AUDIENCE);
    let mut unlisted = Vec::new();
    let mut known = settings.known_registry_namespaces();
    for (is_own, listed) in settings.stores()?.list_each() {
        let entries = match listed {
            Ok(listed) => listed.entries,
            Err(error) if is_own => return Err(error.into()),
            Err(error) => {
                unlisted.push(error);
                continue;
            }
        };
        known.extend(entries.iter().map(|entry| {
            let namespace = entry.key.registry_namespace();
            namespace.map_or_else(|| entry.key.host().to_string(), ToString::to_string)
        }));
    }
    let helpers = settings.config.helpers.iter();
    known.extend(helpers.flat_map(|it| it.hosts.patterns().into_iter().map(|it| it.to_string())));
    known.sort();
    known.dedup();
    known.retain(|name| !configuration.add_registry(name));
    Ok(KubeletConfiguration {
        configuration,
        unmatched: known,
        unlisted,
    })
}
