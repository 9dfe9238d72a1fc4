//! A builder of a profile's own, for docker buildx.
//!
//! Where a token server refuses a request as a whole, folders alone do not keep two accounts apart:
//! what one has pushed, the builder would mount for the other. Nothing is in common in two builders.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::process::Command;

use portunus::name::Profile;

use crate::docker_folder::replace;
use crate::environment::Environment;
use crate::error::docker_builder::DockerBuilderError;
use crate::settings::Settings;

/// Names in a folder the builder that was made for it.
const MARKER: &str = "portunus-builder";

/// These go before what a folder says, for every profile alike.
const ABOVE_FOLDERS: [&str; 2] = ["BUILDX_CONFIG", "BUILDX_BUILDER"];

/// Has buildx make a builder for the profile in force, and use it in the docker configuration folder
/// that [`make_docker_folder`](crate::docker_folder::make_docker_folder) has made; one that was made
/// before is used again. Gives its name. A BuildKit of its own runs in a container of the daemon
/// that the environment names, and starts with the first build.
///
/// # Errors
/// Where docker cannot be run or does not do that, or would use another builder all the same.
pub fn make_docker_builder(
    settings: &Settings,
    folder: &Path,
) -> Result<String, DockerBuilderError> {
    let environment = settings.environment();
    let set = ABOVE_FOLDERS
        .into_iter()
        .find(|it| environment.variable(it).is_some());
    if let Some(variable) = set {
        return Err(DockerBuilderError::Above { variable });
    }
    if let Some(name) = made_for(folder)? {
        buildx(&["use", &name], folder, environment)?;
        return Ok(name);
    }
    let name = new_name(&settings.profile);
    let create = ["create", "--driver", "docker-container", "--use", "--name"];
    buildx(&[&create[..], &[&name]].concat(), folder, environment)?;
    replace(&folder.join(MARKER), &format!("{name}\n"))?;
    Ok(name)
}

/// Has buildx remove the builder of a folder, with its container and what that has built.
///
/// # Errors
/// Where docker cannot be run, or does not do that.
pub(crate) fn remove_docker_builder(
    folder: &Path,
    environment: &Environment,
) -> Result<(), DockerBuilderError> {
    if let Some(name) = made_for(folder)? {
        buildx(&["rm", &name], folder, environment)?;
        fs::remove_file(folder.join(MARKER))?;
    }
    Ok(())
}

/// The builder that was made for a folder, and is still known there.
fn made_for(folder: &Path) -> io::Result<Option<String>> {
    let name = match fs::read_to_string(folder.join(MARKER)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read?.trim().to_owned(),
    };
    let is_known = folder.join("buildx/instances").join(&name).is_file();
    Ok(Some(name).filter(|_| is_known))
}

/// Others name profiles as we do, at the same daemon, and a builder is whoever has its name.
fn new_name(profile: &Profile) -> String {
    let readable = profile.to_string().to_ascii_lowercase();
    let readable = readable.chars().filter(char::is_ascii_alphanumeric);
    let readable: String = readable.take(32).collect();
    // No two of these have the same seeds.
    let unique = RandomState::new().build_hasher().finish();
    format!("portunus-{readable}-{unique:016x}")
}

fn buildx(
    arguments: &[&str],
    folder: &Path,
    environment: &Environment,
) -> Result<(), DockerBuilderError> {
    let ran = Command::new("docker")
        .arg("buildx")
        .args(arguments)
        .env_clear()
        .envs(&environment.variables)
        .env("DOCKER_CONFIG", folder)
        .output();
    let ran = ran.map_err(DockerBuilderError::NotRun)?;
    if ran.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
    Err(DockerBuilderError::Failed {
        words: last.unwrap_or("it did not say why").to_owned(),
    })
}
