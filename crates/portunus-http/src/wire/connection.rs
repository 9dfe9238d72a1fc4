use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portunus::hosts::{ClientCertificate, Host};
use portunus::token::trust::AddressClass;
use reqwest::redirect::Policy;

use crate::options::Options;
use crate::options::roots::{Roots, RootsOnce};
use crate::wire::guarded_resolver::GuardedResolver;
use crate::wire::tls::client_config;

/// What tells one kind of connection from another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ConnectionSettings {
    pub(crate) ca: Vec<PathBuf>,
    pub(crate) client: Vec<ClientCertificate>,
    pub(crate) tls_insecure: bool,
    pub(crate) dial_timeout: Option<Duration>,
    /// For targets a registry names: the class of the registry's own address.
    pub(crate) guard: Option<AddressClass>,
}

impl ConnectionSettings {
    /// For a host itself.
    pub(crate) fn of_host(host: &Host) -> Self {
        Self {
            ca: host.ca.clone().unwrap_or_default(),
            client: host.client.clone().unwrap_or_default(),
            tls_insecure: host.tls_insecure,
            dial_timeout: host.dial_timeout.limit(),
            guard: None,
        }
    }

    /// For the realm of a host: its certificate authorities hold there too, nothing else does.
    pub(crate) fn of_realm(&self, registry: AddressClass) -> Self {
        Self {
            ca: self.ca.clone(),
            ..Self::of_redirect_target(self.dial_timeout, registry)
        }
    }

    /// For where a host sends us: nothing of the host holds there.
    pub(crate) fn of_redirect_target(
        dial_timeout: Option<Duration>,
        registry: AddressClass,
    ) -> Self {
        Self {
            dial_timeout,
            guard: Some(registry),
            ..Self::default()
        }
    }
}

/// Connections by their settings, each pool made once: reading certificates takes time.
#[derive(Debug)]
pub(crate) struct Connections {
    made: Mutex<Vec<(ConnectionSettings, reqwest::Client)>>,
    roots: Arc<RootsOnce>,
}

impl Connections {
    pub(crate) fn new(roots: Roots) -> Self {
        Self {
            made: Mutex::default(),
            roots: Arc::new(RootsOnce::new(roots)),
        }
    }

    pub(crate) fn get(
        &self,
        settings: &ConnectionSettings,
        options: &Options,
    ) -> Result<reqwest::Client, String> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = made.iter().find(|(held, _)| held == settings) {
            return Ok(client.clone());
        }
        let client = self.build(settings, options)?;
        made.push((settings.clone(), client.clone()));
        Ok(client)
    }

    fn build(
        &self,
        settings: &ConnectionSettings,
        options: &Options,
    ) -> Result<reqwest::Client, String> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(client_config(settings, &self.roots)?)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(&options.user_agent);
        if let Some(limit) = settings.dial_timeout {
            builder = builder.connect_timeout(limit);
        }
        for proxy in options.proxies.build()? {
            builder = builder.proxy(proxy);
        }
        if let Some(registry) = settings.guard {
            builder = builder.dns_resolver(GuardedResolver {
                registry,
                proxies: options.proxies.hosts(),
            });
        }
        let unusable = "the HTTP client cannot be set up";
        builder.build().map_err(|_| unusable.to_owned())
    }
}
