//! `build --addr ADDRESS [--profile NAME] [--no-mount] [--no-token-cache] -t REFERENCE DIRECTORY`:
//! sends a Dockerfile build to a builder, and pushes what comes of it, with the logins of `portunus`.
//!
//! ADDRESS is that of a `buildkitd` as `buildctl` takes it, `unix://PATH`, `tcp://HOST:PORT` (over TLS
//! with `--tlscacert`, `--tlsservername`, `--tlscert` and `--tlskey`) or `docker-container://NAME`, or
//! `docker://PATH` with the socket of a dockerd.

#![allow(clippy::print_stderr, reason = "a program")]

mod builder;
mod request;

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use portunus::name::ImageReference;
use portunus_buildkit::{BuildImages, BuildSession, BuildSettings};
use portunus_client::{Environment, Overrides, Settings, http};
use portunus_http::{Client, TokenReuse};

use builder::Builder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (mut tag, mut directory) = (String::new(), PathBuf::new());
    let mut builder = Builder::default();
    let (mut overrides, mut no_mount, mut no_cache) = (Overrides::default(), false, false);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            arguments
                .next()
                .ok_or_else(|| format!("{argument}: no value"))
        };
        match &*argument {
            "--addr" | "--tlscacert" | "--tlsservername" | "--tlscert" | "--tlskey" => {
                builder.set(&argument, value()?);
            }
            "--profile" => overrides.profile = Some(value()?),
            "--no-mount" => no_mount = true,
            "--no-token-cache" => no_cache = true,
            "-t" => tag = value()?,
            _ => directory = argument.into(),
        }
    }
    let settings = Settings::read(&overrides, &Environment::of_this_process())?;
    let mut options = http::client(&settings)?.options().clone();
    if no_cache {
        options.tokens = TokenReuse::Off;
    }
    let image: ImageReference = tag.parse()?;
    let mut images = BuildImages::default();
    let dockerfile = std::fs::read_to_string(directory.join("Dockerfile"))?;
    images.read_dockerfile(&dockerfile, &[]);
    images.push(image.clone());
    let mut build = BuildSettings::new(settings.profile.clone());
    build.no_mount = no_mount;
    build.listener = Some(Arc::new(|note| eprintln!("note: {note}")));
    let session = BuildSession::open(&settings.resolver()?, Client::new(options), &images, build)?;
    let builder = builder.connect().await?;
    let attached = session.attach(builder.clone()).await?;
    let built = request::build(builder, session.id(), &image, &directory).await;
    attached.close().await;
    Ok(built.map_err(|status| status.message().to_owned())?)
}
