//! One machine as the HTTP tests need it: hosts directories, stored credentials, a client.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use portunus::credential::Credential;
use portunus::hosts::{HostsTree, Reading};
use portunus::name::{CredentialKey, ImageReference, Profile, RegistryNamespace, Repository};
use portunus::resolve::{Operation, Plan, PreparedOperation, Resolver};
use portunus::store::{MemoryStore, Provenance, SourceName, Store};
use portunus::token::trust::Consent;
use portunus_http::{
    Choice, Client, Error, Event, LoginAnswer, LoginCheck, NoProgress, OciLayout, Options,
    Progress, PullOptions, Pulled, PushOptions, Pushed,
};
use serde_json::{Value, json};
use support::home::Home;
use support::image::{Blob, Image};
use tokio::runtime::Runtime;

/// Hosts directories, credentials and a client that trusts nothing beyond the rules.
#[derive(Debug)]
pub struct World {
    /// Where the files are.
    pub home: Home,
    /// The credentials.
    pub store: Arc<MemoryStore>,
    /// What the client is set to.
    pub options: Options,
    /// What was reported so far.
    pub said: Said,
    /// What the client runs on.
    pub runtime: Runtime,
}

/// A pull that runs beside others.
pub type Pulling = tokio::task::JoinHandle<Result<Pulled, Error>>;

/// Everything that progress reported, one line each.
#[derive(Debug, Default)]
pub struct Said(Mutex<Vec<String>>);

impl World {
    /// Nothing configured, nothing stored.
    pub fn new() -> Self {
        Self {
            home: Home::new(),
            store: Arc::new(MemoryStore::new(SourceName::COMMAND_LINE)),
            options: Options::default(),
            said: Said::default(),
            runtime: Runtime::new().unwrap(),
        }
    }

    /// The registry namespace is served by these hosts only, in this order.
    pub fn with_hosts(self, registry_namespace: &str, hosts: &[&str]) -> Self {
        let (server, mirrors) = hosts.split_last().unwrap();
        let mut text = format!("server = \"{server}\"\n");
        for mirror in mirrors {
            text += &format!("[host.\"{mirror}\"]\ncapabilities = [\"pull\", \"resolve\"]\n");
        }
        self.home.write_hosts_toml(registry_namespace, &text);
        self
    }

    /// The registry namespace has this `hosts.toml`.
    pub fn with_hosts_toml(self, registry_namespace: &str, text: &str) -> Self {
        self.home.write_hosts_toml(registry_namespace, text);
        self
    }

    /// Stores a password under a key.
    pub fn with_login(self, key: &str, user: &str, password: &str) -> Self {
        self.store_under(key, &Credential::password(user, password), |_| {});
        self
    }

    /// Stores a credential under a key, with a note of where it came from.
    pub fn store_under(
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

    /// A client with an empty memory.
    pub fn client(&self) -> Client {
        Client::new(self.options.clone())
    }

    /// A resolver over the files and the credentials.
    pub fn resolver(&self) -> Resolver {
        let hosts = HostsTree::new(vec![self.home.hosts_dir()]);
        Resolver::new(hosts).with_source(self.store.clone())
    }

    /// The plan for an image.
    pub fn plan(&self, image: &str, operation: Operation) -> Plan {
        self.prepare(image, operation).into_plan()
    }

    /// The same, ready to be carried out.
    pub fn prepare(&self, image: &str, operation: Operation) -> PreparedOperation {
        let image = ImageReference::parse(image).unwrap();
        self.resolver()
            .prepare(&image, operation, &Profile::DEFAULT)
            .unwrap()
    }

    /// Puts a file into the home.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Where images are pulled to and pushed from.
    pub fn layout(&self) -> PathBuf {
        self.home.path().join("layout")
    }

    /// Pulls an image into the layout.
    pub fn pull(&self, image: &str) -> Result<Pulled, Error> {
        self.pull_with(&self.client(), image, &PullOptions::default())
    }

    /// The same with this client and these options.
    pub fn pull_with(
        &self,
        client: &Client,
        image: &str,
        options: &PullOptions,
    ) -> Result<Pulled, Error> {
        let operation = self.prepare(image, Operation::Pull);
        let layout = OciLayout::create(self.layout()).unwrap();
        self.block_on(client.pull(&operation, &layout, options, &self.said))
    }

    /// Begins a pull that runs beside others, into a layout of that name.
    pub fn spawn_pull(&self, client: &Client, image: &str, layout: &str) -> Pulling {
        let client = client.clone();
        let operation = self.prepare(image, Operation::Pull);
        let layout = OciLayout::create(self.home.path().join(layout)).unwrap();
        self.runtime.spawn(async move {
            let (options, silent) = (PullOptions::default(), NoProgress);
            let pulling = client.pull(&operation, &layout, &options, &silent);
            pulling.await
        })
    }

    /// Puts an image into the layout, under a tag.
    pub fn write_layout(&self, image: &Image, tag: &str) {
        image.write_oci_layout(&self.layout(), tag);
    }

    /// Pushes an image from the layout.
    pub fn push(&self, image: &str) -> Result<Pushed, Error> {
        self.push_with(image, &PushOptions::default())
    }

    /// The same with these options.
    pub fn push_with(&self, image: &str, options: &PushOptions) -> Result<Pushed, Error> {
        let operation = self.prepare(image, Operation::Push);
        let layout = OciLayout::open(self.layout()).unwrap();
        self.block_on(self.client().push(&operation, &layout, options, &self.said))
    }

    /// What a probe finds at each host of the plan.
    pub fn choose(&self, image: &str, operation: Operation) -> Vec<Choice> {
        let operation = self.prepare(image, operation);
        let choices = self.block_on(self.client().choose(&operation));
        choices.iter().map(|host| host.choice().clone()).collect()
    }

    /// Checks a password at the first host of a registry namespace.
    pub fn log_in(
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
    pub fn log_in_with(
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

    /// Waits for it.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

/// An index of these images.
pub fn index_of(entries: &[Value]) -> Blob {
    let media_type = "application/vnd.oci.image.index.v1+json";
    let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": entries });
    Blob::new(media_type, index.to_string().into_bytes())
}

impl Said {
    /// The lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Forgets them.
    pub fn forget(&self) {
        self.0.lock().unwrap().clear();
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
