//! `config.toml`: the operator's settings.

mod helpers;
pub(crate) mod key;
mod kubernetes;
pub(crate) mod profile_directory;
mod reader;
#[cfg(test)]
mod tests;
pub(crate) mod trust;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use portunus::name::{NameError, Profile};
use portunus::printable::system_words;
use portunus::writers::refuse_foreign_writers;
use portunus_kubernetes::provider::AccountProfile;

use crate::error::config::{ConfigError, ConfigWarning};
use crate::named_helper::NamedHelper;
use crate::store_choice::StoreChoice;
use key::Key;
use profile_directory::ProfileDirectory;
use reader::Reader;
use trust::Trust;

/// The largest `config.toml` that is read.
const LARGEST: u64 = 1 << 20;

/// The settings of `config.toml`; an absent file has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// `store`: where logins are kept.
    pub store: Option<StoreChoice>,
    /// `profile`: whose credentials.
    pub profile: Option<Profile>,
    /// `hosts_dirs`: the hosts directories, in order.
    pub hosts_directories: Vec<PathBuf>,
    /// `anonymous_fallback`: whether a pull asks anonymously where every credential was rejected.
    pub anonymous_fallback: Option<bool>,
    /// `[helpers]`: which credential helper is asked for which hosts.
    pub helpers: Vec<NamedHelper>,
    /// `[trust]`.
    pub trust: Trust,
    /// Names of `[profiles.NAME]`.
    pub profiles: Vec<String>,
    /// Those of them with `inherit = true`.
    pub inheriting: Vec<String>,
    /// `profiles.NAME.directories`: where which of them is in force.
    pub directories: Vec<ProfileDirectory>,
    /// `kubernetes.profiles`: the profiles of service accounts.
    pub kubernetes_profiles: Vec<AccountProfile>,
    /// Keys that nobody reads.
    pub warnings: Vec<ConfigWarning>,
}

impl Config {
    /// Reads the file; an absent one is empty.
    ///
    /// # Errors
    /// Where it is there and cannot be read, somebody else may write it, or it makes no sense.
    pub fn read(path: &Path) -> Result<Self, Box<ConfigError>> {
        let unreadable = |problem: String| ConfigError::Unreadable {
            path: path.to_owned(),
            problem,
        };
        match std::fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unreadable(system_words(&error)).into()),
            Ok(metadata) if !metadata.is_file() => {
                return Err(unreadable("not a file".into()).into());
            }
            Ok(metadata) if metadata.len() > LARGEST => {
                return Err(unreadable("it is larger than 1 MiB".into()).into());
            }
            Ok(_) => {}
        }
        // It names programs that are run, and who is trusted.
        refuse_foreign_writers(path).map_err(|writer| ConfigError::Untrusted {
            path: path.to_owned(),
            writer,
        })?;
        let bytes = std::fs::read(path).map_err(|e| unreadable(system_words(&e)))?;
        match str::from_utf8(&bytes) {
            Ok(text) => Ok(Self::parse(path, text)?),
            Err(error) => {
                let (before, _) = bytes.split_at(error.valid_up_to());
                let error = Reader::new(path, &String::from_utf8_lossy(before)).not_text();
                Err(error.into())
            }
        }
    }

    /// Whether a profile also sees the default profile's credentials.
    pub fn inherits(&self, profile: &str) -> bool {
        self.inheriting.iter().any(|name| name == profile)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(path, text);
        let root = reader.document()?;
        let mut config = Self::default();
        for (key, value) in reader.keys(&root, "", &Key::names_below("")) {
            match key {
                "store" => {
                    let store = reader.text(key, value)?.parse::<StoreChoice>();
                    config.store = Some(store.map_err(|error| reader.fail_at(value, error))?);
                }
                "profile" => {
                    let name = reader.text(key, value)?;
                    let profile = read_profile(&name);
                    config.profile = Some(profile.map_err(|error| reader.fail_at(value, error))?);
                }
                "hosts_dirs" => {
                    let paths = reader.array(key, value)?.iter();
                    let paths = paths.map(|path| reader.path(key, path));
                    config.hosts_directories = paths.collect::<Result<_, _>>()?;
                }
                "anonymous_fallback" => {
                    config.anonymous_fallback = Some(reader.boolean(key, value)?);
                }
                "helpers" => config.helpers = helpers::read(&reader, value)?,
                "trust" => config.trust = Trust::read(&mut reader, value)?,
                "kubernetes" => {
                    config.kubernetes_profiles = kubernetes::read(&mut reader, value)?;
                }
                _ => profiles(&mut reader, value, &mut config)?,
            }
        }
        config.warnings = reader.into_warnings();
        Ok(config)
    }
}

/// The profile of a name as it is written: `default` is the one that has none.
///
/// # Errors
/// Where it is no name of a profile.
pub fn read_profile(name: &str) -> Result<Profile, NameError> {
    match name {
        "default" => Ok(Profile::DEFAULT),
        _ => Profile::new(name),
    }
}

fn profiles<'a>(
    reader: &mut Reader<'a>,
    value: &reader::Value<'a>,
    config: &mut Config,
) -> Result<(), ConfigError> {
    for (name, profile) in reader.table("profiles", value)? {
        let read = read_profile(name.get_ref()).map_err(|error| reader.fail_at(name, error))?;
        let name = name.get_ref().to_string();
        let table = reader.table("profiles", profile)?;
        let known = Key::names_below("profiles.NAME.");
        for (key, value) in reader.keys(table, &format!("profiles.{name}."), &known) {
            match key {
                "inherit" => {
                    if reader.boolean("inherit", value)? {
                        config.inheriting.push(name.clone());
                    }
                }
                _ => {
                    let of_it = profile_directory::read(reader, value, &read)?;
                    config.directories.extend(of_it);
                }
            }
        }
        config.profiles.push(name);
    }
    config.profiles.sort();
    config.inheriting.sort();
    config.directories.sort();
    Ok(())
}
