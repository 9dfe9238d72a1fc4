use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::OciLayout;
use super::arriving::{Arriving, Extent};
use super::folder::Folder;
use super::sink::Sink;
use crate::image::descriptor::Descriptor;
use crate::image::digest::Digester;
use crate::outcome::Outcome;

/// Between two looks at a blob that somebody else writes.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Where blobs are until they are complete.
const FOLDER: &str = "ingest";

/// A blob on its way into a layout.
#[derive(Debug)]
pub(crate) struct Ingest {
    descriptor: Descriptor,
    /// The layout's root, and `ingest` and the blob's folder below it.
    root: Folder,
    folder: Folder,
    target: Folder,
    /// The name in `ingest`, and the one among the blobs.
    names: (String, String),
    sink: Sink,
    written: u64,
    /// To be read behind us.
    arriving: Arriving,
    synced: bool,
}

impl Ingest {
    /// Goes on where an earlier try broke off. Another pull that writes the same blob is waited
    /// for; `None`: the blob is there now.
    pub(crate) async fn open(
        layout: &OciLayout,
        descriptor: &Descriptor,
    ) -> io::Result<Option<Self>> {
        while !has(layout, descriptor).await? {
            if let Some(ingest) = Self::try_open(layout, descriptor).await? {
                return Ok(Some(ingest));
            }
            tokio::time::sleep(LOCK_PAUSE).await;
        }
        Ok(None)
    }

    async fn try_open(layout: &OciLayout, descriptor: &Descriptor) -> io::Result<Option<Self>> {
        let root = layout.folder()?;
        let folder = root.make_below(FOLDER)?;
        let partial = descriptor.digest.replace(':', "-");
        let Some(mut file) = open_locked(&folder, &partial)? else {
            return Ok(None);
        };
        if has(layout, descriptor).await? {
            folder.remove(&partial)?;
            return Ok(None);
        }
        let expected = descriptor.clone();
        // There may be much to read.
        let started = tokio::task::spawn_blocking(move || {
            let start = digest_start(&mut file, &expected);
            start.map(|(digester, written)| (file, digester, written))
        });
        let (file, digester, written) = started.await.map_err(io::Error::other)??;
        let (target, name) = layout.make_place(&descriptor.digest)?;
        let (file, (told, extent)) = (Arc::new(file), watch::channel(Extent::of(written)));
        Ok(Some(Self {
            descriptor: descriptor.clone(),
            root,
            folder,
            target,
            names: (partial, name.to_owned()),
            arriving: Arriving::new(descriptor.clone(), Arc::clone(&file), extent),
            sink: Sink::new(file, digester, told),
            written,
            synced: layout.synced,
        }))
    }

    /// Bytes that are there.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// The blob, for whoever does not wait until it is whole.
    pub(crate) fn arriving(&self) -> Arriving {
        self.arriving.clone()
    }

    /// Starts again from nothing.
    pub(crate) async fn restart(&mut self) -> io::Result<()> {
        let digester = Digester::like(&self.descriptor.digest);
        self.sink.restart(digester).await?;
        self.written = 0;
        Ok(())
    }

    /// Waits until everything that was taken is in the file, where a later try finds it.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        self.sink.flush().await
    }

    /// Takes the next piece; more than the blob's size is refused.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> Result<(), Outcome> {
        let written = self.written + piece.len() as u64;
        if written > self.descriptor.size {
            // Nothing of it can be right.
            self.restart().await.map_err(not_written)?;
            return Err(Outcome::bad_content(format!(
                "{} is larger than its {} bytes",
                self.descriptor.digest, self.descriptor.size
            )));
        }
        self.written = written;
        self.sink.take(piece).await.map_err(not_written)
    }

    /// Checks size and digest, and puts the blob into its place.
    pub(crate) async fn finish(mut self) -> Result<(), (Self, Outcome)> {
        let expected = &self.descriptor;
        if self.written != expected.size {
            let problem = format!(
                "{} broke off after {} of {} bytes",
                expected.digest, self.written, expected.size
            );
            return Err((self, Outcome::bad_content(problem)));
        }
        let digest = match self.sink.finish().await {
            Ok(digester) => digester.finish(),
            Err(error) => return Err((self, not_written(error))),
        };
        if digest != expected.digest {
            let problem = format!("{} has the digest {digest}", expected.digest);
            return Err((self, Outcome::bad_content(problem)));
        }
        match self.settle().await {
            Ok(()) => Ok(()),
            Err(error) => Err((self, not_written(error))),
        }
    }

    async fn settle(&mut self) -> io::Result<()> {
        self.sink.tell_whole().await?;
        if self.synced {
            self.sink.sync().await?;
        }
        let (partial, name) = &self.names;
        self.folder.rename(partial, &self.target, name)?;
        // Gone with the last one.
        let _ = self.root.remove_folder(FOLDER);
        Ok(())
    }
}

/// The file under that name, locked; `None`: somebody else writes it, or has just finished.
fn open_locked(folder: &Folder, name: &str) -> io::Result<Option<File>> {
    let file = match folder.open_own(name) {
        Ok(file) => file,
        // The folder went with the last blob that was in it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    // Between opening and locking the file may have become a blob, which is not to be touched.
    Ok(folder.names(name, &file)?.then_some(file))
}

/// Whether a blob is there, with its digest: there may be much to read.
async fn has(layout: &OciLayout, descriptor: &Descriptor) -> io::Result<bool> {
    let (layout, descriptor) = (layout.clone(), descriptor.clone());
    let looked = tokio::task::spawn_blocking(move || layout.has(&descriptor));
    looked.await.map_err(io::Error::other)
}

fn digest_start(file: &mut File, descriptor: &Descriptor) -> io::Result<(Digester, u64)> {
    let mut digester = Digester::like(&descriptor.digest);
    let mut buffer = vec![0; 1 << 16];
    let mut written = 0;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((digester, written)),
            read => {
                written += read as u64;
                digester.update(&buffer[..read]);
            }
        }
        if written > descriptor.size {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            return Ok((Digester::like(&descriptor.digest), 0));
        }
    }
}

/// Of a layout that takes nothing more.
pub(crate) fn not_written(error: io::Error) -> Outcome {
    Outcome::local(format!("the layout cannot be written: {error}"))
}
