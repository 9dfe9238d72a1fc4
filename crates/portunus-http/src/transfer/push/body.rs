use std::fs::File;
use std::io;
use std::mem;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use reqwest::Body;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinError, spawn_blocking};

use crate::wire::request::BodySource;

/// What is read at a time: to wake another thread for less costs more than to read it.
const PIECE: usize = 512 << 10;

/// How many pieces are read ahead of the one that is sent.
const AHEAD: usize = 2;

/// A body in memory.
#[derive(Debug)]
pub(super) struct BytesBody(pub(super) Vec<u8>);

impl BodySource for BytesBody {
    fn open(&self) -> io::Result<(Body, u64)> {
        Ok((Body::from(self.0.clone()), self.0.len() as u64))
    }
}

/// A blob of a layout, which tells what was taken from it.
#[derive(Debug)]
pub(super) struct FileBody {
    /// Its digest was computed from this very file.
    pub(super) file: Arc<File>,
    pub(super) length: u64,
    pub(super) moved: UnboundedSender<Moved>,
}

/// What happens to a [`FileBody`].
#[derive(Debug, Clone, Copy)]
pub(super) enum Moved {
    /// It is sent from its start.
    Opened,
    /// So many bytes more were taken.
    Bytes(u64),
}

impl BodySource for FileBody {
    fn open(&self) -> io::Result<(Body, u64)> {
        // Nobody listens any more: then nobody wants to know.
        let _ = self.moved.send(Moved::Opened);
        let (file, moved, length) = (Arc::clone(&self.file), self.moved.clone(), self.length);
        let starts = stream::iter((0..length).step_by(PIECE));
        let spares = Arc::new(Spares::default());
        let reads = starts.map(move |at| {
            let (file, spares) = (Arc::clone(&file), Arc::clone(&spares));
            let piece = (PIECE as u64).min(length - at);
            spawn_blocking(move || Piece::read(&file, at, piece, spares)).map(flatten)
        });
        let pieces = reads.buffered(AHEAD).map_ok(move |piece| {
            let _ = moved.send(Moved::Bytes(piece.bytes.len() as u64));
            Bytes::from_owner(piece)
        });
        Ok((Body::wrap_stream(pieces), length))
    }
}

fn flatten<T>(read: Result<io::Result<T>, JoinError>) -> io::Result<T> {
    read.map_err(io::Error::other)?
}

/// Memory for pieces, each of which takes up that of one that was sent: fresh memory comes from the
/// kernel page by page, and to get a page costs more than to fill it. Each body has its own: with one
/// for all, a push took a tenth more processor time.
#[derive(Default)]
struct Spares(Mutex<Vec<Vec<u8>>>);

impl Spares {
    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of a file on its way.
struct Piece {
    bytes: Vec<u8>,
    spares: Arc<Spares>,
}

impl Piece {
    /// Each body has a place of its own in the file, so that one that was given up disturbs no other.
    fn read(file: &File, at: u64, length: u64, spares: Arc<Spares>) -> io::Result<Self> {
        let spare = spares.lock().pop();
        let mut bytes = spare.unwrap_or_default();
        bytes.resize(usize::try_from(length).map_err(io::Error::other)?, 0);
        file.read_exact_at(&mut bytes, at)?;
        Ok(Self { bytes, spares })
    }
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.spares.lock().push(mem::take(&mut self.bytes));
    }
}
