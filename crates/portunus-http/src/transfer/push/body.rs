use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use futures_util::stream;
use reqwest::Body;
use tokio::sync::mpsc::UnboundedSender;

use crate::wire::request::BodySource;

const PIECE: u64 = 64 << 10;

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
        let pieces = stream::try_unfold(0, move |at| {
            let (file, moved) = (Arc::clone(&file), moved.clone());
            async move {
                let piece = PIECE.min(length - at);
                if piece == 0 {
                    return Ok::<_, io::Error>(None);
                }
                let read = tokio::task::spawn_blocking(move || read_piece(&file, at, piece));
                let bytes = read.await.map_err(io::Error::other)??;
                let _ = moved.send(Moved::Bytes(piece));
                Ok(Some((bytes, at + piece)))
            }
        });
        Ok((Body::wrap_stream(pieces), length))
    }
}

/// Each body has a place of its own in the file, so that one that was given up disturbs no other.
fn read_piece(file: &File, at: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes)
}
