//! A docker configuration folder for each profile.
//!
//! docker and its kin keep one account a host in a folder, and BuildKit's client derives what makes
//! two sessions share a token from a seed in it, whatever the account
//! (`session/auth/authprovider/tokenseed.go`). So profiles are apart there only in folders of their
//! own, and an account is apart from the one before only with a new seed.

use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use portunus::name::Profile;
use portunus::writers::{refuse_foreign_writers, refuse_unless_private};
use serde_json::{Map, Value, json};

use crate::environment::Environment;
use crate::error::ClientError;
use crate::settings::{Settings, read_profile};

/// Says in a folder whose it is.
const MARKER: &str = "portunus-profile";

/// Where BuildKit's client keeps its seeds.
const SEED: &str = ".token_seed";

/// What docker's file may say without a secret in it.
const HARMLESS: [&str; 9] = [
    "aliases",
    "cliPluginsExtraDirs",
    "currentContext",
    "detachKeys",
    "experimental",
    "features",
    "imagesFormat",
    "plugins",
    "psFormat",
];

/// What is the same whatever the account, and may be large.
const LINKED: [&str; 2] = ["cli-plugins", "contexts"];

/// More is no configuration.
const LARGEST: u64 = 1 << 20;

/// Where the folder of the profile in force is, or would be; `None`: it is the default profile,
/// which has docker's own.
pub fn docker_folder(settings: &Settings) -> Option<PathBuf> {
    let name = settings.profile.name()?;
    Some(folder_of(settings, name))
}

/// Makes the folder of the profile in force, or brings it up to date: docker finds nothing there
/// but the credential helper, its plugins, its contexts, and settings without a secret.
///
/// # Errors
/// Where it cannot be made or read, others may write it, or the profile is the default one.
pub fn make_docker_folder(settings: &Settings) -> Result<PathBuf, ClientError> {
    let folder = docker_folder(settings).ok_or(ClientError::DefaultProfile)?;
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder)?;
    refuse_unless_private(&folder).map_err(ClientError::Untrusted)?;
    let own = own_folder(settings.environment());
    let mut config = match &own {
        Some(own) => harmless_settings(&own.join("config.json"))?,
        None => Map::new(),
    };
    config.insert("credsStore".to_owned(), json!("portunus"));
    let text = serde_json::to_string_pretty(&config).map_err(io::Error::from)?;
    replace(&folder.join("config.json"), &(text + "\n"))?;
    replace(&folder.join(MARKER), &format!("{}\n", settings.profile))?;
    if let Some(own) = own {
        link(&own, &folder)?;
    }
    Ok(folder)
}

/// Whose the folder is that docker was told to use; `None`: nobody's in particular.
///
/// # Errors
/// Where others may write what says so, or it names no profile.
pub fn profile_of_docker_folder(environment: &Environment) -> Result<Option<Profile>, ClientError> {
    let Some(folder) = environment.path("DOCKER_CONFIG") else {
        return Ok(None);
    };
    let marker = folder.join(MARKER);
    let text = match fs::metadata(&marker) {
        Ok(metadata) if metadata.is_file() && metadata.len() <= LARGEST => {
            refuse_foreign_writers(&marker).map_err(ClientError::Untrusted)?;
            fs::read_to_string(&marker)?
        }
        _ => return Ok(None),
    };
    Ok(Some(read_profile(text.trim())?))
}

/// Makes a change to what is stored for the profile in force, after which builders take whoever
/// uses its folder for somebody else: an account came, or went. What they keep for the one before is
/// asked for by nobody then.
///
/// # Errors
/// Where the change fails, or a seed is there and cannot be removed.
pub fn unknown_to_builders<T, E: From<ClientError>>(
    settings: &Settings,
    change: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    // What cannot be removed is noticed while nothing has changed; and what a build has made
    // meanwhile is of the account before.
    forget_seeds(settings)?;
    let changed = change()?;
    forget_seeds(settings)?;
    Ok(changed)
}

/// The same for docker's own folder, whose seed is docker's.
pub(crate) fn unknown_in_own_folder(
    settings: &Settings,
    change: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    let own = own_folder(settings.environment());
    let forget = || own.iter().try_for_each(|own| forget_seed(own));
    forget()?;
    change()?;
    forget()
}

/// Of the profile in force, and of those that see its credentials.
fn forget_seeds(settings: &Settings) -> Result<(), ClientError> {
    let inheriting = match settings.profile.name() {
        Some(_) => &[][..],
        None => &settings.config.inheriting,
    };
    let own = settings.profile.name().into_iter();
    for name in own.chain(inheriting.iter().map(String::as_str)) {
        forget_seed(&folder_of(settings, name))?;
    }
    Ok(())
}

fn forget_seed(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(SEED)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn folder_of(settings: &Settings, name: &str) -> PathBuf {
    let folders = settings.config_file().with_file_name("docker");
    folders.join(name)
}

/// Docker's own folder; one of ours is none.
fn own_folder(environment: &Environment) -> Option<PathBuf> {
    let named = environment.path("DOCKER_CONFIG");
    let named = named.filter(|folder| !folder.join(MARKER).exists());
    named.or_else(|| Some(environment.path("HOME")?.join(".docker")))
}

fn harmless_settings(file: &Path) -> Result<Map<String, Value>, ClientError> {
    let text = match fs::metadata(file) {
        Ok(metadata) if metadata.len() <= LARGEST => fs::read(file)?,
        Ok(_) => return Err(io::Error::from(ErrorKind::FileTooLarge).into()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Map::new()),
        Err(error) => return Err(error.into()),
    };
    // What the parser says may hold a secret.
    let broken = || io::Error::from(ErrorKind::InvalidData);
    let mut all: Map<String, Value> = serde_json::from_slice(&text).map_err(|_| broken())?;
    all.retain(|name, _| HARMLESS.contains(&name.as_str()));
    Ok(all)
}

#[cfg(unix)]
fn link(own: &Path, folder: &Path) -> io::Result<()> {
    for name in LINKED {
        let (source, at) = (own.join(name), folder.join(name));
        if source.is_dir() && fs::symlink_metadata(&at).is_err() {
            std::os::unix::fs::symlink(source, at)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Whole or not at all.
pub(crate) fn replace(file: &Path, text: &str) -> io::Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, text)?;
    fs::rename(new, file)
}
