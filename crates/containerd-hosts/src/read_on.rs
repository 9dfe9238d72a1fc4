use std::borrow::Cow;
use std::path::Path;

use crate::fault::Fault;
use crate::file::{Endpoint, FileSettings, HostsFile, Keys, Located};

/// What could be read of a `hosts.toml` that containerd refuses.
#[derive(Debug)]
pub(crate) struct ReadOn<'s> {
    pub(crate) file: HostsFile<'s>,
    /// In order, server last; without the settings that are faults.
    pub(crate) endpoints: Vec<Endpoint>,
    /// Everything that makes containerd refuse it, in the order in which it is met.
    pub(crate) faults: Vec<Fault>,
}

/// Reads on after the first fault, for whoever mends the file.
pub(crate) fn read_on<'s>(bytes: &'s [u8], directory: &Path, keys: Keys<'_>) -> ReadOn<'s> {
    let (file, mut faults) = HostsFile::parse_on(bytes, keys);
    let mut read = |name: Option<&Located<Cow<'_, str>>>, mut settings: FileSettings<'_>| loop {
        match Endpoint::parse(name, &settings, directory, keys.daemon) {
            Ok(endpoint) => break endpoint,
            Err(fault) => {
                let at = fault.at;
                faults.push(fault);
                if !settings.forget(at) {
                    break Endpoint::default();
                }
            }
        }
    };
    let hosts = file.order.iter();
    let mut endpoints: Vec<Endpoint> = hosts
        .map(|host| read(Some(host), file.settings(&host.value).clone()))
        .collect();
    endpoints.push(read(file.server.as_ref(), file.root.clone()));
    ReadOn {
        file,
        endpoints,
        faults,
    }
}
