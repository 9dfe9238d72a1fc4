//! What a `hosts.toml` says that was hardly meant, though containerd reads it without a word.

mod capabilities;
mod headers;
mod order;
mod server;
mod unread;
mod urls;

use std::path::Path;

use super::file::{Endpoint, HostsFile};
use super::source_file::SourceFile;
use crate::hosts::fault::Fault;
use crate::hosts::finding::{Finding, Severity};

/// One file with what was made of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) text: &'a SourceFile,
    pub(super) file: &'a HostsFile,
    /// Server last, before anything is filled in.
    pub(super) endpoints: &'a [Endpoint],
    /// The directory of the file.
    pub(super) directory: &'a Path,
}

impl<'a> Subject<'a> {
    /// Mirrors, and the server.
    fn split(&self) -> (&'a [Endpoint], Option<&'a Endpoint>) {
        match self.endpoints.split_last() {
            None => (&[], None),
            Some((server, mirrors)) => (mirrors, Some(server)),
        }
    }

    /// Whether the file speaks for every registry namespace without one of its own.
    fn is_default(&self) -> bool {
        self.directory.ends_with(super::lookup::DEFAULT_DIRECTORY)
    }

    /// The registry namespace, as far as the directory's name tells it.
    fn registry_namespace(&self) -> Option<String> {
        let name = self.directory.file_name()?.to_str()?;
        (!self.is_default()).then(|| super::lookup::registry_namespace_of(name))
    }
}

/// Of one file: a longer list is of no use to anybody.
const MOST_FINDINGS: usize = 500;

type Found = Vec<(Severity, Fault)>;

/// Everything that can be told from the file alone, in the order of places.
pub(super) fn lint(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Found::new();
    unread::lint(subject, &mut found);
    urls::lint(subject, &mut found);
    order::lint(subject, &mut found);
    server::lint(subject, &mut found);
    capabilities::lint(subject, &mut found);
    headers::lint(subject, &mut found);
    found.sort_by_key(|(severity, fault)| (*severity != Severity::Error, fault.at));
    found.truncate(MOST_FINDINGS);
    found.sort_by_key(|(_, fault)| fault.at);
    found
        .into_iter()
        .map(|(severity, fault)| subject.text.finding(severity, fault))
        .collect()
}
