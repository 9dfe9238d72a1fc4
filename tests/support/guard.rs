//! Whom a registry lets in: the challenge it asks with, and what it makes of the answer.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::account::Account;
use crate::http::{Reply, Request};
use crate::small_registry::Target;
use crate::token_endpoint::{Grant, TokenEndpoint};

/// How a registry asks for credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Open,
    Basic,
    Bearer,
}

/// The guard of one registry.
#[derive(Debug)]
pub(crate) struct Guard {
    pub(crate) scheme: Scheme,
    pub(crate) endpoint: TokenEndpoint,
    /// The realm that is named in challenges, where it is not `/token` of the registry itself.
    pub(crate) realm: Option<String>,
    tokens: Mutex<BTreeMap<String, Token>>,
}

#[derive(Debug, Clone)]
struct Token {
    registry_namespace: Option<String>,
    grants: Vec<Grant>,
}

/// One thing that a request wants to do.
struct Wish<'a> {
    repository: &'a str,
    actions: &'static [&'static str],
}

impl Guard {
    pub(crate) fn new(scheme: Scheme, accounts: Vec<Account>) -> Self {
        let endpoint = TokenEndpoint::new(accounts);
        Self {
            scheme,
            endpoint,
            realm: None,
            tokens: Mutex::default(),
        }
    }

    /// The answer to a request that is not let in, or `None`.
    pub(crate) fn refusal(&self, request: &Request, target: Target<'_>) -> Option<Reply> {
        let from = request.query_value("from");
        let mut wishes = Vec::new();
        if let Some(repository) = target.repository() {
            let reads = matches!(request.method.as_str(), "GET" | "HEAD");
            wishes.push(Wish {
                repository,
                actions: if reads { &["pull"] } else { &["pull", "push"] },
            });
        }
        if let Some(repository) = &from {
            wishes.push(Wish {
                repository,
                actions: &["pull"],
            });
        }
        match self.scheme {
            Scheme::Open => None,
            Scheme::Basic => self.refusal_basic(request, &wishes),
            Scheme::Bearer => self.refusal_bearer(request, &wishes),
        }
    }

    /// Answers at `/token`. The service is the registry namespace that the challenge came from.
    pub(crate) fn token(&self, request: &Request) -> Reply {
        let service = request
            .query_value("service")
            .or_else(|| request.form_values("service").pop());
        let registry_namespace = service.filter(|service| service != OWN_SERVICE);
        self.endpoint
            .answer(request, registry_namespace.as_deref(), |subject, grants| {
                let mut tokens = self.tokens.lock().unwrap();
                let token = format!("token-{}-of-{subject}", tokens.len());
                let held = Token {
                    registry_namespace: registry_namespace.clone(),
                    grants: grants.to_vec(),
                };
                tokens.insert(token.clone(), held);
                token
            })
    }

    /// Makes every token that was handed out so far invalid.
    pub(crate) fn revoke_tokens(&self) {
        for token in self.tokens.lock().unwrap().values_mut() {
            token.grants.clear();
        }
    }

    fn refusal_basic(&self, request: &Request, wishes: &[Wish<'_>]) -> Option<Reply> {
        let registry_namespace = request.registry_namespace();
        let account = request.basic().and_then(|(user, password)| {
            self.endpoint
                .account(&user, &password, registry_namespace.as_deref())
        });
        let Some(account) = account else {
            return Some(Reply::challenge("Basic realm=\"small registry\""));
        };
        let may = |wish: &Wish<'_>| {
            wish.actions
                .iter()
                .all(|action| account.may(action, wish.repository))
        };
        (!wishes.iter().all(may)).then(|| Reply::error(403, "DENIED"))
    }

    fn refusal_bearer(&self, request: &Request, wishes: &[Wish<'_>]) -> Option<Reply> {
        let registry_namespace = request.registry_namespace();
        let tokens = self.tokens.lock().unwrap();
        let token = request.bearer().and_then(|token| tokens.get(token));
        let token = token.filter(|token| token.registry_namespace == registry_namespace);
        let covers = |wish: &Wish<'_>, token: &Token| {
            let covered = |action: &&str| {
                token
                    .grants
                    .iter()
                    .any(|grant| grant.covers(action, wish.repository))
            };
            wish.actions.iter().all(covered)
        };
        let error = match token {
            Some(token) if wishes.iter().all(|wish| covers(wish, token)) => return None,
            Some(_) => ",error=\"insufficient_scope\"",
            None if request.bearer().is_some() => ",error=\"invalid_token\"",
            None => "",
        };
        let scope: Vec<String> = wishes
            .iter()
            .map(|wish| format!("repository:{}:{}", wish.repository, wish.actions.join(",")))
            .collect();
        let scope = if scope.is_empty() {
            String::new()
        } else {
            format!(",scope=\"{}\"", scope.join(" "))
        };
        let realm = self.realm.clone().unwrap_or_else(|| own_realm(request));
        let service = registry_namespace.unwrap_or_else(|| OWN_SERVICE.to_owned());
        Some(Reply::challenge(&format!(
            "Bearer realm=\"{realm}\",service=\"{service}\"{scope}{error}"
        )))
    }
}

/// The service of a challenge to a request without `?ns=`.
const OWN_SERVICE: &str = "small registry";

fn own_realm(request: &Request) -> String {
    let scheme = if request.tls { "https" } else { "http" };
    format!(
        "{scheme}://{}/token",
        request.header("Host").unwrap_or_default()
    )
}
