use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::credential::Credential;
use crate::hosts::Host;
use crate::secret::Secret;

/// The answer to Basic (RFC 7617); `None`: only a password can be one.
pub(super) fn basic(credential: &Credential) -> Option<Secret> {
    match credential {
        Credential::Password { username, password } => Some(basic_of(username, password)),
        Credential::IdentityToken { .. } | Credential::RegistryToken { .. } => None,
    }
}

pub(super) fn basic_of(username: &str, password: &Secret) -> Secret {
    let joined = Secret::new(format!("{username}:{}", password.expose()));
    Secret::new(format!("Basic {}", STANDARD.encode(joined.expose())))
}

/// The answer to Bearer; `None`: that cannot stand in a header.
pub(super) fn bearer(token: &Secret) -> Option<Secret> {
    is_value(token.expose()).then(|| Secret::new(format!("Bearer {}", token.expose())))
}

/// The headers that `hosts.toml` gives a host. Those that cannot be sent are left out.
pub(super) fn of_host(host: &Host) -> Vec<(String, Secret)> {
    let named = host.headers.iter().filter(|(name, _)| is_name(name));
    let values = named.flat_map(|(name, values)| {
        let sendable = values.iter().filter(|value| is_value(value.expose()));
        sendable.map(|value| (name.clone(), value.clone()))
    });
    values.collect()
}

fn is_name(text: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token)
}

fn is_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'))
}
