pub(crate) mod arriving;
mod folder;
mod index;
pub(crate) mod ingest;
mod sink;

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use arriving::Arriving;
use folder::{Folder, TEMPORARY};

use crate::image::descriptor::Descriptor;
use crate::image::digest::{Digester, digest_like};

const MARKER: &str = "oci-layout";
const BLOBS: &str = "blobs";
const MARKER_TEXT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

/// A directory with images (OCI image specification, `image-layout.md`).
///
/// Blobs appear whole or not at all; what a broken-off transfer left stays under `ingest/` for
/// the next try. Files are opened without following links, as regular files of the layout; what is
/// there is believed only after its digest was computed.
#[derive(Debug, Clone)]
pub struct OciLayout {
    root: PathBuf,
    /// Whether the disk has a file before it is in its place.
    synced: bool,
}

impl OciLayout {
    /// The layout at `root`, made where there is none.
    ///
    /// # Errors
    /// Where it cannot be made, or something else is there.
    pub fn create(root: impl Into<PathBuf>) -> io::Result<Self> {
        Self::make(root.into(), true)
    }

    /// The same for a while: no file of it is waited for until the disk has it.
    ///
    /// # Errors
    /// As [`OciLayout::create`].
    pub fn create_scratch(root: impl Into<PathBuf>) -> io::Result<Self> {
        Self::make(root.into(), false)
    }

    fn make(root: PathBuf, synced: bool) -> io::Result<Self> {
        std::fs::create_dir_all(&root)?;
        let layout = Self { root, synced };
        let folder = layout.folder()?;
        match folder.read(MARKER) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if layout.holds_something_else()? {
                    let problem = "the folder is neither empty nor an OCI layout";
                    return Err(io::Error::new(io::ErrorKind::AlreadyExists, problem));
                }
                folder.write(MARKER, MARKER_TEXT.as_bytes(), synced)?;
            }
            Err(error) => return Err(error),
        }
        folder.make_below(BLOBS)?;
        Ok(layout)
    }

    /// The layout at `root`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let layout = Self {
            root: root.into(),
            synced: true,
        };
        match layout.folder().and_then(|folder| folder.read(MARKER)) {
            Ok(_) => Ok(layout),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let problem = "no OCI layout: the file oci-layout is missing";
                Err(io::Error::new(io::ErrorKind::NotFound, problem))
            }
            Err(error) => Err(error),
        }
    }

    /// Its directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether a blob is there, in its full size and with its digest.
    pub fn has(&self, descriptor: &Descriptor) -> bool {
        self.open_blob(descriptor).is_ok()
    }

    /// A blob of the descriptor's size, as one that has arrived. Its digest is for whoever is given
    /// the bytes to compute.
    ///
    /// # Errors
    /// Where it is not there, is no regular file of the layout's own, or has another size.
    pub fn open_arrived(&self, descriptor: &Descriptor) -> io::Result<Arriving> {
        let file = self.open_sized(descriptor)?;
        Ok(Arriving::there(descriptor.clone(), file))
    }

    /// A blob of the descriptor's size, to be read from its start.
    fn open_sized(&self, descriptor: &Descriptor) -> io::Result<File> {
        let (folder, name) = self.place(&descriptor.digest)?;
        let file = folder.read(name)?;
        let size = file.metadata()?.len();
        match size == descriptor.size {
            true => Ok(file),
            false => Err(wrong(&format!(
                "the file has {size} bytes instead of {}",
                descriptor.size
            ))),
        }
    }

    /// A blob whose size and digest are those of the descriptor, to be read from its start.
    pub(crate) fn open_blob(&self, descriptor: &Descriptor) -> io::Result<File> {
        let mut file = self.open_sized(descriptor)?;
        let mut digester = Digester::like(&descriptor.digest);
        let mut buffer = vec![0; 1 << 16];
        // A file that grows meanwhile has another digest.
        let mut start = (&mut file).take(descriptor.size + 1);
        loop {
            match start.read(&mut buffer)? {
                0 => break,
                read => digester.update(&buffer[..read]),
            }
        }
        if digester.finish() != descriptor.digest {
            return Err(wrong("the file has another digest"));
        }
        file.rewind()?;
        Ok(file)
    }

    /// The bytes of a blob of at most so many, whose digest is that one.
    ///
    /// # Errors
    /// Where it is not there, is no regular file of the layout's own, has more bytes or another
    /// digest.
    pub fn read_blob(&self, digest: &str, most: u64) -> io::Result<Vec<u8>> {
        let (folder, name) = self.place(digest)?;
        let bytes = folder.read_whole(name, most)?;
        match digest_like(digest, &bytes) == digest {
            true => Ok(bytes),
            false => Err(wrong("the file has another digest")),
        }
    }

    /// Writes bytes whose digest was checked.
    pub(crate) fn put(&self, digest: &str, bytes: &[u8]) -> io::Result<()> {
        let (folder, name) = self.make_place(digest)?;
        folder.write(name, bytes, self.synced)
    }

    fn folder(&self) -> io::Result<Folder> {
        Folder::open(&self.root)
    }

    /// The folder a blob is in, and its name there.
    fn place<'a>(&self, digest: &'a str) -> io::Result<(Folder, &'a str)> {
        let (algorithm, name) = parts(digest)?;
        Ok((self.folder()?.below(BLOBS)?.below(algorithm)?, name))
    }

    /// The same, made where it is not there.
    fn make_place<'a>(&self, digest: &'a str) -> io::Result<(Folder, &'a str)> {
        let (algorithm, name) = parts(digest)?;
        let blobs = self.folder()?.make_below(BLOBS)?;
        Ok((blobs.make_below(algorithm)?, name))
    }

    /// Whether there are files besides what another creator of this layout is about to rename.
    fn holds_something_else(&self) -> io::Result<bool> {
        for entry in std::fs::read_dir(&self.root)? {
            let name = entry?.file_name();
            let ours = name == MARKER || name == BLOBS;
            if !ours && !name.as_encoded_bytes().starts_with(TEMPORARY.as_bytes()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Algorithm and value, each of which is a name below `blobs`.
fn parts(digest: &str) -> io::Result<(&str, &str)> {
    let parts = digest.split_once(':');
    parts
        .filter(|_| crate::image::digest::is_digest(digest))
        .ok_or_else(|| wrong("no digest"))
}

fn wrong(problem: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
