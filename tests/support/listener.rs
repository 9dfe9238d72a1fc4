//! A port on 127.0.0.1 with a thread for each connection.

use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket2::SockRef;

use crate::threads;

/// Listens until it is dropped, and then shuts every connection that is open.
#[derive(Debug)]
pub(crate) struct Listener {
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    socket: TcpListener,
    open: Mutex<Vec<Arc<TcpStream>>>,
    stopped: AtomicBool,
}

impl Listener {
    /// Serves every connection with this function, in threads of the test that calls.
    pub(crate) fn start(serve: impl Fn(&TcpStream) + Clone + Send + 'static) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), serve)
    }

    /// The same at an address that was chosen.
    pub(crate) fn start_at(
        address: SocketAddr,
        serve: impl Fn(&TcpStream) + Clone + Send + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            socket: TcpListener::bind(address).unwrap(),
            open: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let accepting = threads::spawn({
            let shared = Arc::clone(&shared);
            move || shared.accept(&serve)
        });
        Self {
            shared,
            accepting: Some(accepting),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.shared.socket.local_addr().unwrap()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let Shared {
            socket,
            open,
            stopped,
        } = &*self.shared;
        stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then sees that it is over. Where a socket that listens
        // cannot be shut down, a connection does it.
        if SockRef::from(socket).shutdown(Shutdown::Both).is_err() {
            let _ = socket.local_addr().and_then(TcpStream::connect);
        }
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
        for stream in open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn accept<S>(self: &Arc<Self>, serve: &S)
    where
        S: Fn(&TcpStream) + Clone + Send + 'static,
    {
        loop {
            let accepted = self.socket.accept();
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let Ok((stream, _)) = accepted else {
                // Too many open files, which may be fewer in a moment.
                thread::sleep(Duration::from_millis(10));
                continue;
            };
            let open = Open {
                stream: Arc::new(stream),
                listener: Arc::clone(self),
            };
            self.open.lock().unwrap().push(Arc::clone(&open.stream));
            let serve = serve.clone();
            threads::spawn(move || serve(&open.stream));
        }
    }
}

/// A connection that is closed when it has been served, also by a panic.
struct Open {
    stream: Arc<TcpStream>,
    listener: Arc<Shared>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.listener.open.lock().unwrap();
        open.retain(|stream| !Arc::ptr_eq(stream, &self.stream));
    }
}
