use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::resolve::Resolver;
use portunus::store::{MemoryStore, Provenance, SourceName, Store};
use portunus_kubernetes::provider::{CredentialProvider, ProviderRequest, ProviderRules};

use crate::{HOUR, moment_of};

/// Midnight, in seconds.
const START: u64 = 1_795_000_000;
const LIFETIME: u64 = 12 * HOUR;
const REQUEST: &str = r#"{"kind":"CredentialProviderRequest","apiVersion":"credentialprovider.kubelet.k8s.io/v1","image":"reg.test/app"}"#;

/// What a node's kubelet starts.
pub(crate) struct Provider {
    request: ProviderRequest,
    rules: ProviderRules,
}

/// A node, and the token that its helper keeps.
pub(crate) struct Node {
    /// When it asks next, since midnight.
    asks_at: Duration,
    token_since: Option<u64>,
}

impl Provider {
    pub(crate) fn new() -> Self {
        Self {
            request: ProviderRequest::read(REQUEST.as_bytes()).unwrap(),
            rules: ProviderRules::default(),
        }
    }

    /// How long a kubelet may keep a token that ends then.
    fn keeps(&self, ends: u64, now: Duration) -> Duration {
        let token = format!("{{\"version\":\"2\",\"expiration\":{}}}", START + ends);
        let login = Credential::password("AWS", STANDARD.encode(token));
        let store = MemoryStore::new(SourceName::HELPER);
        let key = "reg.test".parse().unwrap();
        store.put(&key, &login, &Provenance::default()).unwrap();
        let resolver = Resolver::new(HostsTree::new(Vec::new()));
        let resolver = resolver.with_source(std::sync::Arc::new(store));
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(START) + now;
        let provider = CredentialProvider::new(resolver, self.rules.clone());
        provider.answer(&self.request, now).unwrap().cache_duration
    }
}

impl Node {
    /// One of those that start within ten seconds, at a moment of its own.
    pub(crate) fn starting(number: u64) -> Self {
        Self {
            asks_at: moment_of(number),
            token_since: None,
        }
    }

    pub(crate) fn asks_at(&self) -> u64 {
        self.asks_at.as_secs()
    }

    /// Asks, and waits; when the token server was asked, if it was.
    pub(crate) fn ask(&mut self, provider: &Provider, spreads: bool) -> Option<u64> {
        let now = self.asks_at();
        let half_gone = |since: u64| now - since >= LIFETIME / 2;
        let asks_server = self.token_since.is_none_or(half_gone);
        let since = match self.token_since {
            Some(since) if !asks_server => since,
            _ => now,
        };
        self.token_since = Some(since);
        let told = match spreads {
            true => self.asks_at,
            false => Duration::from_secs(now),
        };
        let kept = provider.keeps(since + LIFETIME, told);
        // A kubelet's clock goes on from its own moment.
        self.asks_at += kept.max(Duration::from_secs(1));
        asks_server.then_some(now)
    }
}
