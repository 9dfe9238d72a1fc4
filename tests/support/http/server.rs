use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use super::connection::{After, Connection};
use super::reply::Reply;
use super::request::Request;

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

/// A server on 127.0.0.1 that answers with a function and keeps every request.
///
/// It stops when dropped: the port is closed and every open connection is shut.
pub struct HttpServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    handler: Box<Handler>,
    tls: Option<Arc<ServerConfig>>,
    requests: Mutex<Vec<Request>>,
    open: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

impl HttpServer {
    /// Starts a plain server.
    pub fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(None, Box::new(handler))
    }

    /// Starts a TLS server; see [`Identity::server_config`](crate::pki::Identity::server_config).
    pub fn start_tls(
        config: Arc<ServerConfig>,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(config), Box::new(handler))
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    pub fn url(&self) -> String {
        let scheme = if self.shared.tls.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    /// Every request so far, in the order in which their last byte came in.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Forgets the requests so far.
    pub fn forget_requests(&self) {
        self.shared.requests.lock().unwrap().clear();
    }

    /// The requests that hold this secret in any form; see [`Request::contains`].
    pub fn requests_with(&self, secret: &str) -> Vec<Request> {
        self.requests()
            .into_iter()
            .filter(|request| request.contains(secret))
            .collect()
    }

    fn listen(tls: Option<Arc<ServerConfig>>, handler: Box<Handler>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            handler,
            tls,
            requests: Mutex::default(),
            open: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || shared.accept(&listener)
        });
        Self {
            shared,
            address,
            accepting: Some(accepting),
        }
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
        for stream in self.shared.open.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming().flatten() {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let Ok(open) = stream.try_clone() else {
                continue;
            };
            self.open.lock().unwrap().push(open);
            let shared = Arc::clone(self);
            thread::spawn(move || shared.serve(stream));
        }
    }

    fn serve(&self, stream: TcpStream) {
        let Ok(raw) = stream.try_clone() else { return };
        let _forget = Forget {
            shared: self,
            peer: stream.peer_addr().ok(),
        };
        // A client that goes away in the middle is part of many a test.
        if let Ok(After::Reset) = self.answer_all(stream) {
            let _ = SockRef::from(&raw).set_linger(Some(Duration::ZERO));
        }
    }

    fn answer_all(&self, mut stream: TcpStream) -> io::Result<After> {
        stream.set_nodelay(true)?;
        let Some(config) = &self.tls else {
            return self.answer_each(stream, false);
        };
        let mut tls = ServerConnection::new(Arc::clone(config)).map_err(io::Error::other)?;
        while tls.is_handshaking() {
            tls.complete_io(&mut stream)?;
        }
        let shown = tls.peer_certificates().is_some();
        self.answer_each(StreamOwned::new(tls, stream), shown)
    }

    fn answer_each(
        &self,
        stream: impl Read + Write,
        client_certificate: bool,
    ) -> io::Result<After> {
        let mut connection = Connection::new(stream);
        while let Some(mut request) = connection.request()? {
            request.tls = self.tls.is_some();
            request.client_certificate = client_certificate;
            self.requests.lock().unwrap().push(request.clone());
            let reply = (self.handler)(&request);
            let after = connection.reply(&request.method, &reply)?;
            let close = request
                .header("Connection")
                .is_some_and(|value| value.eq_ignore_ascii_case("close"));
            if after != After::Next || close {
                return Ok(after);
            }
        }
        Ok(After::Close)
    }
}

/// Lets go of the server's own handle of a connection at its end, so that it is closed.
struct Forget<'a> {
    shared: &'a Shared,
    peer: Option<SocketAddr>,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        let mut open = self.shared.open.lock().unwrap();
        open.retain(|stream| stream.peer_addr().is_ok_and(|peer| Some(peer) != self.peer));
    }
}
