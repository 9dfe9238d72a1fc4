//! What does a build pod need of the logins here, and how is that written for it?

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use portunus_kubernetes::export::{Export, ExportFormat, ExportRequest, ExportTarget, export};

use crate::error::ClientError;
use crate::settings::Settings;

/// The logins that these targets need, in the shape that a tool reads, for the profile in force.
///
/// # Errors
/// Where there is none, one cannot be fetched, or the format cannot hold them all.
pub fn export_logins(
    settings: &Settings,
    format: ExportFormat,
    targets: Vec<ExportTarget>,
) -> Result<Export, ClientError> {
    let mut request = ExportRequest::new(format, settings.profile.clone());
    request.targets = targets;
    request.trust = settings.trust();
    Ok(export(&request, &settings.resolver()?).map_err(Box::new)?)
}

/// Writes an export to a file, or into a folder where it has several: each file whole or not at all,
/// for its owner alone.
///
/// # Errors
/// Where something stands there that is no file, or belongs to another user; where it cannot be
/// written.
pub fn write_export(
    exported: &Export,
    path: &Path,
    user_id: Option<u32>,
) -> Result<(), ClientError> {
    for file in &exported.files {
        let target = match file.path.as_os_str().is_empty() {
            true => path.to_owned(),
            false => path.join(&file.path),
        };
        let not_written = |source: io::Error| ClientError::NotWritten {
            path: target.clone(),
            source,
        };
        let folder = folder_of(&target);
        if !file.path.as_os_str().is_empty() {
            make_folders(&folder).map_err(not_written)?;
        }
        may_replace(&target, user_id)?;
        write(&target, &folder, file.text.expose()).map_err(not_written)?;
    }
    Ok(())
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn make_folders(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

fn may_replace(target: &Path, user_id: Option<u32>) -> Result<(), ClientError> {
    let Ok(found) = fs::symlink_metadata(target) else {
        return Ok(());
    };
    let refused = |problem| {
        let path = target.to_owned();
        Err(ClientError::NotReplaced { path, problem })
    };
    match (found.is_file(), user_id) {
        (false, _) => refused("it is no file"),
        (true, Some(user)) if !belongs_to(&found, user) => refused("it belongs to another user"),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn belongs_to(found: &Metadata, user: u32) -> bool {
    std::os::unix::fs::MetadataExt::uid(found) == user
}

#[cfg(not(unix))]
fn belongs_to(_found: &Metadata, _user: u32) -> bool {
    true
}

/// A file with a name of its own is for its owner alone from the start, and takes the place of the
/// old one with its mode.
fn write(target: &Path, folder: &Path, text: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}
