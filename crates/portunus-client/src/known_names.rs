//! What may be typed on this machine, for those who complete it.

use portunus::hosts::Reading;
use portunus::name::{CredentialKey, RegistryNamespace};
use portunus::store::Entry;

use crate::settings::Settings;

/// Names that this machine knows, each once and in order. What cannot be read has none.
impl Settings {
    /// The registry namespaces that have hosts here.
    pub fn known_registry_namespaces(&self) -> Vec<String> {
        let names = self.hosts().registry_namespaces();
        sort_distinct(names.iter().map(ToString::to_string))
    }

    /// The hosts of a registry namespace, or of every one that has hosts here.
    pub fn known_hosts(&self, registry_namespace: Option<&RegistryNamespace>) -> Vec<String> {
        let directories = self.hosts();
        let wanted = match registry_namespace {
            Some(name) => vec![name.clone()],
            None => directories.registry_namespaces(),
        };
        let read = wanted.iter();
        let read = read.filter_map(|name| directories.hosts(name, Reading::AS_CONTAINERD).ok());
        let hosts = read.flat_map(|found| found.hosts);
        sort_distinct(hosts.map(|host| host.host.clone()))
    }

    /// The hosts that the profile in force has logins for: for a registry namespace, or all.
    pub fn known_logins(&self, registry_namespace: Option<&RegistryNamespace>) -> Vec<String> {
        let keys = self.list_entries().into_iter().map(|entry| entry.key);
        let is_named = |key: &CredentialKey| {
            registry_namespace.is_none_or(|name| key.registry_namespace() == Some(name))
        };
        let wanted = keys.filter(|key| *key.profile() == self.profile && is_named(key));
        sort_distinct(wanted.map(|key| key.host().to_string()))
    }

    /// The profiles that are configured or have logins.
    pub fn known_profiles(&self) -> Vec<String> {
        let configured = self.config.profiles.iter().cloned();
        let configured = configured.chain(self.config.profile.iter().map(ToString::to_string));
        let stored = self.list_entries().into_iter();
        let stored = stored.map(|entry| entry.key.profile().to_string());
        sort_distinct(configured.chain(stored))
    }

    fn list_entries(&self) -> Vec<Entry> {
        let stores = self.stores().map(|stores| stores.all());
        let listed = stores.into_iter().flatten().flat_map(|store| store.list());
        listed.flat_map(|listed| listed.entries).collect()
    }
}

fn sort_distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts.dedup();
    texts
}
