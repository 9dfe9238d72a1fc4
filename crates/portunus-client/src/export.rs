//! What does a build pod need of the logins here, and how is that written for it?

use std::fs::{self, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use portunus::secret::Secret;
use portunus_kubernetes::export::{
    BUILDX_FOLDER, Export, ExportFormat, ExportRequest, ExportTarget, export, is_of_export,
};

use crate::error::ClientError;
use crate::settings::Settings;

/// The largest file that is looked at before it is replaced: one login is at most a few kilobytes.
const LARGEST: u64 = 1024 * 1024;

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
/// for its owner alone. What earlier exports wrote into that folder and this one does not need is
/// taken out.
///
/// # Errors
/// Where something stands there that is no file, belongs to another user, or, in a folder, is of no
/// export; nothing has changed then. Where it cannot be written.
pub fn write_export(
    exported: &Export,
    path: &Path,
    user_id: Option<u32>,
) -> Result<(), ClientError> {
    let is_folder = exported
        .files
        .iter()
        .any(|it| it.path.components().next().is_some());
    let mut old = Vec::new();
    if is_folder {
        find_old(path, Path::new(BUILDX_FOLDER), user_id, &mut old)?;
    }
    let targets = exported.files.iter().map(|file| match is_folder {
        true => path.join(&file.path),
        false => path.to_owned(),
    });
    let targets: Vec<PathBuf> = targets.collect();
    for target in &targets {
        may_replace(target, user_id)?;
    }
    for (file, target) in exported.files.iter().zip(&targets) {
        let folder = folder_of(target);
        if is_folder {
            make_folders(&folder).map_err(not_written(target))?;
        }
        write(target, &folder, file.text.expose()).map_err(not_written(target))?;
    }
    for old in old.iter().filter(|old| !targets.contains(old)) {
        fs::remove_file(old).map_err(not_written(old))?;
        // Those that still hold something stay.
        let folders = old.ancestors().skip(1).take_while(|it| *it != path);
        let _ = folders
            .map(fs::remove_dir)
            .take_while(Result::is_ok)
            .count();
    }
    Ok(())
}

/// Finds what earlier exports wrote below a place in a folder.
fn find_old(
    folder: &Path,
    below: &Path,
    user_id: Option<u32>,
    old: &mut Vec<PathBuf>,
) -> Result<(), ClientError> {
    let path = folder.join(below);
    let Ok(found) = fs::symlink_metadata(&path) else {
        return Ok(());
    };
    if !found.is_dir() {
        may_replace(&path, user_id)?;
        let text = match found.len() <= LARGEST {
            true => fs::read_to_string(&path).unwrap_or_default(),
            false => String::new(),
        };
        if !is_of_export(below, &Secret::new(text)) {
            let problem = "it is in the way, and no export wrote it";
            return Err(ClientError::NotReplaced { path, problem });
        }
        old.push(path);
        return Ok(());
    }
    let entries = fs::read_dir(&path).map_err(not_written(&path))?;
    let names = entries.map(|entry| Ok(entry?.file_name()));
    let names: io::Result<Vec<_>> = names.collect();
    let mut names = names.map_err(not_written(&path))?;
    names.sort();
    for name in names {
        find_old(folder, &below.join(name), user_id, old)?;
    }
    Ok(())
}

fn not_written(path: &Path) -> impl Fn(io::Error) -> ClientError {
    let path = path.to_owned();
    move |source| ClientError::NotWritten {
        path: path.clone(),
        source,
    }
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
