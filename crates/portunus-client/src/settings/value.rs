use portunus::token::trust::RealmPair;
use portunus_kubernetes::provider::AccountProfile;

use crate::error::ClientError;
use crate::setting_source::SettingSource;
use crate::settings::config::key::Key;
use crate::settings::config::profile_directory::ProfileDirectory;
use crate::settings::{NamedHelper, Settings};

/// The value of a setting in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingValue {
    /// One word.
    Text(String),
    /// Whether.
    Flag(bool),
    /// Several words, in order.
    List(Vec<String>),
}

impl Settings {
    /// The value that a key of `config.toml` has in force, and what decided it.
    ///
    /// # Errors
    /// As [`Self::store`].
    pub fn value(&self, key: Key) -> Result<(SettingValue, SettingSource), ClientError> {
        let config = &self.config;
        let trust = &config.trust;
        Ok(match key {
            Key::Store => {
                let (choice, source) = self.store()?;
                (SettingValue::Text(choice.to_string()), source)
            }
            Key::Profile => (
                SettingValue::Text(self.profile.to_string()),
                self.sources.profile,
            ),
            Key::HostsDirectories => (
                list(self.hosts_directories.iter().map(|it| it.display())),
                self.sources.hosts_directories,
            ),
            Key::AnonymousFallback => (
                SettingValue::Flag(self.anonymous_fallback),
                in_file(config.anonymous_fallback.is_some()),
            ),
            Key::Helpers => (
                list(config.helpers.iter().map(helper)),
                in_file(!config.helpers.is_empty()),
            ),
            Key::TrustPlainHttp => (
                list(trust.plain_http.iter()),
                in_file(!trust.plain_http.is_empty()),
            ),
            Key::TrustRealms => (
                list(trust.realms.iter().map(pair)),
                in_file(!trust.realms.is_empty()),
            ),
            Key::ProfileInherit => (
                list(config.inheriting.iter()),
                in_file(!config.inheriting.is_empty()),
            ),
            Key::ProfileDirectories => (
                list(config.directories.iter().map(directory)),
                in_file(!config.directories.is_empty()),
            ),
            Key::KubernetesProfiles => (
                list(config.kubernetes_profiles.iter().map(account)),
                in_file(!config.kubernetes_profiles.is_empty()),
            ),
        })
    }
}

fn in_file(written: bool) -> SettingSource {
    match written {
        true => SettingSource::File,
        false => SettingSource::Default,
    }
}

fn pair(pair: &RealmPair) -> String {
    format!("{}→{}", pair.host, pair.realm)
}

fn directory(given: &ProfileDirectory) -> String {
    format!("{}→{}", given.directory.display(), given.profile)
}

fn helper(named: &NamedHelper) -> String {
    format!("{}→{}", named.hosts, named.name)
}

fn account(given: &AccountProfile) -> String {
    format!("{}→{}", given.account, given.profile)
}

fn list(values: impl Iterator<Item: ToString>) -> SettingValue {
    SettingValue::List(values.map(|value| value.to_string()).collect())
}
