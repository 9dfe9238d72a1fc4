use std::fs::File;
use std::io;
use std::sync::Arc;

use rustix::buffer::spare_capacity;
use rustix::io::pread;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use crate::image::descriptor::Descriptor;

/// What is read at a time.
const PIECE: u64 = 1 << 20;

/// A blob of a layout that may still be on its way there, to be read behind whoever writes it.
#[derive(Debug, Clone)]
pub struct Arriving {
    descriptor: Descriptor,
    file: Arc<File>,
    extent: watch::Receiver<Extent>,
    /// How often it had begun again when that was told last.
    restarts: u32,
}

/// What is next of an [`Arriving`] blob.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arrival {
    /// Bytes, of which nobody knows yet whether they are right.
    Bytes(Vec<u8>),
    /// What was told of it was wrong: other bytes come from its start.
    Restarted,
    /// Nothing more: it is there.
    Whole,
    /// Nothing more: who wrote it has given it up.
    GivenUp,
}

/// How much of a blob is there.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Extent {
    /// Bytes in the file.
    pub(super) written: u64,
    /// How often it has begun again from nothing.
    pub(super) restarts: u32,
    pub(super) whole: bool,
}

impl Extent {
    /// So many bytes are there already.
    pub(super) fn of(written: u64) -> Self {
        Self {
            written,
            ..Self::default()
        }
    }
}

impl Arriving {
    /// Follows the file that a blob is written to.
    pub(super) fn new(
        descriptor: Descriptor,
        file: Arc<File>,
        extent: watch::Receiver<Extent>,
    ) -> Self {
        let restarts = extent.borrow().restarts;
        Self {
            descriptor,
            file,
            extent,
            restarts,
        }
    }

    /// The file of a blob that is there.
    pub(super) fn there(descriptor: Descriptor, file: File) -> Self {
        let extent = Extent {
            written: descriptor.size,
            restarts: 0,
            whole: true,
        };
        Self::new(descriptor, Arc::new(file), watch::channel(extent).1)
    }

    /// What it is to be.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// Waits for what is next of it, where so many bytes of its start are known already.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn next(&mut self, from: u64) -> io::Result<Arrival> {
        loop {
            let extent = *self.extent.borrow_and_update();
            if extent.restarts != self.restarts {
                self.restarts = extent.restarts;
                return Ok(Arrival::Restarted);
            }
            if from < extent.written {
                let length = PIECE.min(extent.written - from);
                let read = self.read(from, length).await;
                // Otherwise the file was emptied under our eyes.
                if self.extent.borrow().restarts == self.restarts {
                    return read.map(Arrival::Bytes);
                }
            } else if extent.whole {
                return Ok(Arrival::Whole);
            } else if self.extent.changed().await.is_err() {
                return Ok(Arrival::GivenUp);
            }
        }
    }

    async fn read(&self, from: u64, length: u64) -> io::Result<Vec<u8>> {
        let file = Arc::clone(&self.file);
        let length = usize::try_from(length).map_err(io::Error::other)?;
        // Made here, where it ends: what one thread makes for another is not used again so soon.
        let mut bytes = Vec::with_capacity(length);
        let reading = spawn_blocking(move || -> io::Result<Vec<u8>> {
            while bytes.len() < length {
                let at = from + bytes.len() as u64;
                if pread(&file, spare_capacity(&mut bytes), at)? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
            Ok(bytes)
        });
        reading.await.map_err(io::Error::other)?
    }
}
