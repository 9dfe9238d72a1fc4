//! Where a builder is: its address and its certificate, in the words of `buildctl`.

use std::error::Error;
use std::io::{self, pipe};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use portunus_buildkit::upgrade;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tonic::transport::{Channel, Endpoint};

/// A builder that is still to be connected to.
#[derive(Default)]
pub(crate) struct Builder {
    address: String,
    authority: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    server_name: Option<String>,
}

impl Builder {
    /// Takes a flag that is about it.
    pub(crate) fn set(&mut self, flag: &str, value: String) {
        match flag {
            "--addr" => self.address = value,
            "--tlscacert" => self.authority = Some(value.into()),
            "--tlscert" => self.certificate = Some(value.into()),
            "--tlskey" => self.key = Some(value.into()),
            _ => self.server_name = Some(value),
        }
    }

    /// Its control service.
    pub(crate) async fn connect(&self) -> Result<Channel, Box<dyn Error>> {
        match self.address.split_once("://") {
            Some(("unix", _)) => Ok(Endpoint::from_shared(self.address.clone())?
                .connect()
                .await?),
            Some(("tcp", place)) => self.connect_to(place).await,
            Some(("docker", socket)) => {
                let connection = UnixStream::connect(socket).await?;
                speak_over(upgrade(connection).await?).await
            }
            Some(("docker-container", name)) => speak_over(execute_in(name)?).await,
            _ => Err(format!("{}: no address of a builder", self.address).into()),
        }
    }

    async fn connect_to(&self, place: &str) -> Result<Channel, Box<dyn Error>> {
        let connection = TcpStream::connect(place).await?;
        let Some(authority) = &self.authority else {
            return speak_over(connection).await;
        };
        let mut authorities = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(authority)? {
            authorities.add(certificate?)?;
        }
        let settings = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(authorities);
        let mut settings = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => {
                let chain =
                    CertificateDer::pem_file_iter(certificate)?.collect::<Result<_, _>>()?;
                settings.with_client_auth_cert(chain, PrivateKeyDer::from_pem_file(key)?)?
            }
            _ => settings.with_no_client_auth(),
        };
        settings.alpn_protocols = vec![b"h2".to_vec()];
        let host = place.rsplit_once(':').map_or(place, |(host, _)| host);
        let name = self.server_name.as_deref().unwrap_or(host).to_owned();
        let connector = TlsConnector::from(Arc::new(settings));
        let name = ServerName::try_from(name)?;
        speak_over(connector.connect(name, connection).await?).await
    }
}

/// The builder in a container, which the program `docker` reaches wherever its daemon is.
fn execute_in(container: &str) -> io::Result<impl AsyncRead + AsyncWrite + Send + Unpin + 'static> {
    let mut docker = Command::new("docker");
    docker.args(["exec", "-i", container, "buildctl", "dial-stdio"]);
    let (to, from) = (pipe()?, pipe()?);
    docker.stdin(to.0).stdout(from.1).spawn()?;
    let from = Receiver::from_owned_fd(from.0.into())?;
    Ok(tokio::io::join(from, Sender::from_owned_fd(to.1.into())?))
}

/// The control service at the other end of a stream, which there is once.
async fn speak_over<S>(stream: S) -> Result<Channel, Box<dyn Error>>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut stream = Some(TokioIo::new(stream));
    let once = tower::service_fn(move |_| {
        let stream = stream.take();
        async move { stream.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected)) }
    });
    let endpoint = Endpoint::from_static("http://builder");
    Ok(endpoint.connect_with_connector(once).await?)
}
