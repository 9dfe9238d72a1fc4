//! An HTTP proxy that sends every name where the test wants it, so that a client can be shown a
//! Docker Hub of our own while nothing leaves the machine.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// A proxy for `CONNECT` on 127.0.0.1. It stops when dropped.
#[derive(Debug)]
pub struct ConnectProxy {
    shared: Arc<Shared>,
    address: SocketAddr,
}

#[derive(Debug)]
struct Shared {
    routes: Vec<(String, String)>,
    asked: Mutex<Vec<String>>,
    open: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

impl ConnectProxy {
    /// Starts a proxy with routes from `NAME:PORT` to a server's address on 127.0.0.1. Every other
    /// name is answered with 502. Where a name has several routes, each connection takes the next
    /// one, and those after the last one the last one.
    pub fn start(routes: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            routes: routes
                .iter()
                .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
                .collect(),
            asked: Mutex::default(),
            open: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if accepting.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let shared = Arc::clone(&accepting);
                thread::spawn(move || shared.serve(stream));
            }
        });
        Self { shared, address }
    }

    /// `http://127.0.0.1:PORT`, for `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every `NAME:PORT` that was asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

impl Drop for ConnectProxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    /// Where this connection goes.
    fn route(&self, name: String) -> Option<&str> {
        let mut asked = self.asked.lock().unwrap();
        let before = asked.iter().filter(|held| **held == name).count();
        let routes = self.routes.iter().filter(|(from, _)| *from == name);
        asked.push(name.clone());
        let (_, to) = routes.take(before + 1).last()?;
        Some(to)
    }

    /// Ends with an error when either side goes away, which is how every tunnel ends.
    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(client.try_clone()?);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let mut header = String::new();
        while reader.read_line(&mut header)? > 2 {
            header.clear();
        }
        let mut words = line.split_whitespace();
        let name = match (words.next(), words.next()) {
            (Some("CONNECT"), Some(name)) => name.to_owned(),
            _ => {
                return client.write_all(b"HTTP/1.1 405 only CONNECT\r\nContent-Length: 0\r\n\r\n");
            }
        };
        let Some(route) = self.route(name) else {
            return client.write_all(b"HTTP/1.1 502 no such route\r\nContent-Length: 0\r\n\r\n");
        };
        let mut server = TcpStream::connect(route)?;
        client.write_all(b"HTTP/1.1 200 connected\r\n\r\n")?;
        self.open
            .lock()
            .unwrap()
            .extend([client.try_clone()?, server.try_clone()?]);
        let (mut back_from, mut back_to) = (server.try_clone()?, client.try_clone()?);
        thread::spawn(move || {
            let _ = io::copy(&mut back_from, &mut back_to);
            let _ = back_to.shutdown(Shutdown::Write);
        });
        let _ = io::copy(&mut reader, &mut server);
        server.shutdown(Shutdown::Write)
    }
}
