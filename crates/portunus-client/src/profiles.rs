//! Which profiles are there, and which one is in force?

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use portunus::name::Profile;

use crate::docker_builder::remove_docker_builder;
use crate::docker_folder::{docker_folder, unknown_in_own_folder};
use crate::error::ClientError;
use crate::list::{ListRequest, list};
use crate::logout::{LogoutReport, LogoutRequest, log_out};
use crate::settings::{Config, Settings, read_profile};

/// A profile that somebody has named.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfileReport {
    /// The profile.
    pub profile: Profile,
    /// Whether it is in force.
    pub is_active: bool,
    /// Whether it also sees the credentials of the default one.
    pub inherits: bool,
    /// The directories of `config.toml` that it is in force in, with what is below them.
    pub directories: Vec<PathBuf>,
    /// How many credentials are stored for it.
    pub credentials: usize,
    /// Its docker configuration folder, where it has one.
    pub docker_folder: Option<PathBuf>,
}

/// The default profile, those of `config.toml`, and those that have a credential, by name.
///
/// # Errors
/// Where one of our own stores cannot be read.
pub fn list_profiles(settings: &Settings) -> Result<Vec<ProfileReport>, ClientError> {
    let mut found: BTreeMap<Profile, usize> = BTreeMap::new();
    let configured = settings.config.profiles.iter();
    let configured = configured.filter_map(|name| read_profile(name).ok());
    for profile in configured.chain([Profile::DEFAULT, settings.profile.clone()]) {
        found.entry(profile).or_default();
    }
    for entry in list(&ListRequest::default(), settings)?.entries {
        *found.entry(entry.key.profile().clone()).or_default() += 1;
    }
    let reports = found.into_iter().map(|(profile, credentials)| {
        let of_it = settings.of_profile(&profile);
        ProfileReport {
            is_active: profile == settings.profile,
            inherits: of_it.inherits(),
            directories: directories_of(&settings.config, &profile),
            credentials,
            docker_folder: docker_folder(&of_it).filter(|folder| folder.is_dir()),
            profile,
        }
    });
    Ok(reports.collect())
}

/// Has `config.toml` name a profile, and leaves everything else in it as it is.
///
/// The credential helper answers in docker's own folder with the logins of that profile from then on,
/// so that builders are to take its user for somebody else.
///
/// # Errors
/// Where it cannot be read or written, or the seed in docker's folder cannot be removed.
pub fn use_profile(settings: &Settings, profile: &Profile) -> Result<(), ClientError> {
    let file = settings.config_file();
    let text = match fs::read_to_string(&file) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read?,
    };
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = file.with_extension("toml.new");
    fs::write(&new, naming(&text, profile))?;
    // Nothing is put in the place of what can be obeyed that cannot be.
    let read = Config::read(&new);
    let is_meant = matches!(&read, Ok(config) if config.profile.as_ref() == Some(profile));
    if !is_meant {
        let _ = fs::remove_file(&new);
        read?;
        return Err(io::Error::from(ErrorKind::InvalidData).into());
    }
    unknown_in_own_folder(settings, || fs::rename(new, file))?;
    Ok(())
}

/// Removes every login of a profile, and its docker configuration folder with its builder.
///
/// # Errors
/// Where it is the default profile, or something of it cannot be removed: the logins go first, and
/// the folder stays where docker does not remove the builder.
pub fn remove_profile(settings: &Settings, profile: &Profile) -> Result<LogoutReport, ClientError> {
    let of_it = settings.of_profile(profile);
    let folder = docker_folder(&of_it).ok_or(ClientError::DefaultProfile)?;
    let report = log_out(LogoutRequest::Everything, &of_it)?;
    remove_docker_builder(&folder, settings.environment())?;
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(report),
    }
}

fn directories_of(config: &Config, profile: &Profile) -> Vec<PathBuf> {
    let of_it = config
        .directories
        .iter()
        .filter(|it| it.profile == *profile);
    of_it.map(|it| it.directory.clone()).collect()
}

/// The text with a line that names the profile, in place of the one that does, else before all
/// others: what follows the name of a table is the table's.
fn naming(text: &str, profile: &Profile) -> String {
    let line = format!("profile = \"{profile}\"\n");
    let is_table = |line: &str| line.trim_start().starts_with('[');
    let names = |line: &str| {
        let rest = line.trim_start().strip_prefix("profile");
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let root = lines.iter().position(|line| is_table(line));
    let root = root.unwrap_or(lines.len());
    match lines[..root].iter().position(|line| names(line)) {
        Some(at) => lines[at] = &line,
        None => lines.insert(0, &line),
    }
    lines.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_names_the_profile_and_all_others_stay() {
        let work = Profile::new("work").unwrap();
        for (before, after) in [
            ("", "profile = \"work\"\n"),
            ("store = \"file\"", "profile = \"work\"\nstore = \"file\""),
            (
                "# mine\nprofile=\"ci\" # now\n[profiles.ci]\ninherit = true\n",
                "# mine\nprofile = \"work\"\n[profiles.ci]\ninherit = true\n",
            ),
            (
                "[profiles.profile]\nprofile = 1\n",
                "profile = \"work\"\n[profiles.profile]\nprofile = 1\n",
            ),
        ] {
            assert_eq!(naming(before, &work), after, "{before}");
        }
    }
}
