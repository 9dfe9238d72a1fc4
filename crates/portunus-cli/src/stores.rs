//! Where this program reads credentials from, and where it writes them to.

use std::path::PathBuf;
use std::sync::Arc;

use portunus::store::{
    ContainersAuth, ContainersSearch, CredentialsFile, DockerAuthVariable, DockerConfig,
    HelperPrograms, Source,
};

use crate::environment::Environment;

/// Every source, in the order that decides between equally specific entries.
pub(crate) fn sources(
    credentials_file: CredentialsFile,
    environment: &Environment,
) -> Vec<Arc<dyn Source>> {
    let mut sources: Vec<Arc<dyn Source>> = Vec::new();
    if let Some(value) = environment.text("DOCKER_AUTH_CONFIG") {
        sources.push(Arc::new(DockerAuthVariable::new(value)));
    }
    sources.push(Arc::new(credentials_file));
    if let Some(path) = docker_config(environment) {
        sources.push(Arc::new(DockerConfig::new(path, helpers(environment))));
    }
    let containers = ContainersSearch {
        registry_auth_file: environment.path("REGISTRY_AUTH_FILE"),
        runtime_directory: environment.path("XDG_RUNTIME_DIR"),
        config_home: environment
            .path("XDG_CONFIG_HOME")
            .or_else(|| environment.path("HOME").map(|home| home.join(".config"))),
    };
    for path in containers.paths() {
        sources.push(Arc::new(ContainersAuth::new(path)));
    }
    sources
}

fn docker_config(environment: &Environment) -> Option<PathBuf> {
    let directory = environment
        .path("DOCKER_CONFIG")
        .or_else(|| environment.path("HOME").map(|home| home.join(".docker")));
    directory.map(|directory| directory.join("config.json"))
}

fn helpers(environment: &Environment) -> HelperPrograms {
    let variables = environment.variables.iter();
    HelperPrograms::new(variables.map(|(name, value)| (name.clone(), value.clone())))
}
