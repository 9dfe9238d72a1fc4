use containerd_client::types::transfer::{AuthResponse, AuthType};
use portunus::credential::Credential;

use crate::callback::host_answer::{HeldCredential, HostAnswer};
use crate::callback::no_answer::NoAnswer;
use crate::callback::question::{Given, Question};

/// An answer on its way to the daemon, and what is told about it.
pub(super) struct Reply {
    pub(super) question: Question,
    /// Holds the secret, and prints it: never to be put into a message or a log.
    pub(super) response: AuthResponse,
}

impl Reply {
    pub(super) fn new(answer: Option<HostAnswer>, host: String) -> Self {
        match answer {
            Some(HostAnswer::Credential(held)) => Self::credential(host, held),
            Some(HostAnswer::Nothing(why)) => Self::none(host, why),
            None => Self::none(host, NoAnswer::NotInPlan),
        }
    }

    pub(super) fn none(host: String, why: NoAnswer) -> Self {
        Self {
            question: Question {
                host,
                given: Given::Nothing(why),
            },
            response: response(AuthType::None, "", ""),
        }
    }

    fn credential(host: String, held: HeldCredential) -> Self {
        let HeldCredential { credential, stored } = held;
        let response = match to_response(&credential) {
            Ok(response) => response,
            Err(reason) => {
                let reason = reason.to_owned();
                return Self::none(host, NoAnswer::NotTaken { stored, reason });
            }
        };
        Self {
            question: Question {
                host,
                given: Given::Credential {
                    stored,
                    username: credential.username().map(str::to_owned),
                    kind: credential.kind(),
                },
            },
            response,
        }
    }
}

/// The credential in containerd's form, or why it has none. A half-filled one would be read as
/// something else: a secret without a user as a refresh token (`core/remotes/docker/auth`).
fn to_response(credential: &Credential) -> Result<AuthResponse, &'static str> {
    if credential.secret().is_empty() {
        return Err("its secret is empty");
    }
    match credential {
        Credential::Password { username, .. } if username.is_empty() => {
            Err("containerd takes a password without a username for a refresh token")
        }
        Credential::Password { username, password } => {
            Ok(response(AuthType::Credentials, username, password.expose()))
        }
        Credential::IdentityToken { token, .. } => {
            Ok(response(AuthType::Refresh, "", token.expose()))
        }
        Credential::RegistryToken { .. } => Err("containerd takes no registry token"),
    }
}

fn response(auth_type: AuthType, username: &str, secret: &str) -> AuthResponse {
    AuthResponse {
        auth_type: auth_type.into(),
        secret: secret.to_owned(),
        username: username.to_owned(),
        expire_at: None,
    }
}
