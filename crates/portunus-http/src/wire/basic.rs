use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portunus::secret::Secret;

/// The value of an `Authorization` header for username and password (RFC 7617).
pub(crate) fn authorization(username: &str, password: &Secret) -> Secret {
    let joined = Secret::new(format!("{username}:{}", password.expose()));
    Secret::new(format!("Basic {}", STANDARD.encode(joined.expose())))
}
