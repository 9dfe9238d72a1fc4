use std::sync::Arc;

use portunus::hosts::{Host, HostsTree, Reading, RegistryNamespaceHosts};
use portunus::name::{Authority, RegistryNamespace};
use portunus::token::trust::Consent;

use crate::error::ClientError;
use crate::error::target::TargetError;
use crate::http;
use crate::login::request::LoginRequest;
use crate::settings::Settings;

/// The host that a login contacts, as `hosts.toml` has it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoginHost {
    /// The host.
    pub host: Arc<Host>,
    /// What its credentials are kept under.
    pub authority: Authority,
    /// The registry namespace it is asked for.
    pub registry_namespace: RegistryNamespace,
    /// Every host of the registry namespace.
    pub siblings: Vec<Arc<Host>>,
    /// Whether it is one of them: a login for another one is not used.
    pub is_listed: bool,
}

impl LoginHost {
    /// The one host of a login: for a registry namespace one of its hosts, else the registry's own,
    /// never its mirrors.
    ///
    /// # Errors
    /// Where it is none of those of the registry namespace, or these cannot be read.
    pub fn find(request: &LoginRequest, settings: &Settings) -> Result<Self, ClientError> {
        let target = &request.target;
        if request.verify && target.host.contains('*') {
            return Err(TargetError::Glob(target.host.clone()).into());
        }
        let own = || RegistryNamespace::new(&target.host).map_err(ClientError::from);
        let registry_namespace = match &target.registry_namespace {
            Some(registry_namespace) => registry_namespace.clone(),
            None => own()?,
        };
        let listed = read(settings.hosts(), &registry_namespace, request)?;
        let entries = listed.hosts.iter().filter(|host| target.is(host));
        let mut entries = entries
            .map(|host| Self::new(host.clone(), true, &listed, request))
            .collect::<Result<Vec<Self>, ClientError>>()?;
        if !entries.is_empty() {
            let at = match request.verify {
                true => first_that_asks(&entries, request, settings)?,
                false => 0,
            };
            return Ok(entries.swap_remove(at));
        }
        if target.registry_namespace.is_some() && request.verify {
            return Err(ClientError::Unlisted {
                host: target.host.clone(),
                listed: Box::new(listed),
                profile: target.profile.clone(),
            });
        }
        let host = read_unlisted(&own()?, request)?;
        Self::new(host, false, &listed, request)
    }

    /// Every host of the registry namespace, in order.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn find_all(request: &LoginRequest, settings: &Settings) -> Result<Vec<Self>, ClientError> {
        let registry_namespace = match &request.target.registry_namespace {
            Some(registry_namespace) => registry_namespace.clone(),
            None => RegistryNamespace::new(&request.target.host)?,
        };
        let listed = read(settings.hosts(), &registry_namespace, request)?;
        let hosts = listed.hosts.iter().cloned();
        hosts
            .map(|host| Self::new(host, true, &listed, request))
            .collect()
    }

    /// The other hosts of the registry namespace.
    pub fn mirrors(&self) -> impl Iterator<Item = &Host> {
        let siblings = self.siblings.iter().map(Arc::as_ref);
        siblings.filter(|host| !host.is_server && host.host != self.host.host)
    }

    /// Whether a pull asks the host over plain http as well.
    ///
    /// # Errors
    /// Where the hosts of the registry namespace cannot be read.
    pub fn is_pulled_over_http(&self, settings: &Settings) -> Result<bool, ClientError> {
        let listed = settings
            .hosts()
            .hosts(&self.registry_namespace, Reading::default())?;
        // On this machine a login goes along where https turns out not to be spoken.
        let falls_back = |host: &Host| host.http_fallback > 0 && self.authority.is_loopback();
        let is_it = |host: &Arc<Host>| {
            host.host == self.host.host && (host.scheme == self.host.scheme || falls_back(host))
        };
        Ok(listed.hosts.iter().any(is_it))
    }

    fn new(
        mut host: Arc<Host>,
        is_listed: bool,
        listed: &RegistryNamespaceHosts,
        request: &LoginRequest,
    ) -> Result<Self, ClientError> {
        if request.insecure_registry {
            let host = Arc::make_mut(&mut host);
            host.tls_insecure = true;
            host.http_fallback = host.http_fallback.max(1);
        }
        let authority = Authority::of_host(&host.scheme, &host.host)?;
        Ok(Self {
            host,
            authority,
            registry_namespace: listed.registry_namespace.clone(),
            siblings: listed.hosts.clone(),
            is_listed,
        })
    }
}

/// Of the entries of one host, the first that asks for a login, by its place: those that cannot be
/// reached, or refuse without asking, are passed over. The first of all where none asks.
fn first_that_asks(
    entries: &[LoginHost],
    request: &LoginRequest,
    settings: &Settings,
) -> Result<usize, ClientError> {
    if entries.len() < 2 {
        return Ok(0);
    }
    let client = http::client(settings)?;
    let asking = async {
        for (at, entry) in entries.iter().enumerate() {
            let key = request.target.key(entry.authority.clone());
            let (host, registry_namespace) = (&entry.host, &entry.registry_namespace);
            let consent = Consent::none(&key);
            let probe = client.probe(host, registry_namespace, &consent).await;
            if probe.challenge.is_some() {
                return at;
            }
        }
        0
    };
    http::block_on(asking)
}

/// The registry's own host, where no `hosts.toml` says anything about it.
fn read_unlisted(
    registry_namespace: &RegistryNamespace,
    request: &LoginRequest,
) -> Result<Arc<Host>, ClientError> {
    let nowhere = HostsTree::new(Vec::new());
    let hosts = read(nowhere, registry_namespace, request)?.hosts;
    let none = || ClientError::NoHost(registry_namespace.clone());
    hosts.into_iter().next_back().ok_or_else(none)
}

fn read(
    directories: HostsTree,
    registry_namespace: &RegistryNamespace,
    request: &LoginRequest,
) -> Result<RegistryNamespaceHosts, ClientError> {
    // Without verification https comes first, and plain http where there is no TLS.
    let is_http = request.plain_http || request.target.is_http;
    let directories = match is_http && !request.insecure_registry {
        true => directories.with_default_scheme("http"),
        false => directories,
    };
    Ok(directories.hosts(registry_namespace, Reading::default())?)
}
