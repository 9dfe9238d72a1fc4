use std::path::Path;
use std::sync::Arc;

use crate::certificates::list_certificates;
use crate::daemon_version::DaemonVersion;
use crate::dialect;
use crate::error::{HostsError, ReadStep};
use crate::fault::Fault;
use crate::file::{Endpoint, HostsFile, Keys, Located};
use crate::lookup::below;
use crate::read_file::{ReadFailure, read_file};
use crate::source_file::SourceFile;

/// What one host directory says, before the registry namespace fills in what is missing
/// (containerd's `loadHostDir`).
#[derive(Debug)]
pub(crate) struct Loaded {
    /// In order, server last.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) read: Read,
}

/// What of a directory was read.
#[derive(Debug)]
pub(crate) enum Read {
    /// Its certificates: there is no `hosts.toml`, or it is empty.
    Certificates,
    /// Its `hosts.toml`.
    HostsToml {
        text: SourceFile,
        file: Box<HostsFile>,
    },
    /// Its certificates, since the daemon refuses the `hosts.toml`.
    Refused { text: SourceFile, fault: Fault },
}

impl Loaded {
    /// The `hosts.toml`, where there is one with something in it.
    pub(crate) fn text(&self) -> Option<&SourceFile> {
        self.read.text()
    }
}

impl Read {
    /// As [`Loaded::text`].
    pub(crate) fn text(&self) -> Option<&SourceFile> {
        match self {
            Self::Certificates => None,
            Self::HostsToml { text, .. } | Self::Refused { text, .. } => Some(text),
        }
    }
}

pub(crate) fn load(directory: &Path, keys: Keys<'_>) -> Result<Loaded, HostsError> {
    let path = below(directory, "hosts.toml");
    let bytes = match read_file(&path) {
        Err(ReadFailure::Absent) => None,
        Err(ReadFailure::Problem(problem)) => {
            return Err(HostsError::Unreadable {
                step: ReadStep::ReadHostsFile,
                path,
                place: None,
                problem,
            });
        }
        Ok(bytes) => Some(bytes).filter(|bytes| !bytes.is_empty()),
    };
    let Some(bytes) = bytes else {
        return Ok(Loaded {
            endpoints: vec![list_certificates(directory)?],
            read: Read::Certificates,
        });
    };
    let parsed = parse(&bytes, directory, keys);
    let text = SourceFile::new(path, bytes, keys.announced);
    Ok(match parsed {
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
pub(crate) fn parse(
    bytes: &[u8],
    directory: &Path,
    keys: Keys<'_>,
) -> Result<(Vec<Endpoint>, HostsFile), Fault> {
    let file = HostsFile::parse(bytes, keys)?;
    dialect::check(&file, keys.daemon)?;
    Ok((endpoints(&file, directory, keys.daemon)?, file))
}

fn endpoints(
    file: &HostsFile,
    directory: &Path,
    daemon: DaemonVersion,
) -> Result<Vec<Endpoint>, Fault> {
    let mut endpoints = Vec::with_capacity(file.order.len() + 1);
    for host in dialect::order(file, daemon) {
        let settings = file.settings(&host.value);
        endpoints.push(Endpoint::parse(Some(host), settings, directory, daemon)?);
    }
    let server: Option<&Located<Arc<str>>> = file.server.as_ref();
    endpoints.push(Endpoint::parse(server, &file.root, directory, daemon)?);
    Ok(endpoints)
}
