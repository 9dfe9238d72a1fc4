use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::hosts::{ClientCertificate, Host};
use crate::token::trust::{AddressClass, Refusal, refuse_target};

/// How to get to where a request goes. Equal ways may share connections, others must not.
///
/// No part of it may be left out: a client that cannot do one refuses the request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// Files with certificate authorities to trust besides the usual ones.
    pub ca: Vec<PathBuf>,
    /// Client certificates.
    pub client: Vec<ClientCertificate>,
    /// Whether the certificate of the other side goes unchecked.
    pub skip_verify: bool,
    /// How long the connection may take; `None`: no limit.
    pub dial_timeout: Option<Duration>,
    /// Where it may lead.
    pub addresses: Addresses,
}

/// Which resolved addresses may be connected to; addresses that stand in a URL are judged already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// Each: the operator named the host.
    Any,
    /// A registry of that class named the target: to be asked between the name and the socket,
    /// unless a proxy resolves it.
    NamedBy(AddressClass),
}

impl Addresses {
    /// Whether a name with these addresses may be connected to. One that may not be spoils them
    /// all: a name that has both is no accident.
    ///
    /// # Errors
    /// Where it may not.
    pub fn admit(self, found: impl IntoIterator<Item = IpAddr>) -> Result<(), Refusal> {
        match self {
            Self::Any => Ok(()),
            Self::NamedBy(registry) => found
                .into_iter()
                .try_for_each(|address| refuse_target(registry, address)),
        }
    }
}

impl Route {
    /// To a host itself.
    pub(super) fn to_host(host: &Host) -> Self {
        Self {
            ca: host.ca.clone().unwrap_or_default(),
            client: host.client.clone().unwrap_or_default(),
            skip_verify: host.tls_insecure,
            dial_timeout: host.dial_timeout.limit(),
            addresses: Addresses::Any,
        }
    }

    /// To where a host sends us: nothing of the host holds there.
    pub(super) fn beyond(&self, registry: AddressClass) -> Self {
        Self {
            ca: Vec::new(),
            client: Vec::new(),
            skip_verify: false,
            dial_timeout: self.dial_timeout,
            addresses: Addresses::NamedBy(registry),
        }
    }

    /// To the realm of a host: its certificate authorities hold there too, nothing else does.
    pub(super) fn to_realm(&self, registry: AddressClass) -> Self {
        Self {
            ca: self.ca.clone(),
            ..self.beyond(registry)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_metadata_address_among_others_is_refused() {
        let found = ["93.184.216.34", "169.254.169.254", "fe80::1"];
        let found: Vec<IpAddr> = found.iter().map(|it| it.parse().unwrap()).collect();
        for registry in [AddressClass::Public, AddressClass::Private] {
            let named = Addresses::NamedBy(registry);
            assert!(named.admit(found[..1].iter().copied()).is_ok());
            let refused = named.admit(found.iter().copied()).unwrap_err();
            assert!(refused.to_string().contains("169.254.169.254"), "{refused}");
            assert!(named.admit(found[2..].iter().copied()).is_err());
        }
        assert!(Addresses::Any.admit(found).is_ok());
    }
}
