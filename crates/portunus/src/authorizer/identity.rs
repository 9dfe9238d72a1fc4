//! Identity tokens that a realm hands out: in place of a password, or of one another.

use std::sync::Arc;

use super::call::Call;
use super::realm::TokenTalk;
use super::shown::Shown;
use super::state::State;
use super::verdicts::LoginVerdict;
use super::work::WriteBack;
use crate::credential::Credential;
use crate::secret::Secret;
use crate::token::Token;

impl Call {
    /// A login is given an identity token in place of its password; a realm may replace one with
    /// each use (RFC 6749, section 6), and the old one is dead then.
    pub(super) fn note_identity_token(
        &self,
        state: &mut State,
        talk: &TokenTalk,
        token: &Token,
    ) -> Option<(Credential, Credential)> {
        let given = token.identity_token.as_ref()?;
        let of = |username: Option<&str>, token: &Secret| Credential::IdentityToken {
            username: username.map(str::to_owned),
            token: token.clone(),
        };
        let permit = talk.permit.as_ref();
        let candidate = permit.map(|permit| &permit.candidate);
        let username = candidate.and_then(|candidate| candidate.entry.username.as_deref());
        if talk.asks_for_identity_token() {
            state.identity_token = Some(of(username, given));
        }
        let (old, candidate) = (talk.identity_token()?, candidate?);
        let new = of(old.username(), given);
        if new == *old {
            return None;
        }
        let shared = &self.host.shared;
        shared.session.replace(old, &new);
        shared.tokens.replace_identity(old, &new);
        let realm = talk.realm()?;
        let verdicts = &shared.verdicts;
        verdicts.note(&realm.to_string(), &new, LoginVerdict::Accepted);
        if self.host.is_login {
            state.identity_token = Some(new.clone());
        } else {
            shared.write_backs().push(WriteBack {
                candidate: candidate.clone(),
                account: Shown::of(candidate, new.username()),
                realm,
                warnings: Arc::clone(&self.host.warnings),
            });
        }
        Some((old.clone(), new))
    }
}
