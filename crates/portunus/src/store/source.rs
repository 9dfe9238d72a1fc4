use std::fmt;

use super::entry::{Entry, Provenance};
use super::error::SourceError;
use super::hold::Hold;
use super::location::Location;
use super::removal::Removal;
use super::snapshot::Snapshot;
use super::source_name::SourceName;
use super::store_warning::StoreWarning;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};

/// Something credentials are read from.
pub trait Source: fmt::Debug + Send + Sync {
    /// What it is called.
    fn name(&self) -> SourceName;

    /// Whether it is our own: one that fails is never passed over. What belongs to another
    /// program is a warning on a pull.
    fn is_own(&self) -> bool {
        false
    }

    /// The entries that may concern `host`: every registry namespace, repository and profile,
    /// globs that cover it too. An absent file holds none. No secret is fetched.
    ///
    /// # Errors
    /// Where the source is there and cannot be read.
    fn entries(&self, host: &Authority) -> Result<Entries, SourceError>;

    /// The source as it is now, where it is read once for many hosts; `None`: it is asked for each of
    /// them, with [`Source::entries`].
    ///
    /// # Errors
    /// As those of [`Source::entries`].
    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, SourceError> {
        Ok(None)
    }

    /// The credential of an entry this source gave; `None` where it is gone.
    ///
    /// # Errors
    /// Where it cannot be fetched: a helper fails, a keyring is locked.
    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError>;

    /// What it holds by now for an entry whose identity token is about to be used again, read under
    /// its lock: another program may have been given a new one meanwhile. `None`: it is not asked
    /// twice, as a helper is not, or has it no more.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn reread(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        let _ = entry;
        Ok(None)
    }

    /// Keeps other programs from using the identity token of an entry until what is given is
    /// dropped: a realm may replace it with each use, and may take a second use of the old one for
    /// theft. Waits while another program does. What is written meanwhile is written with
    /// [`Source::rotate`]. `None`: they are not kept from it.
    fn hold(&self, entry: &Entry) -> Option<Hold> {
        let _ = entry;
        None
    }

    /// Puts an identity token in place of one that a realm has replaced by it. What was noted with
    /// the old one stays.
    ///
    /// Under its lock the source reads what it holds again: only where that is one of `replaced`, of
    /// one chain, is it written. A source that cannot be written to keeps the default.
    ///
    /// # Errors
    /// Where it cannot be read or written. Nothing has changed then.
    fn rotate(
        &self,
        entry: &Entry,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        let _ = (entry, replaced, new);
        Ok(Rotation::NotKept)
    }
}

/// What became of an identity token that a realm handed out in place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rotation {
    /// It is where the old one was.
    Written,
    /// Something else is there by now, which stays.
    Changed,
    /// The source cannot be written to.
    NotKept,
}

impl Rotation {
    pub(crate) fn of(written: bool) -> Self {
        match written {
            true => Self::Written,
            false => Self::Changed,
        }
    }
}

/// A source that can also be written to.
pub trait Store: Source {
    /// Stores a credential under a key, in place of the one that was there.
    ///
    /// # Errors
    /// Where the store cannot hold such a key or value, or cannot be written. Nothing has changed
    /// then.
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<Stored, SourceError>;

    /// Removes what is stored under a key, in every spelling, and says what it removed.
    ///
    /// # Errors
    /// Where the store cannot be read or written.
    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError>;

    /// Removes what is stored under several keys, as [`Store::remove`] does; a file is written
    /// once. A key that fails does not keep the others from being removed.
    fn remove_all(&self, keys: &[CredentialKey]) -> Removal {
        let mut outcome = Removal::default();
        for key in keys {
            outcome.add(self.remove(key));
        }
        outcome
    }

    /// Everything in it.
    ///
    /// # Errors
    /// Where the store cannot be read, or cannot list what it holds.
    fn list(&self) -> Result<Entries, SourceError>;
}

/// What a source holds, and what it passed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entries {
    /// The entries, in the order of the source.
    pub entries: Vec<Entry>,
    /// Entries that could not be read; the others are still good.
    pub warnings: Vec<SourceError>,
}

impl From<Vec<Entry>> for Entries {
    fn from(entries: Vec<Entry>) -> Self {
        Self {
            entries,
            warnings: Vec::new(),
        }
    }
}

/// Where a credential went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stored {
    /// Where it is.
    pub location: Location,
    /// What the user should be told: stored in plain text, a mode that was tightened.
    pub warnings: Vec<StoreWarning>,
}

impl Stored {
    /// Stored there, and nothing to say about it.
    pub fn at(location: impl Into<Location>) -> Self {
        Self {
            location: location.into(),
            warnings: Vec::new(),
        }
    }
}
