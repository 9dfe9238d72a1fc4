use std::path::Path;

use super::certificates::list_certificates;
use super::file::{Endpoint, HostsFile, Located};
use super::read_file::{ReadFailure, read_file};
use super::source_file::SourceFile;
use super::{DaemonVersion, Fault, HostsError, HostsSource, Step, dialect};

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
                step: Step::ReadHostsFile,
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
    let parsed = HostsFile::parse(&bytes).and_then(|file| {
        dialect::check(&file, daemon)?;
        Ok((endpoints(&file, directory, daemon)?, file))
    });
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

pub(super) fn endpoints(
    file: &HostsFile,
    directory: &Path,
    daemon: DaemonVersion,
) -> Result<Vec<Endpoint>, Fault> {
    let mut endpoints = Vec::with_capacity(file.order.len() + 1);
    for host in dialect::order(file, daemon) {
        let settings = dialect::settings(file.settings(&host.value), daemon);
        endpoints.push(Endpoint::parse(Some(host), settings, directory)?);
    }
    let server: Option<&Located<String>> = file.server.as_ref();
    let root = dialect::settings(file.root.clone(), daemon);
    endpoints.push(Endpoint::parse(server, root, directory)?);
    Ok(endpoints)
}
