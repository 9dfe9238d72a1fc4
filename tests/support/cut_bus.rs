//! A message bus that dies after so many messages of its clients.

use std::fs;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::home::Home;
use crate::threads;

/// Stands before the bus of a home, whose programs find it in its place. It passes on what is said
/// until it was spoken to so often; then every connection breaks, and there is no bus any more.
///
/// The bus is back when this is dropped.
#[derive(Debug)]
pub struct CutBus {
    line: Arc<Line>,
}

#[derive(Debug)]
struct Line {
    bus: PathBuf,
    socket: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How often it may still be spoken to.
    left: usize,
    is_cut: bool,
    open: Vec<UnixStream>,
}

impl CutBus {
    /// Dies when it is spoken to for the first time after so many times.
    pub fn start(home: &Home, left: usize) -> Self {
        let socket = home.runtime_dir().join("bus");
        let bus = home.runtime_dir().join("bus behind");
        fs::rename(&socket, &bus).unwrap();
        let listener = UnixListener::bind(&socket).unwrap();
        let state = Mutex::new(State {
            left,
            is_cut: false,
            open: Vec::new(),
        });
        let line = Arc::new(Line { bus, socket, state });
        let accepting = Arc::clone(&line);
        threads::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                if accepting.is_cut() {
                    return;
                }
                accepting.connect(client);
            }
        });
        Self { line }
    }

    /// Whether it has died.
    pub fn is_cut(&self) -> bool {
        self.line.is_cut()
    }
}

impl Drop for CutBus {
    fn drop(&mut self) {
        self.line.cut();
        // Wakes who accepts.
        let _ = UnixStream::connect(&self.line.socket);
        let _ = fs::remove_file(&self.line.socket);
        fs::rename(&self.line.bus, &self.line.socket).unwrap();
    }
}

impl Line {
    fn is_cut(&self) -> bool {
        self.state.lock().unwrap().is_cut
    }

    fn cut(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_cut = true;
        for end in state.open.drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    fn connect(self: &Arc<Self>, client: UnixStream) {
        let bus = UnixStream::connect(&self.bus).unwrap();
        let ends = [&client, &bus].map(|end| end.try_clone().unwrap());
        self.state.lock().unwrap().open.extend(ends);
        let (from, to) = (client.try_clone().unwrap(), bus.try_clone().unwrap());
        let line = Arc::clone(self);
        threads::spawn(move || pass_on(client, bus, || line.may_speak()));
        threads::spawn(move || pass_on(to, from, || true));
    }

    fn may_speak(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let left = state.left.checked_sub(1);
        state.left = left.unwrap_or_default();
        drop(state);
        if left.is_none() {
            self.cut();
        }
        left.is_some()
    }
}

fn pass_on(mut from: UnixStream, mut to: UnixStream, may_speak: impl Fn() -> bool) {
    let mut bytes = [0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        if !may_speak() || to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    for end in [from, to] {
        let _ = end.shutdown(Shutdown::Both);
    }
}
