//! What is missing, as something to do.

use portunus::hosts::Host;
use portunus::name::{Authority, CredentialKey, Profile, RegistryNamespace};
use portunus::remedy::{LogIn, Remedy};
use portunus::resolve::Plan;

use crate::help::Help;

/// The login that a host of a plan misses, for the profile of the plan.
pub(crate) fn missing_login(plan: &Plan, host: &Host) -> Remedy {
    login(plan.reference.registry_namespace(), host, &plan.profile)
}

/// The login for one host of a registry namespace.
pub(crate) fn login(
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

/// The logout that removes one login.
pub(crate) fn logout(key: &CredentialKey) -> Help {
    let registry_namespace = key.registry_namespace().map(ToString::to_string);
    let repository = key.repository().map(ToString::to_string);
    let flags = [
        ("--profile", key.profile().name()),
        ("--registry-namespace", registry_namespace.as_deref()),
        ("--repository", repository.as_deref()),
    ];
    let host = key.host().to_string();
    let flags = flags
        .into_iter()
        .filter_map(|(flag, value)| Some([flag, value?]));
    let words = std::iter::once("logout").chain(flags.flatten());
    Help::command(words.chain([host.as_str()]))
}
