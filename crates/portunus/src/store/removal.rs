use super::entry::Entry;
use super::error::SourceError;

/// What came of removing several things. What failed did not keep the rest from being removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Removal {
    /// What is gone.
    pub removed: Vec<Entry>,
    /// Why something may still be there.
    pub errors: Vec<SourceError>,
}

impl Removal {
    /// Adds the outcome of one removal.
    pub fn add(&mut self, outcome: Result<Vec<Entry>, SourceError>) {
        match outcome {
            Ok(removed) => self.removed.extend(removed),
            Err(error) => self.errors.push(error),
        }
    }

    /// Adds the outcome of several.
    pub fn add_all(&mut self, other: Self) {
        self.removed.extend(other.removed);
        self.errors.extend(other.errors);
    }

    /// What was removed, where that is everything.
    ///
    /// # Errors
    /// The first failure.
    pub fn complete(self) -> Result<Vec<Entry>, SourceError> {
        match self.errors.into_iter().next() {
            Some(error) => Err(error),
            None => Ok(self.removed),
        }
    }
}
