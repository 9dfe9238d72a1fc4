use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::conversation::{Authorizer, Conversation, Part};
use super::single_flight::SingleFlight;
use super::tokens::Tokens;
use super::verdicts::Verdicts;
use super::work::{Work, WriteBack};
use crate::credential::Credential;
use crate::hosts::Host;
use crate::name::{CredentialKey, RegistryNamespace};
use crate::resolve::{Attempt, Candidate, Operation, Plan, Rule, Session};
use crate::store::{Entry, SourceName};
use crate::token::CLIENT_ID;
use crate::token::trust::{Consent, TrustPolicy};

/// What all hosts of one pull, push or choice share. A wrong password is sent once to an origin,
/// however many hosts, sources and calls lead there; a token is asked for once. Clones are the same.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Shared>);

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) session: Arc<Session>,
    pub(super) rules: Rules,
    pub(super) tokens: Tokens,
    pub(super) verdicts: Arc<Verdicts>,
    /// Who asks a source for the secret of an entry.
    pub(super) fetches: Arc<SingleFlight<(usize, CredentialKey)>>,
    write_backs: Arc<Mutex<Vec<WriteBack>>>,
}

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

impl Ledger {
    /// A ledger of its own tokens. `session` is one of the resolver that made the plan.
    pub fn new(session: Arc<Session>, rules: Rules) -> Self {
        Self::of(session, rules, Tokens::new(), Arc::default())
    }

    /// The same with tokens that others use too.
    #[must_use]
    pub fn with_tokens(self, tokens: Tokens) -> Self {
        let Shared {
            session,
            rules,
            verdicts,
            ..
        } = &*self.0;
        Self::of(
            Arc::clone(session),
            rules.clone(),
            tokens,
            Arc::clone(verdicts),
        )
    }

    fn of(session: Arc<Session>, rules: Rules, tokens: Tokens, verdicts: Arc<Verdicts>) -> Self {
        Self(Arc::new(Shared {
            session,
            rules,
            tokens,
            verdicts,
            fetches: Arc::default(),
            write_backs: Arc::default(),
        }))
    }

    /// The conversation with a host of a plan. A push stops at the first rejected credential.
    pub fn host(&self, plan: &Plan, attempt: &Attempt) -> Authorizer {
        let asked = plan.reference.repository();
        let requested = attempt.repository.as_ref();
        let prefixed = requested.filter(|requested| *requested != asked);
        Authorizer::of(Conversation::new(
            self.clone(),
            &attempt.host,
            plan.reference.registry_namespace(),
            Part {
                candidates: attempt.candidates.clone(),
                alias: prefixed.map(|requested| (requested.clone(), asked.clone())),
                rotates: plan.operation != Operation::Push,
                is_login: false,
            },
        ))
    }

    /// The conversation with a host that is not to be shown anything stored: a probe.
    pub fn stranger(&self, host: &Host, registry_namespace: &RegistryNamespace) -> Authorizer {
        Authorizer::of(Conversation::new(
            self.clone(),
            host,
            registry_namespace,
            Part {
                candidates: Vec::new(),
                alias: None,
                rotates: true,
                is_login: false,
            },
        ))
    }

    /// The conversation with a host that is shown one credential which is not stored yet. Kept
    /// tokens are not used, and a password is to become an identity token where the realm gives one.
    pub fn login(
        &self,
        host: &Host,
        registry_namespace: &RegistryNamespace,
        credential: &Credential,
        consent: &Consent<'_>,
    ) -> Authorizer {
        let mut entry = Entry::new(consent.key.clone(), SourceName::COMMAND_LINE, "this login");
        entry.username = credential.username().map(str::to_owned);
        entry.kind = Some(credential.kind());
        entry.provenance.realm = consent.pinned_realm.map(str::to_owned);
        entry.provenance.plain_http = consent.plain_http;
        let candidate = Candidate {
            entry,
            rule: Rule::Offered,
            source_position: 0,
        };
        let session = Arc::new(Session::of(&candidate, credential.clone()));
        let Shared {
            rules, verdicts, ..
        } = &*self.0;
        let verdicts = Arc::clone(verdicts);
        Authorizer::of(Conversation::new(
            Self::of(session, rules.clone(), Tokens::new(), verdicts),
            host,
            registry_namespace,
            Part {
                candidates: vec![candidate],
                alias: None,
                rotates: false,
                is_login: true,
            },
        ))
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.0
    }

    /// What is to be written to a store before anything else is done.
    pub(super) fn write_back(&self) -> Option<Work> {
        let next = self.0.write_backs().pop()?;
        Some(Work::write_back(
            Arc::clone(&self.0.session),
            next,
            Arc::clone(&self.0.write_backs),
        ))
    }
}

impl Shared {
    pub(super) fn write_backs(&self) -> MutexGuard<'_, Vec<WriteBack>> {
        let write_backs = &self.write_backs;
        write_backs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
