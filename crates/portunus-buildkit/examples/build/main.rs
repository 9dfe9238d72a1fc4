//! `build --addr ADDRESS [--profile NAME] [--no-mount] -t REFERENCE DIRECTORY`: sends a Dockerfile
//! build to a builder, and pushes what comes of it, with the logins that `portunus` has.
//!
//! ADDRESS is that of a `buildkitd` (`unix://PATH`, `http://HOST:PORT`), or `docker://PATH` with the
//! socket of a dockerd.

#![allow(clippy::print_stderr, reason = "a program")]

mod request;

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use portunus::name::ImageReference;
use portunus_buildkit::{BuildImages, BuildSession, BuildSettings, upgrade};
use portunus_client::{Environment, Overrides, Settings, http};
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (mut address, mut tag, mut directory) = (String::new(), String::new(), PathBuf::new());
    let (mut overrides, mut no_mount) = (Overrides::default(), false);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument} needs a value"))
        };
        match &*argument {
            "--addr" => address = value()?,
            "--profile" => overrides.profile = Some(value()?),
            "--no-mount" => no_mount = true,
            "-t" => tag = value()?,
            _ => directory = argument.into(),
        }
    }
    let settings = Settings::read(&overrides, &Environment::of_this_process())?;
    let image: ImageReference = tag.parse()?;
    let mut images = BuildImages::default();
    let dockerfile = std::fs::read_to_string(directory.join("Dockerfile"))?;
    images.read_dockerfile(&dockerfile, &[]);
    images.push(image.clone());
    let mut build = BuildSettings::new(settings.profile.clone());
    build.no_mount = no_mount;
    build.listener = Some(Arc::new(|note| eprintln!("note: {note}")));
    let (resolver, client) = (settings.resolver()?, http::client(&settings)?);
    let session = BuildSession::open(&resolver, client, &images, build)?;
    let (builder, attached) = match address.strip_prefix("docker://") {
        Some(path) => {
            let own = UnixStream::connect(path).await?;
            let attached = session.attach_upgraded(own).await?;
            (dockerd(path).await?, attached)
        }
        None => {
            let builder = Endpoint::from_shared(address)?.connect().await?;
            (builder.clone(), session.attach(builder).await?)
        }
    };
    let built = request::build(builder, session.id(), &image, &directory).await;
    attached.close().await;
    Ok(built.map_err(|status| status.message().to_owned())?)
}

/// The control service of the builder in a dockerd.
async fn dockerd(path: &str) -> Result<Channel, Box<dyn Error>> {
    let mut stream = Some(TokioIo::new(
        upgrade(UnixStream::connect(path).await?).await?,
    ));
    let once = tower::service_fn(move |_| {
        let stream = stream.take();
        async move { stream.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::NotConnected)) }
    });
    let endpoint = Endpoint::from_static("http://builder");
    Ok(endpoint.connect_with_connector(once).await?)
}
