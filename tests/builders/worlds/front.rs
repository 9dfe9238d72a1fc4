//! The builder in a dockerd, reached as a buildkitd is: over a connection that is the builder's own.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use portunus_buildkit::upgrade;
use support::pki::{CertificateAuthority, Identity};
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;

/// A port before the socket of a dockerd. It is closed when dropped.
pub(crate) struct Front {
    address: SocketAddr,
    _runtime: Runtime,
}

impl Front {
    pub(crate) fn of(docker: &Path) -> Self {
        Self::start(docker, None)
    }

    /// The same over TLS, with that certificate, for clients of that authority alone.
    pub(crate) fn over_tls(docker: &Path, own: &Identity, clients: &CertificateAuthority) -> Self {
        let mut settings = (*own.server_config(Some(clients))).clone();
        settings.alpn_protocols = vec![b"h2".to_vec()];
        Self::start(docker, Some(TlsAcceptor::from(Arc::new(settings))))
    }

    fn start(docker: &Path, tls: Option<TlsAcceptor>) -> Self {
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
        let listener = listener.unwrap();
        let address = listener.local_addr().unwrap();
        let docker = docker.to_owned();
        runtime.spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(take(client, tls.clone(), docker.clone()));
            }
        });
        Self {
            address,
            _runtime: runtime,
        }
    }

    /// `HOST:PORT`.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }
}

/// Either side goes away at some time, which is how every connection ends.
async fn take(client: TcpStream, tls: Option<TlsAcceptor>, docker: PathBuf) -> io::Result<()> {
    match tls {
        None => carry(client, &docker).await,
        Some(tls) => carry(tls.accept(client).await?, &docker).await,
    }
}

async fn carry(mut client: impl AsyncRead + AsyncWrite + Unpin, docker: &Path) -> io::Result<()> {
    let upgraded = upgrade(UnixStream::connect(docker).await?).await;
    let mut builder = upgraded.map_err(io::Error::other)?;
    copy_bidirectional(&mut client, &mut builder).await?;
    Ok(())
}
