use std::fs;
use std::path::{Path, PathBuf};

use portunus::name::Profile;

use super::key::Key;
use super::reader::{Reader, Value};
use crate::error::config::ConfigError;

/// A directory, and the profile that is in force there and below.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ProfileDirectory {
    /// As it is written: a path from the root, or one from the home of the user, which begins with
    /// `~`.
    pub directory: PathBuf,
    /// The profile.
    pub profile: Profile,
}

/// Reads `directories` of a profile.
pub(super) fn read<'a>(
    reader: &Reader<'a>,
    value: &Value<'a>,
    profile: &Profile,
) -> Result<Vec<ProfileDirectory>, ConfigError> {
    let key = Key::ProfileDirectories.facts().name;
    let mut directories = Vec::new();
    for path in reader.array(key, value)? {
        let directory = reader.path(key, path)?;
        if !directory.is_absolute() && !directory.starts_with("~") {
            // It would be another one wherever the program is started.
            return Err(reader.wrong_value(key, path, "a path from `/` or from `~`"));
        }
        directories.push(ProfileDirectory {
            directory,
            profile: profile.clone(),
        });
    }
    Ok(directories)
}

/// Those of the innermost directory that another one is in, links followed: more than one profile,
/// where several claim it.
pub(crate) fn innermost<'a>(
    directories: &'a [ProfileDirectory],
    home: Option<&Path>,
    working_directory: &Path,
) -> Vec<&'a ProfileDirectory> {
    let Ok(there) = fs::canonicalize(working_directory) else {
        return Vec::new();
    };
    let around = directories.iter().filter_map(|it| {
        let at = fs::canonicalize(it.below_home(home)?).ok()?;
        there
            .starts_with(&at)
            .then(|| (at.components().count(), it))
    });
    let around: Vec<_> = around.collect();
    let depth = around.iter().map(|(depth, _)| *depth).max();
    let innermost = around.iter().filter(|(it, _)| Some(*it) == depth);
    innermost.map(|(_, it)| *it).collect()
}

impl ProfileDirectory {
    fn below_home(&self, home: Option<&Path>) -> Option<PathBuf> {
        match self.directory.strip_prefix("~") {
            Ok(below) => Some(home?.join(below)),
            Err(_) => Some(self.directory.clone()),
        }
    }
}
