use std::sync::Arc;

use super::asked::Asked;
use super::entry::Entry;
use super::error::SourceError;
use crate::name::Authority;

/// A source as it is at one moment: so that a plan is made of one state of it, and it is read once
/// for all hosts.
pub trait Snapshot {
    /// The entries that may concern `host`, as [`Source::entries`](super::Source::entries) gives them.
    ///
    /// # Errors
    /// Where the source cannot be read any more.
    fn entries(&self, host: &Authority) -> Result<Vec<Entry>, SourceError>;

    /// Of those entries at least the ones that may be for what is asked. A source that has many for
    /// one host need not give the others.
    ///
    /// # Errors
    /// Where the source cannot be read any more.
    fn matching(&self, asked: &Asked<'_>) -> Result<Matching, SourceError> {
        Ok(Matching {
            entries: self.entries(asked.host)?,
            others: 0,
        })
    }

    /// Entries that could not be read; the others are still good.
    fn warnings(&self) -> Vec<SourceError> {
        Vec::new()
    }
}

impl<T: Snapshot> Snapshot for &T {
    fn entries(&self, host: &Authority) -> Result<Vec<Entry>, SourceError> {
        (**self).entries(host)
    }

    fn matching(&self, asked: &Asked<'_>) -> Result<Matching, SourceError> {
        (**self).matching(asked)
    }

    fn warnings(&self) -> Vec<SourceError> {
        (**self).warnings()
    }
}

impl<T: Snapshot> Snapshot for Arc<T> {
    fn entries(&self, host: &Authority) -> Result<Vec<Entry>, SourceError> {
        (**self).entries(host)
    }

    fn matching(&self, asked: &Asked<'_>) -> Result<Matching, SourceError> {
        (**self).matching(asked)
    }

    fn warnings(&self) -> Vec<SourceError> {
        (**self).warnings()
    }
}

/// The entries of a source that may be for what was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matching {
    /// The entries, in the order of the source.
    pub entries: Vec<Entry>,
    /// How many others there are for that host.
    pub others: usize,
}

impl Matching {
    /// Those entries, and so many others.
    pub fn new(entries: Vec<Entry>, others: usize) -> Self {
        Self { entries, others }
    }
}
