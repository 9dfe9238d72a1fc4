use std::sync::Arc;

use crate::name::Authority;
use crate::store::{Entry, Source, SourceError};

/// Asks the sources about hosts, and remembers what went wrong, each failure once.
#[derive(Debug)]
pub(super) struct Gathering<'a> {
    sources: &'a [Arc<dyn Source>],
    warnings: Vec<SourceError>,
    /// What each source has warned of so far: mostly the same for every host.
    warned: Vec<Vec<SourceError>>,
    failures: Vec<Failed>,
}

#[derive(Debug, PartialEq, Eq)]
struct Failed {
    is_own: bool,
    error: SourceError,
}

impl<'a> Gathering<'a> {
    pub(super) fn new(sources: &'a [Arc<dyn Source>]) -> Self {
        Self {
            sources,
            warnings: Vec::new(),
            warned: vec![Vec::new(); sources.len()],
            failures: Vec::new(),
        }
    }

    /// Every entry that may concern the host, with its source and when that was added.
    pub(super) fn entries(&mut self, host: &Authority) -> Vec<(usize, &'a Arc<dyn Source>, Entry)> {
        let mut found = Vec::new();
        for (position, source) in self.sources.iter().enumerate() {
            match source.entries(host) {
                Ok(answer) => {
                    let entries = answer.entries.into_iter();
                    found.extend(entries.map(|entry| (position, source, entry)));
                    self.warn(position, answer.warnings);
                }
                Err(error) => {
                    let is_own = source.is_own();
                    remember(&mut self.failures, Failed { is_own, error });
                }
            }
        }
        found
    }

    fn warn(&mut self, position: usize, warnings: Vec<SourceError>) {
        match &mut self.warned[position] {
            told if *told == warnings => {}
            told if told.is_empty() => {
                self.warnings.extend(warnings.iter().cloned());
                *told = warnings;
            }
            _ => warnings
                .into_iter()
                .for_each(|warning| remember(&mut self.warnings, warning)),
        }
    }

    /// What to warn about. A failed source is a warning where `tolerant`; our own file never is.
    ///
    /// # Errors
    /// The first failure that may not be passed over.
    pub(super) fn finish(mut self, tolerant: bool) -> Result<Vec<SourceError>, SourceError> {
        for Failed { is_own, error } in self.failures {
            if !tolerant || is_own {
                return Err(error);
            }
            self.warnings.push(error);
        }
        Ok(self.warnings)
    }
}

fn remember<T: PartialEq>(list: &mut Vec<T>, what: T) {
    if !list.contains(&what) {
        list.push(what);
    }
}
