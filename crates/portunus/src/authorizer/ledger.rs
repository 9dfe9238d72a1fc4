use std::sync::Arc;

use super::conversation::{Conversation, Part};
use super::errand::Errand;
use super::handle::Authorizer;
use super::rules::Rules;
use super::shared::Shared;
use super::tokens::Tokens;
use super::verdicts::Verdicts;
use crate::credential::Credential;
use crate::hosts::Host;
use crate::name::RegistryNamespace;
use crate::resolve::{Candidate, Operation, PreparedAttempt, PreparedOperation, Rule, Session};
use crate::store::{Entry, SourceName};
use crate::token::trust::Consent;
use crate::token::{Bearer, Scopes};

/// What all hosts of one pull, push or choice share. A wrong password is sent once to an origin,
/// however many hosts, sources and calls lead there; a token is asked for once. Clones are the same.
#[derive(Debug, Clone)]
pub struct Ledger(Arc<Shared>);

impl Ledger {
    /// A ledger for the hosts of an operation, with tokens of its own.
    pub fn new(operation: &PreparedOperation, rules: Rules) -> Self {
        let session = Arc::clone(operation.session());
        Self::of(session, rules, Tokens::new(), Arc::default())
    }

    /// A ledger for hosts that are shown nothing stored.
    pub fn without_plan(rules: Rules) -> Self {
        let session = Arc::new(Session::new(&[]));
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
        Self(Arc::new(Shared::new(session, rules, tokens, verdicts)))
    }

    /// The conversation with a host of the operation. A push stops at the first rejected
    /// credential.
    pub fn host(&self, prepared: &PreparedAttempt<'_>) -> Authorizer {
        let (plan, attempt) = (prepared.plan(), prepared.attempt());
        let asked = plan.reference.repository();
        let requested = attempt.repository.as_ref();
        let prefixed = requested.filter(|requested| *requested != asked);
        Authorizer::of(Conversation::new(
            Arc::clone(&self.0),
            prepared.host(),
            plan.reference.registry_namespace(),
            Part {
                candidates: attempt.candidates.clone(),
                alias: prefixed.map(|requested| (requested.clone(), asked.clone())),
                rotates: plan.operation != Operation::Push,
                is_login: false,
            },
        ))
    }

    /// Gets a token for somebody who asks a host of the operation in our stead, with the candidates
    /// that `covers` picks out. `challenge` is what he was told by the host.
    pub fn errand(
        &self,
        prepared: &PreparedAttempt<'_>,
        covers: impl Fn(&Candidate) -> bool,
        challenge: Bearer,
        scopes: Scopes,
    ) -> Errand {
        let (plan, attempt) = (prepared.plan(), prepared.attempt());
        let candidates = attempt.candidates.iter().filter(|it| covers(it));
        let conversation = Conversation::new(
            Arc::clone(&self.0),
            prepared.host(),
            plan.reference.registry_namespace(),
            Part {
                candidates: candidates.cloned().collect(),
                alias: None,
                rotates: plan.operation != Operation::Push,
                is_login: false,
            },
        );
        Errand::new(conversation, challenge, scopes)
    }

    /// The conversation with a host that is not to be shown anything stored: a probe.
    pub fn stranger(&self, host: &Host, registry_namespace: &RegistryNamespace) -> Authorizer {
        Authorizer::of(Conversation::new(
            Arc::clone(&self.0),
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
            source: None,
        };
        let session = Arc::new(Session::of(&candidate, credential.clone()));
        let Shared {
            rules, verdicts, ..
        } = &*self.0;
        let verdicts = Arc::clone(verdicts);
        Authorizer::of(Conversation::new(
            Arc::new(Shared::new(session, rules.clone(), Tokens::new(), verdicts)),
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
}
