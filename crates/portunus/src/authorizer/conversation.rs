use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use super::failure::HostFailure;
use super::header;
use super::permit::{Permit, Purpose};
use super::report::{Account, Report};
use super::route::Route;
use super::scheme::Scheme;
use super::shared::Shared;
use super::state::{InUse, State};
use super::warnings::Warnings;
use crate::credential::Credential;
use crate::hosts::Host;
use crate::name::{Authority, RegistryNamespace, Repository};
use crate::resolve::Candidate;
use crate::secret::Secret;
use crate::token::trust::{AddressClass, Origin, TrustRule};
use crate::token::{Authentication, Scopes};

#[derive(Debug)]
pub(super) struct Conversation {
    pub(super) shared: Arc<Shared>,
    /// Host and port as `hosts.toml` has them.
    pub(super) authority: String,
    /// What credentials for it are stored under: a fall back to http changes nothing about that.
    pub(super) listed: Option<Authority>,
    /// What `?ns=` says, where it is sent.
    pub(super) registry_namespace: Option<String>,
    pub(super) headers: Vec<(String, Secret)>,
    pub(super) route: Route,
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

impl Conversation {
    pub(super) fn new(
        shared: Arc<Shared>,
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
            shared,
            authority: host.host.clone(),
            listed: Authority::of_host(&host.scheme, &host.host).ok(),
            registry_namespace: sent,
            headers: header::of_host(host),
            route: Route::to_host(host),
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
                left_out: Scopes::none(),
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
    ) -> Result<Url, HostFailure> {
        let text = format!("{}{below}", self.name_over(scheme));
        let url = Url::parse(&text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let mut url = url.ok_or(HostFailure::NoUrl)?;
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
        let session = &self.shared.session;
        session.fetched(candidate)?.ok().flatten()
    }

    /// Leave to show the credential of the account in use.
    pub(super) fn permit(
        &self,
        in_use: &InUse,
        at: &Origin,
        purpose: Purpose,
        rule: TrustRule,
    ) -> Option<Permit> {
        Some(Permit {
            candidate: self.candidates.get(in_use.candidate?)?.clone(),
            at: at.clone(),
            purpose,
            rule,
        })
    }

    /// Whom it serves.
    pub(super) fn account(&self, state: &State) -> Account {
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
