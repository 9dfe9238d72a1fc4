use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::error::SourceError;
use super::secret_file::{SecretFile, Stamp};
use super::source_label::SourceLabel;
use containerd_hosts::Secret;

/// A file of secrets with what was read from it, kept until the file changes.
#[derive(Debug)]
pub(super) struct CachedFile<T> {
    file: SecretFile,
    held: Mutex<Option<(Stamp, Arc<T>)>>,
}

impl<T> CachedFile<T> {
    pub(super) fn new(file: SecretFile) -> Self {
        Self {
            file,
            held: Mutex::default(),
        }
    }

    /// The file itself, to be changed.
    pub(super) fn file(&self) -> &SecretFile {
        &self.file
    }

    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(super) fn label(&self) -> &SourceLabel {
        self.file.label()
    }

    /// What `parse` makes of the text; an absent file gives what is `empty`.
    pub(super) fn read(
        &self,
        parse: impl Fn(&SourceLabel, Secret) -> Result<T, SourceError>,
        empty: impl Fn(&SourceLabel) -> T,
    ) -> Result<Arc<T>, SourceError> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.file.stamp()?;
        if let (Some((stamp, parsed)), Some(now)) = (&*held, &now)
            && stamp == now
        {
            return Ok(Arc::clone(parsed));
        }
        *held = None;
        let read = match now {
            Some(_) => self.file.read()?,
            None => None,
        };
        let Some((mut text, stamp)) = read else {
            return Ok(Arc::new(empty(self.label())));
        };
        let text = Secret::new(std::mem::take(&mut *text));
        let parsed = Arc::new(parse(self.label(), text)?);
        *held = Some((stamp, Arc::clone(&parsed)));
        Ok(parsed)
    }
}
