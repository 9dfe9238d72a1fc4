//! What the other side says to a refusal, without anything that it may have been sent.

use super::conversation::Conversation;
use super::header;
use super::received::Received;
use crate::credential::Credential;
use crate::hosts::header_may_hold_secret;
use crate::reason::Reason;
use crate::secret::Secret;

impl Conversation {
    /// The reason in an answer. Whoever refuses may say back what it was shown: `token`, or what any
    /// candidate of the host holds.
    pub(super) fn reason<R>(
        &self,
        received: &Received<R>,
        token: Option<&Secret>,
    ) -> Option<Reason> {
        let words = received.words();
        if words.is_empty() {
            return None;
        }
        let mut sent: Vec<Secret> = token.cloned().into_iter().collect();
        let session = &self.shared.session;
        for candidate in &self.candidates {
            if let Some(Ok(Some(credential))) = session.fetched(candidate) {
                sent.extend(header::basic(&credential).map(|value| without_scheme(&value)));
                sent.push(match credential {
                    Credential::Password { password, .. } => password,
                    Credential::IdentityToken { token, .. } => token,
                    Credential::RegistryToken { token } => token,
                });
            }
        }
        let headers = self.headers.iter();
        let headers = headers.filter(|(name, value)| {
            // A short value of another name is a word that anybody may say.
            header_may_hold_secret(name) || value.expose().len() >= 8
        });
        sent.extend(headers.flat_map(|(_, value)| [value.clone(), without_scheme(value)]));
        let sent: Vec<&Secret> = sent.iter().collect();
        Reason::of(&words, &sent)
    }
}

fn without_scheme(value: &Secret) -> Secret {
    let value = value.expose();
    Secret::new(value.split_once(' ').map_or(value, |(_, rest)| rest))
}
