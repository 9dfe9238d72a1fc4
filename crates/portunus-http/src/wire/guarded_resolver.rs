use std::net::SocketAddr;

use portunus::authorizer::Addresses;
use portunus::token::trust::Refusal;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolves the names a registry sends us to, and refuses addresses it may not send us to. What
/// was checked is what is connected to.
#[derive(Debug, Clone)]
pub(crate) struct GuardedResolver {
    pub(crate) addresses: Addresses,
    /// Proxies are the operator's choice, not the registry's.
    pub(crate) proxies: Vec<String>,
}

/// An address that was refused, on its way through the HTTP library.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct RefusedAddress(pub(crate) Refusal);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.addresses;
        let exempt = self.proxies.iter().any(|proxy| proxy == name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            if !exempt {
                let found = found.iter().map(SocketAddr::ip);
                addresses.admit(found).map_err(RefusedAddress)?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use portunus::token::trust::AddressClass;

    use super::*;

    async fn resolves(registry: AddressClass, proxies: &[&str]) -> bool {
        let proxies = proxies.iter().map(|&proxy| proxy.to_owned()).collect();
        let addresses = Addresses::NamedBy(registry);
        let resolver = GuardedResolver { addresses, proxies };
        let name: Name = "localhost".parse().unwrap();
        resolver.resolve(name).await.is_ok()
    }

    #[tokio::test]
    async fn the_resolved_address_is_what_counts() {
        assert!(resolves(AddressClass::Private, &[]).await);
        assert!(!resolves(AddressClass::Public, &[]).await);
        assert!(resolves(AddressClass::Public, &["localhost"]).await);
    }
}
