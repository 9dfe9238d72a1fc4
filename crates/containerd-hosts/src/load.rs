use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::certificates::list_certificates;
use crate::daemon_version::DaemonVersion;
use crate::dialect;
use crate::error::{HostsError, ReadStep};
use crate::fault::Fault;
use crate::file::{Endpoint, HostsFile, Keys, Located};
use crate::lookup::below;
use crate::read_file::{ReadFailure, read_stamped_file};
use crate::source_file::SourceFile;
use crate::stamp::Stamp;

/// What one host directory says, before the registry namespace fills in what is missing
/// (containerd's `loadHostDir`).
#[derive(Debug)]
pub(crate) struct Loaded<'s> {
    /// In order, server last.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) read: Read<'s>,
}

/// What of a directory was read.
#[derive(Debug)]
pub(crate) enum Read<'s> {
    /// Its certificates: there is no `hosts.toml`, or it is empty.
    Certificates,
    /// Its `hosts.toml`.
    HostsToml {
        text: &'s SourceFile,
        file: Box<HostsFile<'s>>,
    },
    /// Its certificates, since the daemon refuses the `hosts.toml`.
    Refused { text: &'s SourceFile, fault: Fault },
}

/// A `hosts.toml`, and its stamp from before it was read.
pub(crate) type StampedFile = (SourceFile, Stamp);

/// The `hosts.toml` of a directory, where there is one with something in it.
pub(crate) fn read_hosts_toml(
    directory: &Path,
    announced: &Arc<[String]>,
) -> Result<Option<StampedFile>, HostsError> {
    let path = below(directory, "hosts.toml");
    match read_stamped_file(&path) {
        Err(ReadFailure::Absent) => Ok(None),
        Err(ReadFailure::Problem(problem)) => Err(HostsError::Unreadable {
            step: ReadStep::ReadHostsFile,
            path,
            place: None,
            problem,
        }),
        Ok((bytes, _)) if bytes.is_empty() => Ok(None),
        Ok((bytes, stamp)) => Ok(Some((SourceFile::new(path, bytes, announced), stamp))),
    }
}

/// Reads a directory with that `hosts.toml`.
pub(crate) fn load<'s>(
    directory: &Path,
    text: Option<&'s SourceFile>,
    keys: Keys<'_>,
) -> Result<Loaded<'s>, HostsError> {
    let Some(text) = text else {
        return Ok(Loaded {
            endpoints: vec![list_certificates(directory)?],
            read: Read::Certificates,
        });
    };
    Ok(match parse(text.bytes(), directory, keys) {
        Ok((endpoints, file)) => Loaded {
            endpoints,
            read: Read::HostsToml {
                text,
                file: Box::new(file),
            },
        },
        Err(fault) => Loaded {
            endpoints: vec![list_certificates(directory)?],
            read: Read::Refused { text, fault },
        },
    })
}

/// The hosts of a file, and the file.
pub(crate) fn parse<'s>(
    bytes: &'s [u8],
    directory: &Path,
    keys: Keys<'_>,
) -> Result<(Vec<Endpoint>, HostsFile<'s>), Fault> {
    let file = HostsFile::parse(bytes, keys)?;
    dialect::check(&file, keys.daemon)?;
    Ok((endpoints(&file, directory, keys.daemon)?, file))
}

fn endpoints(
    file: &HostsFile<'_>,
    directory: &Path,
    daemon: DaemonVersion,
) -> Result<Vec<Endpoint>, Fault> {
    let mut endpoints = Vec::with_capacity(file.order.len() + 1);
    for host in dialect::order(file, daemon) {
        let settings = file.settings(&host.value);
        endpoints.push(Endpoint::parse(Some(host), settings, directory, daemon)?);
    }
    let server: Option<&Located<Cow<'_, str>>> = file.server.as_ref();
    endpoints.push(Endpoint::parse(server, &file.root, directory, daemon)?);
    Ok(endpoints)
}
