//! Commands that messages tell the user to run.

use portunus::hosts::Host;
use portunus::name::{Authority, RegistryNamespace};
use portunus::resolve::Plan;

/// The login that a host of a plan misses, for the profile of the plan.
pub(crate) fn missing_login(plan: &Plan, host: &Host) -> String {
    let command = login_command(plan.reference.registry_namespace(), host);
    match plan.profile.name() {
        Some(name) => format!("{command} --profile {name}"),
        None => command,
    }
}

/// The login for one host of a registry namespace.
pub(crate) fn login_command(registry_namespace: &RegistryNamespace, host: &Host) -> String {
    let own = registry_namespace.authority();
    let authority = Authority::of_host(&host.scheme, &host.host).ok();
    if own.is_some() && own == authority {
        return match authority.is_some_and(|authority| authority.is_docker_hub()) {
            true => "portunus login".to_owned(),
            false => format!("portunus login {registry_namespace}"),
        };
    }
    format!(
        "portunus login --registry-namespace {registry_namespace} {}",
        host.host
    )
}
