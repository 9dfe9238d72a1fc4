//! Registries and realms without sockets, which record what they are sent.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "each test uses what it needs, and stops where it cannot"
)]

pub(crate) mod corp;

use std::sync::{Arc, Mutex};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portunus::authorizer::{
    Ask, Authorizer, Call, HostFailure, Ledger, Method, Payload, Received, Route, Rules, Sending,
    Target, Trouble,
};
use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Plan, PreparedOperation, Resolver, Session};
use portunus::store::{MemoryStore, Provenance, Source, SourceName, Store};
use portunus::token::Scopes;
use url::Url;

pub(crate) const IMAGE: &str = "reg.corp.test/team/app:v1";

/// What a server was sent.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) authorization: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) form: Option<String>,
    pub(crate) route: Route,
}

impl Seen {
    pub(crate) fn contains(&self, text: &str) -> bool {
        let headers = self.headers.iter().map(|(_, value)| value.as_str());
        let mut shown = headers
            .chain(self.authorization.as_deref())
            .chain(self.form.as_deref())
            .chain([self.url.as_str()]);
        shown.any(|shown| shown.contains(text))
            || self.basic().is_some_and(|login| login.contains(text))
    }

    /// `user:password`
    pub(crate) fn basic(&self) -> Option<String> {
        let encoded = self.authorization.as_deref()?.strip_prefix("Basic ")?;
        String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.authorization.as_deref()?.strip_prefix("Bearer ")
    }

    pub(crate) fn query(&self, name: &str) -> Vec<String> {
        let pairs = self.url.query_pairs().filter(|(held, _)| held == name);
        pairs.map(|(_, value)| value.into_owned()).collect()
    }

    pub(crate) fn form_value(&self, name: &str) -> Option<String> {
        let form = self.form.as_deref()?;
        let mut pairs = url::form_urlencoded::parse(form.as_bytes());
        let pair = pairs.find(|(held, _)| held == name)?;
        Some(pair.1.into_owned())
    }
}

/// What a server answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

pub(crate) fn status(status: u16) -> Reply {
    Reply {
        status,
        headers: Vec::new(),
        body: String::new(),
    }
}

pub(crate) fn challenge(text: &str) -> Reply {
    status(401).header("WWW-Authenticate", text)
}

pub(crate) fn bearer(realm: &str) -> Reply {
    challenge(&format!("Bearer realm=\"{realm}\",service=\"svc\""))
}

pub(crate) fn to(location: &str) -> Reply {
    status(307).header("Location", location)
}

pub(crate) fn json(body: &str) -> Reply {
    Reply {
        body: body.to_owned(),
        ..status(200)
    }
}

impl Reply {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

type Server = Box<dyn Fn(&Seen) -> Result<Reply, Trouble> + Send + Sync>;

/// The network.
#[derive(Default)]
pub(crate) struct Net {
    servers: Vec<(String, Server)>,
    seen: Mutex<Vec<Seen>>,
}

impl Net {
    /// With a server at an origin.
    pub(crate) fn with(
        self,
        origin: &str,
        server: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        self.with_trouble(origin, move |seen| Ok(server(seen)))
    }

    /// The same where there may be no answer.
    pub(crate) fn with_trouble(
        mut self,
        origin: &str,
        server: impl Fn(&Seen) -> Result<Reply, Trouble> + Send + Sync + 'static,
    ) -> Self {
        self.servers.push((origin.to_owned(), Box::new(server)));
        self
    }

    pub(crate) fn carry(&self, sending: &Sending) -> Result<Received<Reply>, Trouble> {
        let form = match &sending.payload {
            Payload::Callers => None,
            Payload::Token(form) => form.as_ref().map(|form| form.expose().to_owned()),
        };
        let shown = |(name, value): &(String, portunus::secret::Secret)| {
            (name.clone(), value.expose().to_owned())
        };
        let authorization = sending.authorization.as_ref();
        let seen = Seen {
            method: sending.method,
            url: sending.url.clone(),
            authorization: authorization.map(|value| value.expose().to_owned()),
            headers: sending.headers.iter().map(shown).collect(),
            form,
            route: sending.route.clone(),
        };
        self.seen.lock().unwrap().push(seen.clone());
        let origin = sending.url.origin().ascii_serialization();
        let server = self.servers.iter().find(|(at, _)| *at == origin);
        let Some((_, server)) = server else {
            return Err(Trouble::Unreachable {
                problem: format!("nobody plays {origin}"),
                connected: false,
            });
        };
        let reply = server(&seen)?;
        let headers = reply.headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.clone().into_bytes()));
        let mut received = Received::new(reply.status, headers.collect(), reply.clone());
        received.body = reply.body.into_bytes();
        Ok(received)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    /// What the server at an origin was sent.
    pub(crate) fn at(&self, origin: &str) -> Vec<Seen> {
        let seen = self.seen().into_iter();
        seen.filter(|seen| seen.url.origin().ascii_serialization() == origin)
            .collect()
    }

    /// How many requests hold this text.
    pub(crate) fn count(&self, text: &str) -> usize {
        let seen = self.seen().into_iter();
        seen.filter(|seen| seen.contains(text)).count()
    }

    pub(crate) fn drive(&self, call: &mut Call) -> Result<Reply, HostFailure> {
        call.drive(Instant::now, |sending| self.carry(sending))
    }
}

/// Hosts and logins.
pub(crate) struct World {
    certs_d: tempfile::TempDir,
    pub(crate) store: Arc<MemoryStore>,
    sources: Vec<Arc<dyn Source>>,
    pub(crate) rules: Rules,
}

impl World {
    /// `reg.corp.test`, served as `hosts.toml` says.
    pub(crate) fn new(hosts_toml: &str) -> Self {
        let certs_d = tempfile::tempdir().unwrap();
        let directory = certs_d.path().join("reg.corp.test");
        std::fs::create_dir(&directory).unwrap();
        std::fs::write(directory.join("hosts.toml"), hosts_toml).unwrap();
        let store = Arc::new(MemoryStore::new(SourceName::FILE));
        Self {
            certs_d,
            sources: vec![store.clone()],
            store,
            rules: Rules::default(),
        }
    }

    /// `reg.corp.test`, served by itself.
    pub(crate) fn plain() -> Self {
        Self::new("server = \"https://reg.corp.test\"\n")
    }

    pub(crate) fn with_password(self, key: &str, user: &str, password: &str) -> Self {
        self.with_login(key, &Credential::password(user, password), |_| {})
    }

    pub(crate) fn with_login(
        self,
        key: &str,
        credential: &Credential,
        note: impl FnOnce(&mut Provenance),
    ) -> Self {
        let mut provenance = Provenance::default();
        note(&mut provenance);
        let key = key.parse().unwrap();
        self.store.put(&key, credential, &provenance).unwrap();
        self
    }

    pub(crate) fn with_source(mut self, source: Arc<dyn Source>) -> Self {
        self.sources.push(source);
        self
    }

    pub(crate) fn resolver(&self) -> Resolver {
        let hosts = HostsTree::new(vec![self.certs_d.path().to_owned()]);
        let sources = self.sources.iter().cloned();
        sources.fold(Resolver::new(hosts), Resolver::with_source)
    }

    pub(crate) fn plan(&self, image: &str, operation: Operation) -> Plan {
        self.prepare(image, operation).into_plan()
    }

    pub(crate) fn session(&self) -> Arc<Session> {
        Arc::new(self.resolver().session())
    }

    pub(crate) fn prepare(&self, image: &str, operation: Operation) -> PreparedOperation {
        let image = ImageReference::parse(image).unwrap();
        self.resolver()
            .prepare(&image, operation, &Profile::DEFAULT)
            .unwrap()
    }

    pub(crate) fn ledger(&self, prepared: &PreparedOperation) -> Ledger {
        Ledger::new(prepared, self.rules.clone())
    }

    /// The hosts of a pull.
    pub(crate) fn hosts(&self) -> Vec<Authorizer> {
        self.hosts_for(Operation::Pull)
    }

    pub(crate) fn hosts_for(&self, operation: Operation) -> Vec<Authorizer> {
        let prepared = self.prepare(IMAGE, operation);
        let ledger = self.ledger(&prepared);
        let attempts = prepared.attempts();
        attempts.map(|attempt| ledger.host(&attempt)).collect()
    }

    /// The only host of a pull.
    pub(crate) fn host(&self) -> Authorizer {
        self.hosts().pop().unwrap()
    }
}

pub(crate) fn identity(token: &str) -> Credential {
    Credential::IdentityToken {
        username: Some("alice".to_owned()),
        token: token.into(),
    }
}

pub(crate) fn pull() -> Scopes {
    Scopes::parse("repository:team/app:pull")
}

/// A request for the manifest.
pub(crate) fn manifest() -> Ask {
    Ask::new(Method::Get, Target::path("/team/app/manifests/v1")).with_scopes(pull())
}
