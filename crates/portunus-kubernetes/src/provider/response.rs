use std::time::Duration;

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::secret::Secret;
use portunus::store::Location;
use zeroize::Zeroizing;

use super::go_duration::go_duration;
use super::request::ApiVersion;

/// What a kubelet is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderResponse {
    /// That of the request.
    pub api_version: ApiVersion,
    /// For what else the kubelet may keep it.
    pub cache_key_type: CacheKeyType,
    /// How long it may keep it; nothing: not at all.
    pub cache_duration: Duration,
    /// The login; `None`: there is none for this image.
    pub answered: Option<Answered>,
}

/// A login that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answered {
    /// What the kubelet finds it under: the registry, or the image.
    pub auth_key: String,
    /// User name and password.
    pub credential: Credential,
    /// What it is stored for.
    pub key: CredentialKey,
    /// Where it is stored.
    pub location: Location,
}

/// For what the kubelet may use an answer again. There is no `Global` one here: it would make images of
/// every other registry anonymous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CacheKeyType {
    /// For this image alone.
    Image,
    /// For every image of this registry.
    Registry,
}

impl CacheKeyType {
    /// The name in the protocol.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "Image",
            Self::Registry => "Registry",
        }
    }
}

impl ProviderResponse {
    /// The line that goes to standard output, secret included.
    ///
    /// The kubelet decodes it strictly: a field that it does not know drops the whole answer.
    pub fn to_json(&self) -> Secret {
        let start = format!(
            "{{\"kind\":\"CredentialProviderResponse\",\"apiVersion\":\"{}\",\"cacheKeyType\":\"{}\",\"cacheDuration\":\"{}\"",
            self.api_version.as_str(),
            self.cache_key_type.as_str(),
            go_duration(self.cache_duration),
        );
        let Some(answered) = &self.answered else {
            return Secret::new(start + "}\n");
        };
        let username = answered.credential.username().unwrap_or_default();
        let key = quoted(&answered.auth_key);
        let username = quoted(username);
        let password = quoted(answered.credential.secret().expose());
        // Reserved whole: a text that grows leaves copies of the secret behind.
        let parts = [
            &*start,
            ",\"auth\":{",
            &key,
            ":{\"username\":",
            &username,
            ",\"password\":",
            &password,
            "}}}\n",
        ];
        let mut line = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        line.extend(parts);
        Secret::new(line)
    }
}

fn quoted(text: &str) -> Zeroizing<String> {
    Zeroizing::new(serde_json::Value::from(text).to_string())
}
