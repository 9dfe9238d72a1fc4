use std::fs::File;
use std::io;
use std::path::PathBuf;

use futures_util::stream;
use reqwest::Body;
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc::UnboundedSender;

use crate::wire::request::BodySource;

const PIECE: usize = 64 << 10;

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
    pub(super) path: PathBuf,
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
        let file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        // Nobody listens any more: then nobody wants to know.
        let _ = self.moved.send(Moved::Opened);
        let start = (tokio::fs::File::from_std(file), self.moved.clone());
        let pieces = stream::try_unfold(start, |(mut file, moved)| async move {
            let mut piece = vec![0; PIECE];
            let read = file.read(&mut piece).await?;
            if read == 0 {
                return Ok::<_, io::Error>(None);
            }
            piece.truncate(read);
            let _ = moved.send(Moved::Bytes(read as u64));
            Ok(Some((piece, (file, moved))))
        });
        Ok((Body::wrap_stream(pieces), length))
    }
}
