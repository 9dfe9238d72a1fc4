use super::SecretFile;
use super::read::SecretText;
use crate::store::error::SourceError;
use crate::store::store_warning::StoreWarning;

/// How often an update is made anew because a program that takes no lock wrote in between.
const ATTEMPTS: usize = 8;

/// What an update did.
#[derive(Debug, Default)]
pub(crate) struct Updated {
    /// Whether the file was written.
    pub(crate) written: bool,
    /// The wider mode the file had before.
    pub(crate) tightened_from: Option<u32>,
}

impl SecretFile {
    /// Changes the file: lock, read, `edit`, temporary file, sync, rename, sync of the directory.
    ///
    /// `edit` is given the text, empty where the file is absent, and answers the new text, or
    /// `None` where nothing is to change. It is asked again where a program that takes no lock
    /// (docker, skopeo) has written meanwhile: after its write nothing of ours is lost, and what
    /// it wrote between our read and our rename is seen unless it falls into the last instant.
    pub(crate) fn update(
        &self,
        mut edit: impl FnMut(&str) -> Result<Option<SecretText>, SourceError>,
    ) -> Result<Updated, SourceError> {
        let target = self.target()?;
        self.make_directory(&target)?;
        let _lock = self.lock(&target)?;
        let mut updated = Updated::default();
        for _ in 0..ATTEMPTS {
            let (old, stamp) = match self.read_at(&target)? {
                Some((text, stamp)) => (text, Some(stamp)),
                None => (SecretText::default(), None),
            };
            let Some(new) = edit(&old)? else {
                return Ok(updated);
            };
            let replacement = self.prepare(&target, &new)?;
            if self.stamp_at(&target)? != stamp {
                continue;
            }
            updated.written = true;
            updated.tightened_from = updated.tightened_from.or(replacement.tightened_from);
            self.commit(replacement, &target, &new)?;
            if self.read_at(&target)?.is_some_and(|(now, _)| now == new) {
                return Ok(updated);
            }
        }
        Err(self.busy("another program keeps writing it"))
    }
}

impl Updated {
    /// What to tell the user about a mode that was too wide.
    pub(crate) fn warn_of_tightened(&self, file: &SecretFile) -> Option<StoreWarning> {
        let mode = self.tightened_from?;
        let location = file.label().location.clone();
        Some(StoreWarning::WasReadable { location, mode })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SourceName;

    #[test]
    fn what_a_program_without_a_lock_writes_meanwhile_survives_beside_ours() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.json");
        std::fs::write(&path, "old ").unwrap();
        let file = SecretFile::new(&path, SourceName::DOCKER);
        let mut asked = 0;
        let updated = file.update(|text| {
            asked += 1;
            if asked == 1 {
                // As docker does: a new file in place of the old one, no lock asked for.
                let other = directory.path().join("theirs");
                std::fs::write(&other, "old theirs ").unwrap();
                std::fs::rename(&other, &path).unwrap();
            }
            Ok(Some(SecretText::from(format!("{text}ours "))))
        });
        assert!(updated.unwrap().written);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old theirs ours ");
        assert_eq!(asked, 2);
    }

    #[test]
    fn a_file_that_another_program_never_stops_writing_is_given_up() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.json");
        let file = SecretFile::new(&path, SourceName::DOCKER);
        let mut asked = 0;
        let updated = file.update(|text| {
            asked += 1;
            std::fs::write(&path, "x".repeat(asked)).unwrap();
            Ok(Some(SecretText::from(format!("{text}ours"))))
        });
        assert!(
            updated
                .unwrap_err()
                .to_string()
                .contains("another program keeps writing it")
        );
        assert_eq!(asked, ATTEMPTS);
    }
}
