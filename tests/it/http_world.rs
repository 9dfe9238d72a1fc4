//! One machine as the HTTP tests need it: hosts directories, stored credentials, a client.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use portunus::credential::Credential;
use portunus::hosts::{HostsTree, Reading};
use portunus::name::{CredentialKey, ImageReference, Profile, RegistryNamespace, Repository};
use portunus::resolve::{Operation, Plan, Resolver};
use portunus::store::{MemoryStore, Provenance, SourceKind, Store};
use portunus::token::trust::Consent;
use portunus_http::{
    Choice, Client, Error, Event, LoginAnswer, LoginCheck, NoProgress, OciLayout, Options,
    Progress, PullOptions, Pulled, PushOptions, Pushed,
};
use support::home::Home;
use support::image::Image;
use tokio::runtime::Runtime;

/// Hosts directories, credentials and a client that trusts nothing beyond the rules.
pub(crate) struct World {
    pub(crate) home: Home,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) options: Options,
    pub(crate) said: Said,
    pub(crate) runtime: Runtime,
}

/// A pull that runs beside others.
pub(crate) type Pulling = tokio::task::JoinHandle<Result<Pulled, Error>>;

/// Everything that progress reported, one line each.
#[derive(Default)]
pub(crate) struct Said(Mutex<Vec<String>>);

impl World {
    pub(crate) fn new() -> Self {
        Self {
            home: Home::new(),
            store: Arc::new(MemoryStore::new(SourceKind::CommandLine)),
            options: Options::default(),
            said: Said::default(),
            runtime: Runtime::new().unwrap(),
        }
    }

    /// The registry namespace is served by these hosts only, in this order.
    pub(crate) fn with_hosts(self, registry_namespace: &str, hosts: &[&str]) -> Self {
        let (server, mirrors) = hosts.split_last().unwrap();
        let mut text = format!("server = \"{server}\"\n");
        for mirror in mirrors {
            text += &format!("[host.\"{mirror}\"]\ncapabilities = [\"pull\", \"resolve\"]\n");
        }
        self.home.write_hosts_toml(registry_namespace, &text);
        self
    }

    pub(crate) fn with_hosts_toml(self, registry_namespace: &str, text: &str) -> Self {
        self.home.write_hosts_toml(registry_namespace, text);
        self
    }

    /// Stores a password under a key.
    pub(crate) fn with_login(self, key: &str, user: &str, password: &str) -> Self {
        self.store_under(key, &Credential::password(user, password), |_| {});
        self
    }

    pub(crate) fn store_under(
        &self,
        key: &str,
        credential: &Credential,
        note: impl FnOnce(&mut Provenance),
    ) {
        let mut provenance = Provenance::default();
        note(&mut provenance);
        self.store
            .put(&key.parse().unwrap(), credential, &provenance)
            .unwrap();
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.options.clone())
    }

    pub(crate) fn resolver(&self) -> Resolver {
        let hosts = HostsTree::new(vec![self.home.hosts_dir()]);
        Resolver::new(hosts).with_source(self.store.clone())
    }

    pub(crate) fn plan(&self, image: &str, operation: Operation) -> Plan {
        let image = ImageReference::parse(image).unwrap();
        self.resolver()
            .resolve(&image, operation, &Profile::DEFAULT)
            .unwrap()
    }

    /// Puts a file into the home.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn layout(&self) -> PathBuf {
        self.home.path().join("layout")
    }

    pub(crate) fn pull(&self, image: &str) -> Result<Pulled, Error> {
        self.pull_with(&self.client(), image, &PullOptions::default())
    }

    pub(crate) fn pull_with(
        &self,
        client: &Client,
        image: &str,
        options: &PullOptions,
    ) -> Result<Pulled, Error> {
        let plan = self.plan(image, Operation::Pull);
        let session = Arc::new(self.resolver().session());
        let layout = OciLayout::create(self.layout()).unwrap();
        self.block_on(client.pull(&plan, &session, &layout, options, &self.said))
    }

    /// Begins a pull that runs beside others, into a layout of that name.
    pub(crate) fn spawn_pull(&self, client: &Client, image: &str, layout: &str) -> Pulling {
        let client = client.clone();
        let plan = self.plan(image, Operation::Pull);
        let session = Arc::new(self.resolver().session());
        let layout = OciLayout::create(self.home.path().join(layout)).unwrap();
        self.runtime.spawn(async move {
            let (options, silent) = (PullOptions::default(), NoProgress);
            let pulling = client.pull(&plan, &session, &layout, &options, &silent);
            pulling.await
        })
    }

    /// Puts an image into the layout, under a tag.
    pub(crate) fn write_layout(&self, image: &Image, tag: &str) {
        image.write_oci_layout(&self.layout(), tag);
    }

    pub(crate) fn push(&self, image: &str) -> Result<Pushed, Error> {
        self.push_with(image, &PushOptions::default())
    }

    pub(crate) fn push_with(&self, image: &str, options: &PushOptions) -> Result<Pushed, Error> {
        let plan = self.plan(image, Operation::Push);
        let session = Arc::new(self.resolver().session());
        let layout = OciLayout::open(self.layout()).unwrap();
        self.block_on(
            self.client()
                .push(&plan, &session, &layout, options, &self.said),
        )
    }

    pub(crate) fn choose(&self, image: &str, operation: Operation) -> Vec<Choice> {
        let plan = self.plan(image, operation);
        let session = Arc::new(self.resolver().session());
        self.block_on(self.client().choose(&plan, &session))
    }

    /// Checks a password at the first host of a registry namespace.
    pub(crate) fn log_in(
        &self,
        registry_namespace: &str,
        key: &str,
        user: &str,
        password: &str,
    ) -> Result<LoginAnswer, Error> {
        let credential = Credential::password(user, password);
        self.log_in_with(registry_namespace, key, &credential, None, None)
    }

    /// The same with a repository to push to, and a realm that the operator trusts.
    pub(crate) fn log_in_with(
        &self,
        registry_namespace: &str,
        key: &str,
        credential: &Credential,
        repository: Option<&Repository>,
        realm: Option<&str>,
    ) -> Result<LoginAnswer, Error> {
        let registry_namespace = RegistryNamespace::new(registry_namespace).unwrap();
        let hosts = HostsTree::new(vec![self.home.hosts_dir()]);
        let hosts = hosts
            .hosts(&registry_namespace, Reading::default())
            .unwrap();
        let key: CredentialKey = key.parse().unwrap();
        let mut consent = Consent::none(&key);
        consent.pinned_realm = realm;
        let mut check = LoginCheck::new(&hosts.hosts[0], &registry_namespace, consent, credential);
        check.repository = repository;
        self.block_on(self.client().verify(&check))
    }

    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

impl Said {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Progress for Said {
    fn report(&self, event: Event<'_>) {
        let line = match event {
            Event::Warning(text) => format!("warning: {text}"),
            Event::HostFailed(report) => format!("failed: {report}"),
            Event::Resolved { host, .. } => format!("resolved: {host}"),
            Event::Done { host, .. } => format!("done: {}", host.unwrap_or("held")),
            Event::Started { resumed, .. } => format!("started at {resumed}"),
            Event::Restarted { .. } => "restarted".to_owned(),
            _ => return,
        };
        self.0.lock().unwrap().push(line);
    }
}
