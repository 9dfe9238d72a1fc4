//! Commands that messages tell the user to run.

use portunus::hosts::Host;
use portunus::name::{Authority, CredentialKey, Profile, RegistryNamespace, shell_word};
use portunus::resolve::Plan;

/// The login that a host of a plan misses, for the profile of the plan.
pub(crate) fn missing_login(plan: &Plan, host: &Host) -> String {
    login_command(plan.reference.registry_namespace(), host, &plan.profile)
}

/// The login for one host of a registry namespace.
pub(crate) fn login_command(
    registry_namespace: &RegistryNamespace,
    host: &Host,
    profile: &Profile,
) -> String {
    match Authority::of_host(&host.scheme, &host.host) {
        Ok(authority) => CredentialKey::plain(authority)
            .with_registry_namespace(registry_namespace.clone())
            .with_profile(profile.clone())
            .login_command(),
        Err(_) => format!("portunus check {}", shell_word(registry_namespace.as_str())),
    }
}
