use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::{LARGEST, SecretFile};
use crate::store::error::SourceError;

/// The text of a file of secrets, wiped on drop.
pub(crate) type SecretText = Zeroizing<String>;

/// What tells one version of a file from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stamp {
    modified: Option<SystemTime>,
    size: u64,
    #[cfg(unix)]
    inode: (u64, u64),
    /// Seconds and nanoseconds of the last change of the inode, which no program can set.
    #[cfg(unix)]
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            modified: metadata.modified().ok(),
            size: metadata.len(),
            #[cfg(unix)]
            inode: (metadata.dev(), metadata.ino()),
            #[cfg(unix)]
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl SecretFile {
    /// The stamp of the file as it is now; `None` where it is absent.
    pub(crate) fn stamp(&self) -> Result<Option<Stamp>, SourceError> {
        self.stamp_at(self.path())
    }

    pub(super) fn stamp_at(&self, path: &Path) -> Result<Option<Stamp>, SourceError> {
        Ok(self.metadata_at(path)?.as_ref().map(Stamp::of))
    }

    /// The text with its stamp; `None` where the file is absent.
    pub(crate) fn read(&self) -> Result<Option<(SecretText, Stamp)>, SourceError> {
        self.sweep();
        self.read_at(self.path())
    }

    pub(super) fn read_at(&self, path: &Path) -> Result<Option<(SecretText, Stamp)>, SourceError> {
        // Looked at before it is opened: opening a pipe would wait for a writer.
        if self.metadata_at(path)?.is_none() {
            return Ok(None);
        }
        let cannot_read = |error: &std::io::Error| self.io_error("read it", error);
        let file = match File::open(path) {
            Err(error) if is_absent(&error) => return Ok(None),
            opened => opened.map_err(|error| cannot_read(&error))?,
        };
        let metadata = file.metadata().map_err(|error| cannot_read(&error))?;
        let too_large = || self.error("it is larger than 32 MiB");
        if metadata.len() > LARGEST {
            return Err(too_large());
        }
        // One byte more than there is, so that reading does not grow the buffer and leave a copy.
        let capacity = usize::try_from(metadata.len()).map_err(|_| too_large())? + 1;
        let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| cannot_read(&error))?;
        if bytes.len() as u64 > LARGEST {
            return Err(too_large());
        }
        match String::from_utf8(std::mem::take(&mut *bytes)) {
            Ok(text) => Ok(Some((Zeroizing::new(text), Stamp::of(&metadata)))),
            Err(error) => {
                drop(Zeroizing::new(error.into_bytes()));
                Err(self.error("it is not UTF-8 text"))
            }
        }
    }

    pub(super) fn metadata_at(&self, path: &Path) -> Result<Option<Metadata>, SourceError> {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Ok(Some(metadata)),
            Ok(metadata) if metadata.is_dir() => Err(self.error("it is a directory")),
            Ok(_) => Err(self.error("it is not a regular file")),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(self.io_error("read it", &error)),
        }
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}
