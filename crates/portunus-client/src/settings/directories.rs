use std::path::{Path, PathBuf};

use portunus::hosts::HostsTree;

use crate::environment::Environment;
use crate::error::ClientError;
use crate::setting_source::SettingSource;
use crate::settings::config::Config;
use crate::settings::overrides::Overrides;

/// Where the system's containerd is configured.
const CONTAINERD_CONFIG: &str = "/etc/containerd/config.toml";

/// The operator's settings, in the directory of the configuration.
pub(super) const CONFIG_FILE: &str = "config.toml";

/// Where the operator's settings are.
pub(super) fn find_config(
    overrides: &Overrides,
    environment: &Environment,
) -> Result<PathBuf, ClientError> {
    Ok(find_config_directory(overrides, environment)?.join(CONFIG_FILE))
}

/// Where `config.toml` and `credentials.json` are.
pub(super) fn find_config_directory(
    overrides: &Overrides,
    environment: &Environment,
) -> Result<PathBuf, ClientError> {
    let in_home = |home: PathBuf| home.join(".config/portunus");
    overrides
        .config_directory
        .clone()
        .or_else(|| environment.path("PORTUNUS_CONFIG_DIR"))
        .or_else(|| {
            environment
                .path("XDG_CONFIG_HOME")
                .map(|base| base.join("portunus"))
        })
        .or_else(|| environment.path("HOME").map(in_home))
        .ok_or(ClientError::NoConfigDirectory)
}

/// The hosts directories, in order, and what decided them.
pub(super) fn find_hosts(
    overrides: &Overrides,
    environment: &Environment,
    config: &Config,
) -> (Vec<PathBuf>, SettingSource) {
    if !overrides.hosts_directories.is_empty() {
        return (overrides.hosts_directories.clone(), SettingSource::Caller);
    }
    if let Some(list) = environment.variable("PORTUNUS_HOSTS_DIR") {
        let paths = std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty());
        return (
            paths.collect(),
            SettingSource::Variable("PORTUNUS_HOSTS_DIR"),
        );
    }
    if !config.hosts_directories.is_empty() {
        return (config.hosts_directories.clone(), SettingSource::File);
    }
    let (xdg, home) = (
        environment.path("XDG_CONFIG_HOME"),
        environment.path("HOME"),
    );
    let own = HostsTree::rootless(xdg.as_deref(), home.as_deref());
    // A configuration of the daemon's that we may not read tells us nothing.
    let configured = HostsTree::from_containerd_config(Path::new(CONTAINERD_CONFIG));
    let system = configured.ok().flatten().unwrap_or_else(HostsTree::system);
    let defaults = [own.roots(), system.roots()].concat();
    (defaults, SettingSource::Default)
}
