use std::path::PathBuf;

use crate::setting_source::SettingSource;

/// A hosts directory that was named and does not exist: nothing is configured there, though
/// somebody meant it to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the hosts directory {} of {named_by} does not exist", path.display())]
#[non_exhaustive]
pub struct AbsentHostsDirectory {
    /// The directory.
    pub path: PathBuf,
    /// Who named it.
    pub named_by: SettingSource,
}
