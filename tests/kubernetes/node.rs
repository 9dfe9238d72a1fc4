//! A node whose kubelet asks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::resolve::Resolver;
use portunus::store::{MemoryStore, Provenance, SourceName, Store};
use portunus_kubernetes::provider::{
    CredentialProvider, ProviderError, ProviderRequest, ProviderResponse, ProviderRules,
};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) const NOW: u64 = 1_795_000_000;

/// A node: what is stored on it, and the hosts of `reg.test`.
pub(crate) struct Node {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) hosts: tempfile::TempDir,
    pub(crate) rules: ProviderRules,
}

impl Node {
    /// With logins, each with its key as user name.
    pub(crate) fn new(keys: &[&str]) -> Self {
        let node = Self {
            store: Arc::new(MemoryStore::new(SourceName::FILE)),
            hosts: tempfile::tempdir().unwrap(),
            rules: ProviderRules::default(),
        };
        for key in keys {
            node.put(key, Credential::password(*key, "canary-1"));
        }
        node
    }

    pub(crate) fn put(&self, key: &str, credential: Credential) {
        let key = key.parse().unwrap();
        self.store
            .put(&key, &credential, &Provenance::default())
            .unwrap();
    }

    pub(crate) fn with_hosts(self, hosts_toml: &str) -> Self {
        self.with_hosts_of("reg.test", hosts_toml)
    }

    pub(crate) fn with_hosts_of(self, folder: &str, hosts_toml: &str) -> Self {
        let folder = self.hosts.path().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("hosts.toml"), hosts_toml).unwrap();
        self
    }

    pub(crate) fn resolver(&self) -> Resolver {
        let tree = HostsTree::new(vec![self.hosts.path().to_owned()]);
        Resolver::new(tree).with_source(Arc::clone(&self.store) as _)
    }

    pub(crate) fn provider(&self, resolver: Resolver) -> CredentialProvider {
        CredentialProvider::new(resolver, self.rules.clone())
    }

    pub(crate) fn ask(&self, request: &Value) -> Result<ProviderResponse, ProviderError> {
        let request = ProviderRequest::read(request.to_string().as_bytes())?;
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
        let answered = self.provider(self.resolver()).answer(&request, now);
        if let Err(error) = &answered {
            assert!(!error.to_string().contains("canary"), "{error}");
        }
        answered
    }

    pub(crate) fn answer(&self, image: &str) -> Result<Response, ProviderError> {
        self.ask(&request(image)).map(|it| decode(&it))
    }
}

/// As the kubelet decodes it: strictly.
#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Response {
    pub(crate) kind: String,
    pub(crate) api_version: String,
    pub(crate) cache_key_type: String,
    pub(crate) cache_duration: String,
    pub(crate) auth: Option<BTreeMap<String, Login>>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    pub(crate) username: String,
    pub(crate) password: String,
}

pub(crate) fn decode(response: &ProviderResponse) -> Response {
    serde_json::from_str(response.to_json().expose()).unwrap()
}

pub(crate) fn request(image: &str) -> Value {
    json!({"kind": "CredentialProviderRequest", "image": image,
        "apiVersion": "credentialprovider.kubelet.k8s.io/v1"})
}

/// The cache's key type and duration, and the one login: its key and its user.
pub(crate) fn summary(response: Response) -> (String, String, Vec<(String, String)>) {
    let auth = response.auth.unwrap_or_default().into_iter();
    let logins = auth.map(|(key, login)| (key, login.username)).collect();
    (response.cache_key_type, response.cache_duration, logins)
}
