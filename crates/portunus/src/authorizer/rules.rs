use crate::token::CLIENT_ID;
use crate::token::trust::TrustPolicy;

/// What the operator decided.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Rules {
    /// What is trusted beyond the rules.
    pub trust: TrustPolicy,
    /// Whether a host that rejected every credential is then asked anonymously.
    pub anonymous_fallback: bool,
    /// What realms are told about the program that asks.
    pub client_id: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            trust: TrustPolicy::default(),
            anonymous_fallback: false,
            client_id: CLIENT_ID.to_owned(),
        }
    }
}
