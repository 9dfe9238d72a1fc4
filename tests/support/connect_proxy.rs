//! An HTTP proxy that sends every name where the test wants it, so that a client can be shown a
//! Docker Hub of our own while nothing leaves the machine.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::listener::Listener;

/// A proxy for `CONNECT` on 127.0.0.1. It stops when dropped.
#[derive(Debug)]
pub struct ConnectProxy {
    shared: Arc<Shared>,
    listener: Listener,
}

#[derive(Debug)]
struct Shared {
    routes: Vec<(String, String)>,
    asked: Mutex<Vec<String>>,
}

impl ConnectProxy {
    /// Starts a proxy with routes from `NAME:PORT` to a server's address on 127.0.0.1. Every other
    /// name is answered with 502. Where a name has several routes, each connection takes the next
    /// one, and those after the last one the last one.
    pub fn start(routes: &[(&str, &str)]) -> Self {
        let shared = Arc::new(Shared {
            routes: routes
                .iter()
                .map(|(from, to)| ((*from).to_owned(), (*to).to_owned()))
                .collect(),
            asked: Mutex::default(),
        });
        let listener = Listener::start({
            let shared = Arc::clone(&shared);
            // Either side goes away at some time, which is how every tunnel ends.
            move |client| drop(shared.serve(client))
        });
        Self { shared, listener }
    }

    /// `http://127.0.0.1:PORT`, for `HTTPS_PROXY`.
    pub fn url(&self) -> String {
        format!("http://{}", self.listener.address())
    }

    /// Every `NAME:PORT` that was asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
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

    fn serve(&self, mut client: &TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(client);
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
        let server = &TcpStream::connect(route)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        client.write_all(b"HTTP/1.1 200 connected\r\n\r\n")?;
        thread::scope(|scope| {
            scope.spawn(move || {
                let _ = io::copy(&mut &*server, &mut &*client);
                let _ = client.shutdown(Shutdown::Write);
            });
            let _ = io::copy(&mut reader, &mut &*server);
            server.shutdown(Shutdown::Write)
        })
    }
}
