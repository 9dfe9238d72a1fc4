//! Where a builder is.

use std::error::Error;
use std::io;

use hyper_util::rt::TokioIo;
use portunus_buildkit::upgrade;
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

/// The control service of the builder at an address.
pub(crate) async fn connect(address: &str) -> Result<Channel, Box<dyn Error>> {
    let Some(path) = address.strip_prefix("docker://") else {
        return Ok(Endpoint::from_shared(address.to_owned())?.connect().await?);
    };
    let mut stream = Some(TokioIo::new(
        upgrade(UnixStream::connect(path).await?).await?,
    ));
    let once = tower::service_fn(move |_| {
        let stream = stream.take();
        async move { stream.ok_or_else(|| io::Error::from(io::ErrorKind::NotConnected)) }
    });
    let endpoint = Endpoint::from_static("http://builder");
    Ok(endpoint.connect_with_connector(once).await?)
}
