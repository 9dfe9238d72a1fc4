//! Registries that are shown a wrong password.

use support::programmable_registry::ProgrammableRegistry;

use crate::http::World;
use crate::login::alice;

/// Registries that ask for a password, and for a token.
pub fn both() -> [ProgrammableRegistry; 2] {
    [
        ProgrammableRegistry::basic(&alice()),
        ProgrammableRegistry::bearer(&alice()),
    ]
}

/// Two path mirrors and the server, all at one host.
pub fn world_of_paths(registry: &ProgrammableRegistry) -> World {
    let url = registry.url();
    let mirror = |name: &str| {
        format!(
            "[host.\"{url}/v2/{name}\"]\noverride_path = true\ncapabilities = [\"pull\", \"resolve\"]\n"
        )
    };
    let text = format!("server = \"{url}\"\n{}{}", mirror("one"), mirror("two"));
    World::new().with_hosts_toml("reg-a.test", &text)
}
