mod index;
pub(crate) mod ingest;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::image::descriptor::Descriptor;

const MARKER: &str = "oci-layout";
/// How files begin that are not complete yet.
const TEMPORARY: &str = ".portunus-";
const MARKER_TEXT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

/// A directory with images (OCI image specification, `image-layout.md`).
///
/// Blobs appear whole or not at all; what a broken-off transfer left stays under `ingest/` for
/// the next try.
#[derive(Debug, Clone)]
pub struct OciLayout {
    root: PathBuf,
}

impl OciLayout {
    /// The layout at `root`, made where there is none.
    ///
    /// # Errors
    /// Where it cannot be made, or something else is there.
    pub fn create(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        std::fs::create_dir_all(&root)?;
        let layout = Self { root };
        let marker = layout.root.join(MARKER);
        if !marker.try_exists()? {
            if layout.holds_something_else()? {
                let problem = "the folder is neither empty nor an OCI layout";
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, problem));
            }
            layout.write_atomically(&marker, MARKER_TEXT.as_bytes())?;
        }
        std::fs::create_dir_all(layout.root.join("blobs"))?;
        Ok(layout)
    }

    /// The layout at `root`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = root.into();
        if !root.join(MARKER).is_file() {
            let problem = "no OCI layout: the file oci-layout is missing";
            return Err(io::Error::new(io::ErrorKind::NotFound, problem));
        }
        Ok(Self { root })
    }

    /// Its directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where a blob is or would be.
    pub(crate) fn blob_path(&self, digest: &str) -> PathBuf {
        self.root.join("blobs").join(digest.replace(':', "/"))
    }

    /// Whether a blob is there in its full size.
    pub(crate) fn has(&self, descriptor: &Descriptor) -> bool {
        let found = std::fs::metadata(self.blob_path(&descriptor.digest));
        found.is_ok_and(|found| found.is_file() && found.len() == descriptor.size)
    }

    /// Writes bytes whose digest was checked.
    pub(crate) fn put(&self, digest: &str, bytes: &[u8]) -> io::Result<()> {
        self.write_atomically(&self.blob_path(digest), bytes)
    }

    /// Whether there are files besides what another creator of this layout is about to rename.
    fn holds_something_else(&self) -> io::Result<bool> {
        for entry in std::fs::read_dir(&self.root)? {
            let name = entry?.file_name();
            let ours = [OsStr::new(MARKER), OsStr::new("blobs")].contains(&name.as_os_str());
            if !ours && !name.as_encoded_bytes().starts_with(TEMPORARY.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn write_atomically(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        use std::io::Write as _;
        let folder = path.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
            .tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }
}
