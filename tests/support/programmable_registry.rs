//! A registry that plays any answer and keeps every request, so that a test can tell who saw which
//! secret.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;

use crate::account::Account;
use crate::guard::{Guard, Scheme};
use crate::http::{HttpServer, Reply, Request};
use crate::image::{Blob, Image};
use crate::small_registry::{SmallRegistry, Target};

type Rule = dyn Fn(&Request) -> Option<Reply> + Send + Sync;

/// A small but whole registry on 127.0.0.1 (pull, push, mount, Basic or Bearer with a token realm of
/// its own), in which rules of the test come first.
///
/// It stops when dropped.
#[derive(Debug)]
pub struct ProgrammableRegistry {
    server: HttpServer,
    shared: Arc<Shared>,
}

struct Shared {
    rules: Mutex<Vec<Arc<Rule>>>,
    guard: Guard,
    registry: SmallRegistry,
}

/// What a registry is to be like.
pub struct Settings {
    guard: Guard,
    tls: Option<Arc<ServerConfig>>,
    address: Option<SocketAddr>,
}

impl Settings {
    /// Challenges name that realm in place of the registry's own `/token`.
    pub fn realm(mut self, realm: &str) -> Self {
        self.guard.realm = Some(realm.to_owned());
        self
    }

    /// Anybody may have a token to pull this repository.
    pub fn public(mut self, repository: &str) -> Self {
        self.guard.endpoint.public.push(repository.to_owned());
        self
    }

    /// The token realm answers POST with that status.
    pub fn no_post(mut self, status: u16) -> Self {
        self.guard.endpoint.post_status = Some(status);
        self
    }

    /// The token realm refuses a request as a whole where a part of it is not granted.
    pub fn strict(mut self) -> Self {
        self.guard.endpoint.strict = true;
        self
    }

    /// Over TLS; see [`Identity::server_config`](crate::pki::Identity::server_config).
    pub fn tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }

    /// At this address, in place of a free port of 127.0.0.1.
    pub fn at(mut self, address: SocketAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Starts it.
    pub fn start(self) -> ProgrammableRegistry {
        let shared = Arc::new(Shared {
            rules: Mutex::default(),
            guard: self.guard,
            registry: SmallRegistry::default(),
        });
        let answering = Arc::clone(&shared);
        let handler = move |request: &Request| answering.answer(request);
        let server = match (self.address, self.tls) {
            (Some(address), tls) => HttpServer::start_at(address, tls, handler),
            (None, None) => HttpServer::start(handler),
            (None, Some(config)) => HttpServer::start_tls(config, handler),
        };
        ProgrammableRegistry { server, shared }
    }
}

/// Start it.
impl ProgrammableRegistry {
    /// A registry that anybody may read and write.
    pub fn open() -> Self {
        Self::settings_open().start()
    }

    /// A registry that asks these accounts for a password.
    pub fn basic(accounts: &[Account]) -> Self {
        Self::settings_basic(accounts).start()
    }

    /// A registry that asks for tokens, which its `/token` hands to these accounts. There the service
    /// tells the registry namespace, since token requests carry no `?ns=`.
    pub fn bearer(accounts: &[Account]) -> Self {
        Self::settings_bearer(accounts).start()
    }

    /// As [`open`](Self::open), with more to be said.
    pub fn settings_open() -> Settings {
        Settings {
            guard: Guard::new(Scheme::Open, Vec::new()),
            tls: None,
            address: None,
        }
    }

    /// As [`basic`](Self::basic), with more to be said.
    pub fn settings_basic(accounts: &[Account]) -> Settings {
        Settings {
            guard: Guard::new(Scheme::Basic, accounts.to_vec()),
            tls: None,
            address: None,
        }
    }

    /// As [`bearer`](Self::bearer), with more to be said.
    pub fn settings_bearer(accounts: &[Account]) -> Settings {
        Settings {
            guard: Guard::new(Scheme::Bearer, accounts.to_vec()),
            tls: None,
            address: None,
        }
    }
}

/// Where it is and what it saw.
impl ProgrammableRegistry {
    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        self.server.address()
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }

    /// The requests that hold this secret in any form; see [`Request::contains`].
    pub fn requests_with(&self, secret: &str) -> Vec<Request> {
        self.server.requests_with(secret)
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.server.forget_requests();
    }
}

/// What it holds.
impl ProgrammableRegistry {
    /// Puts an image there without a request.
    pub fn put_image(&self, repository: &str, tag: &str, image: &Image) {
        self.shared.registry.put_image(repository, tag, image);
    }

    /// Puts a manifest or an index there without a request.
    pub fn put_manifest(&self, repository: &str, tag: &str, manifest: &Blob) {
        self.shared
            .registry
            .put_manifest(repository, tag, manifest.clone());
    }

    /// What is there under a tag or digest, pushed or put.
    pub fn manifest(&self, repository: &str, reference: &str) -> Option<Blob> {
        self.shared.registry.manifest(repository, reference)
    }

    /// The content that is there under a digest, pushed or put.
    pub fn blob(&self, repository: &str, digest: &str) -> Option<Vec<u8>> {
        self.shared.registry.blob(repository, digest)
    }
}

/// Rules: the one said last comes first.
impl ProgrammableRegistry {
    /// Lets a function answer before the registry does; `None` passes the request on.
    pub fn answer_with(&self, rule: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static) {
        self.shared.rules.lock().unwrap().push(Arc::new(rule));
    }

    /// Answers everything with this.
    pub fn always(&self, reply: Reply) {
        self.when(|_| true, reply);
    }

    /// Answers what matches with this.
    pub fn when(&self, matches: impl Fn(&Request) -> bool + Send + Sync + 'static, reply: Reply) {
        self.answer_with(move |request| matches(request).then(|| reply.clone()));
    }

    /// Answers the first `times` requests that match with this.
    pub fn when_first(
        &self,
        times: usize,
        matches: impl Fn(&Request) -> bool + Send + Sync + 'static,
        reply: Reply,
    ) {
        let seen = AtomicUsize::new(0);
        self.answer_with(move |request| {
            let first = matches(request) && seen.fetch_add(1, Ordering::Relaxed) < times;
            first.then(|| reply.clone())
        });
    }

    /// Takes all rules back.
    pub fn forget_rules(&self) {
        self.shared.rules.lock().unwrap().clear();
    }

    /// From now on its realm knows these accounts, and no other.
    pub fn set_accounts(&self, accounts: &[Account]) {
        self.shared.guard.endpoint.set_accounts(accounts);
    }

    /// Lets this account in with an identity token (a refresh token) at `/token`.
    pub fn add_identity_token(&self, token: &str, account: &Account) {
        self.shared
            .guard
            .endpoint
            .add_identity_token(token, account.clone());
    }

    /// Takes what every token handed out so far was good for.
    pub fn revoke_tokens(&self) {
        self.shared.guard.revoke_tokens();
    }
}

impl Shared {
    fn answer(&self, request: &Request) -> Reply {
        // Not held while a rule runs: a slow answer must not hold up the others.
        let rules = self.rules.lock().unwrap().clone();
        if let Some(reply) = rules.iter().rev().find_map(|rule| rule(request)) {
            return reply;
        }
        if request.path == "/token" {
            return self.guard.token(request);
        }
        match Target::of(&request.path) {
            None => Reply::error(404, "NAME_UNKNOWN"),
            Some(target) => {
                let refusal = self.guard.refusal(request, target);
                refusal.unwrap_or_else(|| self.registry.answer(request, target))
            }
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("guard", &self.guard)
            .finish_non_exhaustive()
    }
}
