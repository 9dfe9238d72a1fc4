use std::path::PathBuf;
use std::time::Duration;

use portunus::hosts::{ClientCertificate, Host};
use portunus::token::trust::AddressClass;

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
