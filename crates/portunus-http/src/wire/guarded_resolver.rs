use std::net::SocketAddr;

use portunus::token::trust::{AddressClass, Refusal, refuse_target};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolves the names a registry sends us to, and refuses addresses it may not send us to. What
/// was checked is what is connected to.
#[derive(Debug, Clone)]
pub(crate) struct GuardedResolver {
    pub(crate) registry: AddressClass,
    /// Proxies are the operator's choice, not the registry's.
    pub(crate) proxies: Vec<String>,
}

/// An address that was refused, on its way through the HTTP library.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct RefusedAddress(pub(crate) Refusal);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let registry = self.registry;
        let exempt = self.proxies.iter().any(|proxy| proxy == name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            if !exempt {
                admit(registry, &found)?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// One address that may not be asked spoils them all: a name that has both is no accident.
fn admit(registry: AddressClass, found: &[SocketAddr]) -> Result<(), RefusedAddress> {
    for address in found {
        refuse_target(registry, address.ip()).map_err(RefusedAddress)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolves(registry: AddressClass, proxies: &[&str]) -> bool {
        let proxies = proxies.iter().map(|&proxy| proxy.to_owned()).collect();
        let resolver = GuardedResolver { registry, proxies };
        let name: Name = "localhost".parse().unwrap();
        resolver.resolve(name).await.is_ok()
    }

    #[tokio::test]
    async fn the_resolved_address_is_what_counts() {
        assert!(resolves(AddressClass::Private, &[]).await);
        assert!(!resolves(AddressClass::Public, &[]).await);
        assert!(resolves(AddressClass::Public, &["localhost"]).await);
    }

    #[test]
    fn a_name_with_a_metadata_address_among_others_is_refused() {
        let found = ["93.184.216.34:443", "169.254.169.254:443", "[fe80::1]:443"];
        let found = found.map(|address| address.parse().unwrap());
        for registry in [AddressClass::Public, AddressClass::Private] {
            assert!(admit(registry, &found[..1]).is_ok());
            let refused = admit(registry, &found).unwrap_err();
            assert!(refused.to_string().contains("169.254.169.254"), "{refused}");
            assert!(admit(registry, &found[2..]).is_err());
        }
    }
}
