use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::error::{HostsError, ReadStep};
use crate::file::{Endpoint, FileReference};
use crate::read_file::problem;

/// The server as a folder of `.crt`, `.cert` and `.key` files gives it, Docker's way
/// (containerd's `loadCertFiles`). An absent folder gives none.
pub(crate) fn list_certificates(directory: &Path) -> Result<Endpoint, HostsError> {
    let mut endpoint = Endpoint::default();
    let unlisted = |error: &io::Error| unreadable(ReadStep::ReadDirectory, directory, error);
    let entries = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(endpoint),
        entries => entries.map_err(|error| unlisted(&error))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| unlisted(&error))?;
        let kind = entry.file_type().map_err(|error| unlisted(&error))?;
        names.extend((!kind.is_dir()).then(|| entry.file_name()));
    }
    names.sort();
    for name in &names {
        let path = directory.join(name);
        let bytes = name.as_bytes();
        if bytes.ends_with(b".crt") {
            endpoint.ca.get_or_insert_default().push(refer_to(&path));
        } else if let Some(stem) = bytes.strip_suffix(b".cert") {
            let key = [stem, b".key"].concat();
            let key = existing_key(&directory.join(OsStr::from_bytes(&key)))?;
            endpoint
                .client
                .get_or_insert_default()
                .push((refer_to(&path), key));
        }
    }
    Ok(endpoint)
}

fn existing_key(path: &Path) -> Result<Option<FileReference>, HostsError> {
    match std::fs::metadata(path) {
        Ok(_) => Ok(Some(refer_to(path))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(ReadStep::FindDirectory, path, &error)),
    }
}

fn refer_to(path: &Path) -> FileReference {
    FileReference {
        path: path.to_owned(),
        at: None,
    }
}

pub(crate) fn unreadable(step: ReadStep, path: &Path, error: &io::Error) -> HostsError {
    HostsError::Unreadable {
        step,
        path: path.to_owned(),
        place: None,
        problem: problem(error),
    }
}
