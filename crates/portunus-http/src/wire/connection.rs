use std::sync::{Arc, Mutex, PoisonError};

use portunus::authorizer::{Addresses, Route};
use reqwest::redirect::Policy;

use crate::options::Options;
use crate::options::roots::{Roots, RootsOnce};
use crate::wire::guarded_resolver::GuardedResolver;
use crate::wire::tls::client_config;

/// Connections by their way, each pool made once: reading certificates takes time.
#[derive(Debug)]
pub(crate) struct Connections {
    made: Mutex<Vec<(Route, reqwest::Client)>>,
    roots: Arc<RootsOnce>,
}

impl Connections {
    pub(crate) fn new(roots: Roots) -> Self {
        Self {
            made: Mutex::default(),
            roots: Arc::new(RootsOnce::new(roots)),
        }
    }

    pub(crate) fn get(&self, route: &Route, options: &Options) -> Result<reqwest::Client, String> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = made.iter().find(|(held, _)| held == route) {
            return Ok(client.clone());
        }
        let client = self.build(route, options)?;
        made.push((route.clone(), client.clone()));
        Ok(client)
    }

    fn build(&self, route: &Route, options: &Options) -> Result<reqwest::Client, String> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(client_config(route, &self.roots)?)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            // As Go reads them: a header may go on in the next line, and one that is none does not
            // spoil the others.
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .user_agent(&options.user_agent);
        if let Some(limit) = route.dial_timeout {
            builder = builder.connect_timeout(limit);
        }
        for proxy in options.proxies.build()? {
            builder = builder.proxy(proxy);
        }
        if route.addresses != Addresses::Any {
            builder = builder.dns_resolver(GuardedResolver {
                addresses: route.addresses,
                proxies: options.proxies.hosts(),
            });
        }
        let unusable = "the HTTP client cannot be set up";
        builder.build().map_err(|_| unusable.to_owned())
    }
}
