use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::mem;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

use super::arriving::Extent;
use crate::image::digest::Digester;

/// What is handed over at a time: over TLS bytes arrive in records of 16 KiB, and to wake another
/// thread for each costs more than to hash it.
const PIECE: usize = 512 << 10;

/// A file that is written and hashed on another thread, while more arrives.
#[derive(Debug)]
pub(super) struct Sink {
    buffer: Vec<u8>,
    state: State,
}

#[derive(Debug)]
enum State {
    Idle(Box<Hashed>),
    /// A piece is on its way into the file.
    Busy(JoinHandle<(Box<Hashed>, io::Result<()>)>),
    /// The thread is gone, and the file with it.
    Lost,
}

/// A file, and the digest of what is in it.
#[derive(Debug)]
struct Hashed {
    file: Arc<File>,
    digester: Digester,
    /// Told to whoever reads behind us.
    extent: watch::Sender<Extent>,
    /// To be filled with what arrives next.
    spare: Vec<u8>,
}

impl Sink {
    /// A file that stands at its end, and what was computed of it so far.
    pub(super) fn new(file: Arc<File>, digester: Digester, extent: watch::Sender<Extent>) -> Self {
        Self {
            buffer: Vec::new(),
            state: State::Idle(Box::new(Hashed {
                file,
                digester,
                extent,
                spare: Vec::new(),
            })),
        }
    }

    /// Takes what has arrived. That it cannot be written may be told later.
    pub(super) async fn take(&mut self, mut arrived: &[u8]) -> io::Result<()> {
        while !arrived.is_empty() {
            // Reserved whole: a buffer that grows is copied.
            self.buffer.reserve_exact(PIECE - self.buffer.len());
            let fits = arrived.len().min(PIECE - self.buffer.len());
            self.buffer.extend_from_slice(&arrived[..fits]);
            arrived = &arrived[fits..];
            if self.buffer.len() == PIECE {
                self.hand_over().await?;
            }
        }
        Ok(())
    }

    /// Waits until everything is in the file.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.hand_over().await?;
        self.idle().await.map(|_| ())
    }

    /// Waits as well, and gives what was computed of all of it.
    pub(super) async fn finish(&mut self) -> io::Result<Digester> {
        self.flush().await?;
        self.idle().await.map(|hashed| hashed.digester.clone())
    }

    /// Tells whoever reads behind us that what is in the file is right.
    pub(super) async fn tell_whole(&mut self) -> io::Result<()> {
        let hashed = self.idle().await?;
        hashed.extent.send_modify(|extent| extent.whole = true);
        Ok(())
    }

    /// Waits until the disk has it.
    pub(super) async fn sync(&mut self) -> io::Result<()> {
        self.on_other_thread(|hashed| hashed.file.sync_all())
            .await?;
        self.idle().await.map(|_| ())
    }

    /// Empties the file, to begin again with another digest.
    pub(super) async fn restart(&mut self, digester: Digester) -> io::Result<()> {
        self.buffer.clear();
        // What could not be written is not wanted any more.
        let _ = self.idle().await;
        let hashed = self.idle().await?;
        hashed.digester = digester;
        // Told before: whoever has read in the file meanwhile does not take what was read for right.
        hashed.extent.send_modify(|extent| {
            extent.restarts += 1;
            extent.written = 0;
        });
        hashed.file.set_len(0)?;
        hashed.file.seek(SeekFrom::Start(0)).map(|_| ())
    }

    async fn hand_over(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let spare = mem::take(&mut self.idle().await?.spare);
        let full = mem::replace(&mut self.buffer, spare);
        self.on_other_thread(|hashed| hashed.take(full)).await
    }

    async fn on_other_thread(
        &mut self,
        act: impl FnOnce(&mut Hashed) -> io::Result<()> + Send + 'static,
    ) -> io::Result<()> {
        self.idle().await?;
        if let State::Idle(mut hashed) = mem::replace(&mut self.state, State::Lost) {
            self.state = State::Busy(spawn_blocking(move || {
                let outcome = act(&mut hashed);
                (hashed, outcome)
            }));
        }
        Ok(())
    }

    /// Waits for the other thread, and tells what became of the piece.
    async fn idle(&mut self) -> io::Result<&mut Hashed> {
        if let State::Busy(writing) = &mut self.state {
            let done = writing.await;
            self.state = State::Lost;
            let (hashed, outcome) = done.map_err(io::Error::other)?;
            self.state = State::Idle(hashed);
            outcome?;
        }
        match &mut self.state {
            State::Idle(hashed) => Ok(hashed),
            State::Busy(_) | State::Lost => Err(io::Error::other("its writer was stopped")),
        }
    }
}

impl Drop for Sink {
    /// What has arrived is a start for the next try, unless its place in the file is not known yet.
    fn drop(&mut self) {
        if let State::Idle(hashed) = &mut self.state {
            let _ = hashed.take(mem::take(&mut self.buffer));
        }
    }
}

impl Hashed {
    fn take(&mut self, mut piece: Vec<u8>) -> io::Result<()> {
        self.digester.update(&piece);
        self.file.write_all(&piece)?;
        let more = piece.len() as u64;
        self.extent.send_modify(|extent| extent.written += more);
        piece.clear();
        self.spare = piece;
        Ok(())
    }
}
