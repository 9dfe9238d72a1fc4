//! The conversation at a token realm: who asks, for which scopes, and what is granted.

use std::collections::BTreeMap;
use std::sync::{Mutex, RwLock};

use serde_json::json;

use crate::account::Account;
use crate::http::{Reply, Request};

/// `repository:NAME:ACTION,…`, as far as it was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grant {
    /// `repository`, `registry`.
    pub(crate) kind: String,
    /// The repository.
    pub(crate) name: String,
    /// `pull`, `push`, …
    pub(crate) actions: Vec<String>,
}

impl Grant {
    fn scope(&self) -> String {
        format!("{}:{}:{}", self.kind, self.name, self.actions.join(","))
    }

    /// Whether it lets somebody do this with that repository.
    pub(crate) fn covers(&self, action: &str, repository: &str) -> bool {
        self.kind == "repository"
            && self.name == repository
            && self.actions.iter().any(|it| it == action)
    }
}

/// What decides about token requests.
#[derive(Debug, Default)]
pub(crate) struct TokenEndpoint {
    accounts: RwLock<Vec<Account>>,
    /// What anybody may pull.
    pub(crate) public: Vec<String>,
    /// The status that answers a POST, where it is not allowed.
    pub(crate) post_status: Option<u16>,
    /// Whether a request is refused as a whole where a part of it is not granted.
    pub(crate) strict: bool,
    identity_tokens: Mutex<BTreeMap<String, Account>>,
}

/// Who asks.
enum Asker {
    Account(Account),
    Anybody,
    Stranger,
}

impl TokenEndpoint {
    pub(crate) fn new(accounts: Vec<Account>) -> Self {
        Self {
            accounts: RwLock::new(accounts),
            ..Self::default()
        }
    }

    /// From now on it knows these accounts, and no other.
    pub(crate) fn set_accounts(&self, accounts: &[Account]) {
        *self.accounts.write().unwrap() = accounts.to_vec();
    }

    /// The account that somebody is let in as.
    pub(crate) fn account(
        &self,
        user: &str,
        password: &str,
        registry_namespace: Option<&str>,
    ) -> Option<Account> {
        let accounts = self.accounts.read().unwrap();
        let mut accounts = accounts.iter();
        let found = accounts.find(|account| account.is(user, password, registry_namespace));
        found.cloned()
    }

    /// Lets somebody in with an identity token (a refresh token).
    pub(crate) fn add_identity_token(&self, token: &str, account: Account) {
        self.identity_tokens
            .lock()
            .unwrap()
            .insert(token.to_owned(), account);
    }

    /// Answers a token request with what `mint` makes for a subject and its grants.
    ///
    /// `registry_namespace` tells the one that the asked service stands for.
    pub(crate) fn answer(
        &self,
        request: &Request,
        registry_namespace: Option<&str>,
        mint: impl Fn(&str, &[Grant]) -> String,
    ) -> Reply {
        if let ("POST", Some(status)) = (request.method.as_str(), self.post_status) {
            return Reply::status(status);
        }
        let asker = self.asker(request, registry_namespace);
        let Some(subject) = asker.subject() else {
            return Reply::error(401, "UNAUTHORIZED");
        };
        let asked = scopes(request);
        let grants = asked.iter().filter_map(|scope| self.grant(&asker, scope));
        let grants: Vec<Grant> = grants.collect();
        let is_whole = grants.iter().map(Grant::scope).eq(asked.iter().cloned());
        if self.strict && !is_whole {
            return Reply::error(403, "DENIED");
        }
        let token = mint(subject, &grants);
        let mut reply = json!({ "token": token, "access_token": token, "expires_in": 300 });
        if let (Asker::Account(account), true) = (&asker, wants_identity_token(request)) {
            let identity_token = format!("identity-token-of-{subject}");
            self.add_identity_token(&identity_token, account.clone());
            reply["refresh_token"] = identity_token.into();
        }
        Reply::json(&reply)
    }

    fn asker(&self, request: &Request, registry_namespace: Option<&str>) -> Asker {
        let form = |name: &str| {
            request
                .form_values(name)
                .into_iter()
                .next()
                .unwrap_or_default()
        };
        let account = match form("grant_type").as_str() {
            "refresh_token" => self
                .identity_tokens
                .lock()
                .unwrap()
                .get(&form("refresh_token"))
                .cloned(),
            "password" => self.account(&form("username"), &form("password"), registry_namespace),
            _ => match request.basic() {
                Some((user, password)) => self.account(&user, &password, registry_namespace),
                None => return Asker::Anybody,
            },
        };
        account.map_or(Asker::Stranger, Asker::Account)
    }

    /// The part of `KIND:NAME:ACTION,…` that the asker is entitled to.
    fn grant(&self, asker: &Asker, scope: &str) -> Option<Grant> {
        let (kind, rest) = scope.split_once(':')?;
        let (name, actions) = rest.rsplit_once(':')?;
        let allowed = |action: &&str| match asker {
            Asker::Account(account) => account.may(action, name),
            _ => *action == "pull" && self.public.iter().any(|public| public == name),
        };
        let actions: Vec<String> = actions
            .split(',')
            .filter(allowed)
            .map(str::to_owned)
            .collect();
        let grant = Grant {
            kind: kind.to_owned(),
            name: name.to_owned(),
            actions,
        };
        (!grant.actions.is_empty()).then_some(grant)
    }
}

impl Asker {
    fn subject(&self) -> Option<&str> {
        match self {
            Self::Account(account) => Some(account.user()),
            Self::Anybody => Some(""),
            Self::Stranger => None,
        }
    }
}

/// Several `scope` parameters, several scopes in one, or both.
fn scopes(request: &Request) -> Vec<String> {
    let given = request
        .query_values("scope")
        .into_iter()
        .chain(request.form_values("scope"));
    given
        .flat_map(|scope| scope.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

fn wants_identity_token(request: &Request) -> bool {
    request.query_value("offline_token").as_deref() == Some("true")
        || request
            .form_values("access_type")
            .iter()
            .any(|value| value == "offline")
}
