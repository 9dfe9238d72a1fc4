use std::sync::Arc;

use crate::store::{Asked, Entry, Matching, Snapshot, Source, SourceError};

/// Asks the sources about hosts, each of them as it is when it is first asked, and remembers what went
/// wrong, each failure once.
pub(super) struct Gathering<'a> {
    sources: Vec<Asking<'a>>,
    /// Whether entries are wanted that are for something else.
    all: bool,
    warnings: Vec<SourceError>,
    failures: Vec<Failed>,
}

struct Asking<'a> {
    source: &'a Arc<dyn Source>,
    state: State<'a>,
    /// What it has warned of so far: mostly the same for every host.
    warned: Vec<SourceError>,
}

enum State<'a> {
    New,
    Held(Box<dyn Snapshot + 'a>),
    /// It is asked for each host.
    Live,
    /// Whatever the host, it fails.
    Failed,
}

#[derive(Debug, PartialEq, Eq)]
struct Failed {
    is_own: bool,
    error: SourceError,
}

/// What the sources have for a host.
pub(super) struct Gathered<'a> {
    /// The entries, each with its source and when that was added.
    pub(super) entries: Vec<(usize, &'a Arc<dyn Source>, Entry)>,
    /// How many more there are that are for something else.
    pub(super) others: usize,
}

impl<'a> Gathering<'a> {
    /// `all`: entries that are for something else, too.
    pub(super) fn new(sources: &'a [Arc<dyn Source>], all: bool) -> Self {
        let asking = |source| Asking {
            source,
            state: State::New,
            warned: Vec::new(),
        };
        Self {
            sources: sources.iter().map(asking).collect(),
            all,
            warnings: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// Every entry that may be for what is asked.
    pub(super) fn entries(&mut self, asked: &Asked<'_>) -> Gathered<'a> {
        let mut gathered = Gathered {
            entries: Vec::new(),
            others: 0,
        };
        for (position, asking) in self.sources.iter_mut().enumerate() {
            let source = asking.source;
            let Some(found) = asking.ask(asked, self.all, &mut self.warnings, &mut self.failures)
            else {
                continue;
            };
            gathered.others += found.others;
            let entries = found.entries.into_iter();
            gathered
                .entries
                .extend(entries.map(|entry| (position, source, entry)));
        }
        gathered
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

impl Asking<'_> {
    /// `None`: it has failed.
    fn ask(
        &mut self,
        asked: &Asked<'_>,
        all: bool,
        warnings: &mut Vec<SourceError>,
        failures: &mut Vec<Failed>,
    ) -> Option<Matching> {
        if let State::New = self.state {
            self.state = match self.source.snapshot() {
                Ok(Some(snapshot)) => {
                    warnings.extend(snapshot.warnings());
                    State::Held(snapshot)
                }
                Ok(None) => State::Live,
                Err(error) => {
                    failures.push(self.failed(error));
                    State::Failed
                }
            };
        }
        let found = match &self.state {
            State::Held(snapshot) if all => {
                let entries = snapshot.entries(asked.host);
                entries.map(|entries| Matching::new(entries, 0))
            }
            State::Held(snapshot) => snapshot.matching(asked),
            State::Live => self.source.entries(asked.host).map(|answer| {
                self.warn(answer.warnings, warnings);
                Matching::new(answer.entries, 0)
            }),
            State::New | State::Failed => return None,
        };
        match found {
            Ok(found) => Some(found),
            Err(error) => {
                let failed = self.failed(error);
                remember(failures, failed);
                None
            }
        }
    }

    fn failed(&self, error: SourceError) -> Failed {
        Failed {
            is_own: self.source.is_own(),
            error,
        }
    }

    fn warn(&mut self, warned: Vec<SourceError>, warnings: &mut Vec<SourceError>) {
        if self.warned == warned {
            return;
        }
        if self.warned.is_empty() {
            warnings.extend(warned.iter().cloned());
            self.warned = warned;
            return;
        }
        for warning in warned {
            remember(warnings, warning);
        }
    }
}

fn remember<T: PartialEq>(list: &mut Vec<T>, what: T) {
    if !list.contains(&what) {
        list.push(what);
    }
}
