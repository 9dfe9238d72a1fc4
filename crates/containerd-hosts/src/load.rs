use std::path::Path;

use crate::hosts::certificates::list_certificates;
use crate::hosts::daemon_version::DaemonVersion;
use crate::hosts::dialect;
use crate::hosts::error::{HostsError, ReadStep};
use crate::hosts::fault::Fault;
use crate::hosts::file::{Endpoint, HostsFile, Located};
use crate::hosts::read_file::{ReadFailure, read_file};
use crate::hosts::registry_namespace_hosts::HostsSource;
use crate::hosts::source_file::SourceFile;

/// What one host directory says, before the registry namespace fills in what is missing
/// (containerd's `loadHostDir`).
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) source: HostsSource,
    /// In order, server last.
    pub(super) endpoints: Vec<Endpoint>,
    /// The `hosts.toml`, where there is one with something in it.
    pub(super) text: Option<SourceFile>,
    /// Its content; the fault for which the daemon refuses it.
    pub(super) file: Option<Result<HostsFile, Fault>>,
}

impl Loaded {
    /// For a registry namespace that no directory speaks for.
    pub(super) fn nothing() -> Self {
        Self {
            source: HostsSource::None,
            endpoints: vec![Endpoint::default()],
            text: None,
            file: None,
        }
    }
}

pub(super) fn load(directory: &Path, daemon: DaemonVersion) -> Result<Loaded, HostsError> {
    let path = directory.join("hosts.toml");
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
            source: HostsSource::Certificates,
            endpoints: vec![list_certificates(directory)?],
            text: None,
            file: None,
        });
    };
    let parsed = parse(&bytes, directory, daemon);
    let text = Some(SourceFile::new(path, bytes));
    Ok(match parsed {
        Ok((endpoints, file)) => Loaded {
            source: HostsSource::HostsToml,
            endpoints,
            text,
            file: Some(Ok(file)),
        },
        Err(fault) => Loaded {
            source: HostsSource::Certificates,
            endpoints: vec![list_certificates(directory)?],
            text,
            file: Some(Err(fault)),
        },
    })
}

/// The hosts of a file, and the file.
pub(super) fn parse(
    bytes: &[u8],
    directory: &Path,
    daemon: DaemonVersion,
) -> Result<(Vec<Endpoint>, HostsFile), Fault> {
    let file = HostsFile::parse(bytes, daemon)?;
    dialect::check(&file, daemon)?;
    Ok((endpoints(&file, directory, daemon)?, file))
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
    let server: Option<&Located<String>> = file.server.as_ref();
    let root = file.root.clone();
    endpoints.push(Endpoint::parse(server, root, directory, daemon)?);
    Ok(endpoints)
}
