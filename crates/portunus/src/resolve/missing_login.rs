use super::plan::Plan;
use crate::name::{Authority, CredentialKey, Profile, RegistryNamespace};
use crate::remedy::{LogIn, Remedy};
use containerd_hosts::Host;

/// What to do where a host of a registry namespace has no login that it accepts: to log in there for
/// that registry namespace alone, or to mend the host, where its text is none.
pub fn missing_login(
    registry_namespace: &RegistryNamespace,
    host: &Host,
    profile: &Profile,
) -> Remedy {
    match Authority::of_host(&host.scheme, &host.host) {
        Ok(authority) => {
            let key = CredentialKey::plain(authority)
                .with_registry_namespace(registry_namespace.clone())
                .with_profile(profile.clone());
            LogIn::new(key).into()
        }
        Err(_) => Remedy::CheckHosts(registry_namespace.clone()),
    }
}

impl Plan {
    /// What to do where this host of it has no login that it accepts, for the profile of the plan.
    pub fn missing_login(&self, host: &Host) -> Remedy {
        missing_login(self.reference.registry_namespace(), host, &self.profile)
    }
}
