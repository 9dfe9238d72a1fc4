use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use super::authorize::Obtained;
use super::scheme::Scheme;
use super::trust::Allowed;
use super::warnings::Warnings;
use super::{
    Account, Ask, Call, Failure, Ledger, Permit, Purpose, Report, Settled, Shown, Warning, Way,
    header,
};
use crate::credential::Credential;
use crate::hosts::Host;
use crate::name::{Authority, RegistryNamespace, Repository};
use crate::reason::Reason;
use crate::resolve::Candidate;
use crate::secret::Secret;
use crate::token::trust::{AddressClass, Origin};
use crate::token::{Authentication, Scopes, Token};

/// The conversation with one host: its challenge, the account in use, https or http. The answer
/// that the host accepted is kept for every later request. Clones are the same.
#[derive(Debug, Clone)]
pub struct Authorizer(Arc<Conversation>);

#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) ledger: Ledger,
    /// Host and port as `hosts.toml` has them.
    pub(super) authority: String,
    /// What credentials for it are stored under: a fall back to http changes nothing about that.
    pub(super) listed: Option<Authority>,
    /// What `?ns=` says, where it is sent.
    pub(super) registry_namespace: Option<String>,
    pub(super) headers: Vec<(String, Secret)>,
    pub(super) way: Way,
    pub(super) candidates: Vec<Candidate>,
    /// The repository as it is requested there, and as it is called elsewhere, where that differs.
    pub(super) alias: Option<(Repository, Repository)>,
    /// Whether a rejected credential is followed by the next one; a push stops.
    pub(super) rotates: bool,
    pub(super) is_login: bool,
    pub(super) warnings: Arc<Warnings>,
    state: Mutex<State>,
}

/// What tells one kind of conversation from another.
pub(super) struct Part {
    pub(super) candidates: Vec<Candidate>,
    pub(super) alias: Option<(Repository, Repository)>,
    pub(super) rotates: bool,
    pub(super) is_login: bool,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) scheme: Scheme,
    /// Before every path, without a `/` at its end. A door may be found somewhere else.
    pub(super) path: String,
    pub(super) address_class: Option<AddressClass>,
    /// Counts changes, so that a late answer to an old credential changes nothing.
    pub(super) generation: u64,
    pub(super) authentication: Option<Authentication>,
    /// The candidate that is looked at next.
    pub(super) next: usize,
    pub(super) in_use: Option<InUse>,
    pub(super) report: Report,
    /// A fresh token that a preliminary request was refused with.
    pub(super) refused_token: Option<Token>,
    /// What the host or its realm said to what it refused last.
    pub(super) said: Option<Reason>,
    /// Whether it takes Basic where its realm is none.
    pub(super) offers_basic: bool,
    pub(super) lacking: Option<Failure>,
    pub(super) refused: Option<Failure>,
    pub(super) failed: Option<Failure>,
    pub(super) identity_token: Option<Credential>,
}

/// Who is asking; without a candidate: nobody in particular.
#[derive(Debug, Clone)]
pub(super) struct InUse {
    pub(super) candidate: Option<usize>,
    pub(super) shown: Option<Shown>,
    /// That host and realm may see it.
    pub(super) allowed: Allowed,
    /// For these scopes the host found the token too narrow, and those are asked for instead.
    pub(super) widened: Vec<(Scopes, Scopes)>,
}

impl State {
    /// Whether another token of the same kind may do better.
    pub(super) fn may_be_stale(&self, sent: Option<&Obtained>) -> bool {
        sent.is_some_and(|sent| sent.kept && self.refused_token.as_ref() != Some(&sent.token))
    }

    pub(super) fn not_logged_in(&self) -> Failure {
        let reason = self.said.clone();
        Failure::NotLoggedIn { reason }
    }

    pub(super) fn rejected(&self) -> Failure {
        let reason = self.said.clone();
        Failure::Rejected { reason }
    }
}

impl InUse {
    /// What is asked for where a request needs `scopes`, after the host found that too narrow.
    pub(super) fn widened(&self, scopes: &Scopes) -> Option<&Scopes> {
        let mut widened = self.widened.iter();
        let found = widened.find(|(before, _)| before == scopes);
        found.map(|(_, needed)| needed)
    }
}

/// A request to the host
impl Authorizer {
    pub(super) fn of(conversation: Conversation) -> Self {
        Self(Arc::new(conversation))
    }

    /// A request to the host. Any number may be under way, on threads or as futures.
    pub fn call(&self, ask: Ask) -> Call {
        Call::new(Arc::clone(&self.0), ask)
    }
}

/// What is known of it
impl Authorizer {
    /// Scheme and host in words, after a fall back to http.
    pub fn name(&self) -> String {
        self.0.name(&self.0.lock())
    }

    /// Its origin; `None`: its text makes no URL.
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin(&self.0.lock())
    }

    /// The path before all others, mostly `/v2`.
    pub fn path(&self) -> String {
        self.0.lock().path.clone()
    }

    /// What it asks for, and whom it serves.
    pub fn settled(&self) -> Settled {
        let state = self.0.lock();
        let in_use = state.in_use.as_ref();
        let realm = in_use.and_then(|in_use| in_use.allowed.realm.as_ref());
        Settled {
            realm: realm.map(|realm| realm.bearer.realm.clone()),
            named_realm: realm.and_then(|realm| realm.instead_of.clone()),
            authentication: state.authentication.clone(),
            account: self.0.account(&state),
            identity_token: state.identity_token.clone(),
        }
    }

    /// The credentials that were shown and rejected so far.
    pub fn report(&self) -> Report {
        self.0.lock().report.clone()
    }

    /// What the user should be told; each thing once.
    pub fn take_warnings(&self) -> Vec<Warning> {
        self.0.warnings.take()
    }

    pub(super) fn conversation(&self) -> &Conversation {
        &self.0
    }
}

impl Conversation {
    pub(super) fn new(
        ledger: Ledger,
        host: &Host,
        registry_namespace: &RegistryNamespace,
        part: Part,
    ) -> Self {
        let sent = host
            .sends_ns
            .then(|| registry_namespace.as_str().to_owned());
        let Part {
            candidates,
            alias,
            rotates,
            is_login,
        } = part;
        Self {
            ledger,
            authority: host.host.clone(),
            listed: Authority::of_host(&host.scheme, &host.host).ok(),
            registry_namespace: sent,
            headers: header::of_host(host),
            way: Way::to_host(host),
            candidates,
            alias,
            rotates,
            is_login,
            warnings: Arc::default(),
            state: Mutex::new(State {
                scheme: Scheme::new(&host.scheme, host.http_fallback > 0),
                path: host.path.trim_end_matches('/').to_owned(),
                address_class: None,
                generation: 0,
                authentication: None,
                next: 0,
                in_use: None,
                report: Report::default(),
                refused_token: None,
                said: None,
                offers_basic: false,
                lacking: None,
                refused: None,
                failed: None,
                identity_token: None,
            }),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn name(&self, state: &State) -> String {
        self.name_over(state.scheme.in_use())
    }

    pub(super) fn name_over(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.authority)
    }

    pub(super) fn origin(&self, state: &State) -> Option<Origin> {
        Origin::of(&Url::parse(&self.name(state)).ok()?)
    }

    /// What lies below the path of the host: no origin.
    pub(super) fn here(&self, state: &State) -> String {
        format!("{}{}/", self.name(state), state.path)
    }

    /// The URL of a path below the host's own.
    pub(super) fn url(
        &self,
        scheme: &str,
        below: &str,
        query: &[(String, String)],
    ) -> Result<Url, Failure> {
        let text = format!("{}{below}", self.name_over(scheme));
        let url = Url::parse(&text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let mut url = url.ok_or(Failure::NoUrl)?;
        for (name, value) in query {
            url.query_pairs_mut().append_pair(name, value);
        }
        self.add_registry_namespace(&mut url);
        Ok(url)
    }

    pub(super) fn add_registry_namespace(&self, url: &mut Url) {
        let told = url.query_pairs().any(|(name, _)| name == "ns");
        if let (Some(registry_namespace), false) = (&self.registry_namespace, told) {
            url.query_pairs_mut().append_pair("ns", registry_namespace);
        }
    }

    /// Who the registry itself is, once it has answered.
    pub(super) fn address_class(&self, state: &State) -> AddressClass {
        let literal = || {
            let address = self.origin(state)?.literal_address();
            address.map(AddressClass::of)
        };
        state
            .address_class
            .or_else(literal)
            .unwrap_or(AddressClass::Public)
    }

    pub(super) fn note_address(state: &mut State, peer: Option<IpAddr>) {
        if let Some(address) = peer {
            state
                .address_class
                .get_or_insert_with(|| AddressClass::of(address));
        }
    }

    /// The credential of an account in use.
    pub(super) fn credential(&self, in_use: &InUse) -> Option<Credential> {
        let candidate = self.candidates.get(in_use.candidate?)?;
        let session = &self.ledger.shared().session;
        session.fetched(candidate)?.ok().flatten()
    }

    /// Leave to show the credential of the account in use.
    pub(super) fn permit(
        &self,
        in_use: &InUse,
        at: &Origin,
        purpose: Purpose,
        rule: &'static str,
    ) -> Option<Permit> {
        Some(Permit {
            candidate: self.candidates.get(in_use.candidate?)?.clone(),
            at: at.clone(),
            purpose,
            rule,
        })
    }

    fn account(&self, state: &State) -> Account {
        let Some(authentication) = &state.authentication else {
            return Account::Unasked;
        };
        let (Some(in_use), Some(origin)) = (&state.in_use, self.origin(state)) else {
            return Account::Nobody;
        };
        let purpose = match authentication {
            Authentication::Basic => Purpose::Basic,
            Authentication::Bearer(_) => Purpose::Bearer,
        };
        match self.permit(in_use, &origin, purpose, in_use.allowed.rules[0]) {
            Some(permit) => Account::Permitted(Box::new(permit)),
            None => Account::Anonymous,
        }
    }
}
