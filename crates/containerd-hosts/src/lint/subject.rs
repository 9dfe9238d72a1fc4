use std::path::Path;

use crate::fault::Fault;
use crate::file::{Endpoint, HostsFile};
use crate::finding::Severity;
use crate::lookup;
use crate::source_file::SourceFile;

/// What the looks at a file add to.
pub(super) type Faults = Vec<(Severity, Fault)>;

/// One file with what was made of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub(crate) text: &'a SourceFile,
    pub(crate) file: &'a HostsFile<'a>,
    /// Server last, before anything is filled in.
    pub(crate) endpoints: &'a [Endpoint],
    /// The directory of the file.
    pub(crate) directory: &'a Path,
}

impl<'a> Subject<'a> {
    /// Mirrors, and the server.
    pub(super) fn split(&self) -> (&'a [Endpoint], Option<&'a Endpoint>) {
        match self.endpoints.split_last() {
            None => (&[], None),
            Some((server, mirrors)) => (mirrors, Some(server)),
        }
    }

    /// Whether the file speaks for every registry namespace without one of its own.
    pub(super) fn is_default(&self) -> bool {
        self.directory.ends_with(lookup::DEFAULT_DIRECTORY)
    }

    /// The registry namespace, as far as the directory's name tells it.
    pub(super) fn registry_namespace(&self) -> Option<String> {
        let name = self.directory.file_name()?.to_str()?;
        (!self.is_default()).then(|| lookup::registry_namespace_of(name))
    }
}
