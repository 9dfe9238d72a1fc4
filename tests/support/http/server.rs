use std::fmt;
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use super::connection::{After, Connection};
use super::reply::Reply;
use super::request::Request;
use crate::listener::Listener;

/// A free port.
const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

type Handler = dyn Fn(&Request) -> Reply + Send + Sync;

/// A server on 127.0.0.1 that answers with a function and keeps every request.
///
/// It stops when dropped: the port is closed and every open connection is shut.
pub struct HttpServer {
    shared: Arc<Shared>,
    listener: Listener,
}

struct Shared {
    handler: Box<Handler>,
    tls: Option<Arc<ServerConfig>>,
    requests: Mutex<Vec<Request>>,
}

impl HttpServer {
    /// Starts a plain server.
    pub fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        Self::listen(ANYWHERE, None, Box::new(handler))
    }

    /// Starts one at an address that was chosen.
    pub fn start_at(
        address: SocketAddr,
        tls: Option<Arc<ServerConfig>>,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(address, tls, Box::new(handler))
    }

    /// Starts a TLS server; see [`Identity::server_config`](crate::pki::Identity::server_config).
    pub fn start_tls(
        config: Arc<ServerConfig>,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::listen(ANYWHERE, Some(config), Box::new(handler))
    }

    /// `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        self.listener.address().to_string()
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    pub fn url(&self) -> String {
        let scheme = if self.shared.tls.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address())
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

    fn listen(address: SocketAddr, tls: Option<Arc<ServerConfig>>, handler: Box<Handler>) -> Self {
        let shared = Arc::new(Shared {
            handler,
            tls,
            requests: Mutex::default(),
        });
        let listener = Listener::start_at(address, {
            let shared = Arc::clone(&shared);
            move |stream| shared.serve(stream)
        });
        Self { shared, listener }
    }
}

impl fmt::Debug for HttpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn serve(&self, stream: &TcpStream) {
        // A client that goes away in the middle is part of many a test.
        if let Ok(After::Reset) = self.answer_all(stream) {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
    }

    fn answer_all(&self, mut stream: &TcpStream) -> io::Result<After> {
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
