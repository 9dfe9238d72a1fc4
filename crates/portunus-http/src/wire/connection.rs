use std::sync::{Arc, Mutex, PoisonError};

use reqwest::redirect::Policy;

use crate::options::Options;
use crate::options::roots::{Roots, RootsOnce};
use crate::wire::connection_settings::ConnectionSettings;
use crate::wire::guarded_resolver::GuardedResolver;
use crate::wire::tls::client_config;

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
