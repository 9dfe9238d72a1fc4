use std::sync::Arc;

use crate::name::Authority;
use crate::store::{Entry, Source, SourceError, SourceKind};

/// Asks the sources about hosts, and remembers what went wrong, each failure once.
#[derive(Debug)]
pub(super) struct Gathering<'a> {
    sources: &'a [Arc<dyn Source>],
    warnings: Vec<SourceError>,
    failures: Vec<SourceError>,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(sources: &'a [Arc<dyn Source>]) -> Self {
        Self {
            sources,
            warnings: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Every entry that may concern the host, with the position of its source.
    pub(super) fn entries(&mut self, host: &Authority) -> Vec<(usize, Entry)> {
        let mut found = Vec::new();
        for (position, source) in self.sources.iter().enumerate() {
            match source.entries(host) {
                Ok(answer) => {
                    found.extend(answer.entries.into_iter().map(|entry| (position, entry)));
                    answer
                        .warnings
                        .into_iter()
                        .for_each(|w| remember(&mut self.warnings, w));
                }
                Err(failure) => remember(&mut self.failures, failure),
            }
        }
        found
    }

    /// What to warn about. A failed source is a warning where `tolerant`; our own file never is.
    ///
    /// # Errors
    /// The first failure that may not be passed over.
    pub(super) fn finish(mut self, tolerant: bool) -> Result<Vec<SourceError>, SourceError> {
        for failure in self.failures {
            if !tolerant || failure.source_kind == SourceKind::File {
                return Err(failure);
            }
            self.warnings.push(failure);
        }
        Ok(self.warnings)
    }
}

fn remember(list: &mut Vec<SourceError>, error: SourceError) {
    if !list.contains(&error) {
        list.push(error);
    }
}
