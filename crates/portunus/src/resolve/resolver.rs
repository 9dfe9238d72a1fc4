use std::sync::Arc;

use super::error::ResolveError;
use super::gathering::Gathering;
use super::operation::Operation;
use super::phases::phases;
use super::plan::Plan;
use super::prepare_hosts::prepare_hosts;
use super::prepared_operation::PreparedOperation;
use super::request::Request;
use super::session::Session;
use super::wall_clock::WallClock;
use crate::name::{Authority, ImageReference, Profile};
use crate::store::{Entry, Source, SourceError, in_keys};
use containerd_hosts::{HostsTree, KeptHosts, Reading};

/// Joins the hosts of a registry namespace with the credentials of some sources.
///
/// Whoever keeps it has files read again only where they have changed.
///
/// ```no_run
/// use std::sync::Arc;
/// use portunus::hosts::HostsTree;
/// use portunus::name::{ImageReference, Profile};
/// use portunus::resolve::{Operation, Resolver};
/// use portunus::store::CredentialsFile;
///
/// let hosts = HostsTree::new(vec!["/etc/containerd/certs.d".into()]);
/// let file = CredentialsFile::new("/home/me/.config/portunus/credentials.json");
/// let resolver = Resolver::new(hosts).with_source(Arc::new(file));
/// let image = ImageReference::parse("reg.test/team/app:v1")?;
/// let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT)?;
/// println!("{plan}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Resolver {
    hosts: KeptHosts,
    sources: Vec<Arc<dyn Source>>,
    inherit: bool,
    explain: bool,
    clock: Option<WallClock>,
}

/// Initialization
impl Resolver {
    /// A resolver without sources: every host is asked anonymously.
    pub fn new(hosts: HostsTree) -> Self {
        let hosts = prepare_hosts(hosts);
        let reading = Reading::default();
        Self {
            hosts: KeptHosts::new(hosts, reading),
            sources: Vec::new(),
            inherit: false,
            explain: false,
            clock: None,
        }
    }

    /// Adds a source of credentials. Between equally specific entries that of the source which
    /// was added first goes first.
    #[must_use]
    pub fn with_source(mut self, source: Arc<dyn Source>) -> Self {
        self.sources.push(source);
        self
    }

    /// Tells the time of day: sessions then fetch a credential again that says when it ends, before
    /// it does.
    #[must_use]
    pub fn with_clock(mut self, clock: WallClock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Reads `hosts.toml` in another way than strictly.
    #[must_use]
    pub fn with_reading(mut self, reading: Reading) -> Self {
        self.hosts = self.hosts.read_as(reading);
        self
    }

    /// Whether a named profile also sees the entries of the default profile, after its own.
    #[must_use]
    pub fn inheriting(mut self, inherit: bool) -> Self {
        self.inherit = inherit;
        self
    }

    /// Whether plans tell each credential that was passed over, and why, instead of how many there
    /// are: one mirror may have thousands.
    #[must_use]
    pub fn explaining(mut self, explain: bool) -> Self {
        self.explain = explain;
        self
    }
}

/// Resolution
impl Resolver {
    /// Which hosts are asked for this image, in which order, and which credential each may see.
    ///
    /// The hosts come in the order of `hosts.toml`, the server last. For each of them every entry
    /// of every source that may concern it is judged: an entry that matches is a candidate, the
    /// most specific first, and one that does not is passed over, with the rule that said so where
    /// that is wanted ([`explaining`](Self::explaining)). Each source is read once. A host that the operator trusts with the credential of the registry namespace
    /// (`credential_domain`) gets those candidates after its own.
    ///
    /// # Errors
    /// Where the hosts cannot be told, our own file is broken, or a foreign source failed and the
    /// operation is a push.
    pub fn resolve(
        &self,
        reference: &ImageReference,
        operation: Operation,
        profile: &Profile,
    ) -> Result<Plan, ResolveError> {
        let prepared = self.prepare(reference, operation, profile)?;
        Ok(prepared.into_plan())
    }

    /// The same, ready to be carried out.
    ///
    /// # Errors
    /// As those of [`resolve`](Self::resolve).
    pub fn prepare(
        &self,
        reference: &ImageReference,
        operation: Operation,
        profile: &Profile,
    ) -> Result<PreparedOperation, ResolveError> {
        let found = self.hosts.hosts(reference.registry_namespace())?;
        let phases = phases(&found.hosts, reference, operation);
        let mut gathering = Gathering::new(&self.sources, self.explain);
        let name_in_keys = in_keys(reference.registry_namespace());
        let request = Request {
            reference,
            name_in_keys: &name_in_keys,
            profile,
            inherit: self.inherit,
            explain: self.explain,
        };
        let hosts = found.hosts.iter().zip(phases);
        let attempts = hosts
            .map(|(host, phases)| request.attempt(host, phases, &mut gathering))
            .collect();
        let warnings = gathering.finish(operation != Operation::Push)?;
        let plan = Plan {
            reference: reference.clone(),
            operation,
            profile: profile.clone(),
            attempts,
            findings: found.findings.clone(),
            warnings,
        };
        Ok(PreparedOperation::new(plan, found, self.session()))
    }

    /// Every entry that is stored for a host, whatever its registry namespace, repository and
    /// profile, in the order of the sources.
    ///
    /// # Errors
    /// Where a source is there and cannot be read.
    pub fn entries(&self, host: &Authority) -> Result<Vec<Entry>, SourceError> {
        let mut entries = Vec::new();
        for source in &self.sources {
            entries.extend(source.entries(host)?.entries);
        }
        Ok(entries)
    }

    /// A session that fetches the secrets of plans made by this resolver.
    pub fn session(&self) -> Session {
        Session::new(&self.sources).with_clock(self.clock.clone())
    }
}
