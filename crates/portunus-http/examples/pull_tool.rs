//! A pull tool of one's own: it decides where hosts and credentials come from, which certificate
//! authorities and proxies count, and how progress looks. The library does the rest.
//!
//! ```sh
//! cargo run -p portunus-http --example pull_tool -- \
//!     /etc/containerd/certs.d ~/.config/portunus/credentials.json docker.io/library/alpine /tmp/alpine
//! ```

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a program"
)]

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::CredentialsFile;
use portunus_http::{Client, Event, OciLayout, Options, Progress, PullOptions, Roots};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [hosts, credentials, image, folder] = arguments.as_slice() else {
        eprintln!("usage: pull HOSTS_DIR CREDENTIALS_FILE IMAGE FOLDER");
        return ExitCode::from(2);
    };
    match pull(hosts, credentials, image, folder).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn pull(
    hosts: &str,
    credentials: &str,
    image: &str,
    folder: &str,
) -> Result<(), Box<dyn Error>> {
    let resolver = Resolver::new(HostsTree::new(vec![hosts.into()]))
        .with_source(Arc::new(CredentialsFile::new(credentials)));
    let image = ImageReference::parse(image)?;
    let operation = resolver.prepare(&image, Operation::Pull, &Profile::DEFAULT)?;

    let mut options = Options::default();
    options.roots = Roots::system();
    let client = Client::new(options);

    let layout = OciLayout::create(folder)?;
    let pulled = client
        .pull(&operation, &layout, &PullOptions::default(), &Lines)
        .await?;
    println!(
        "{} in {} parts, {} bytes",
        pulled.manifest.digest, pulled.parts, pulled.bytes
    );
    Ok(())
}

/// One line for what is worth one.
struct Lines;

impl Progress for Lines {
    fn report(&self, event: Event<'_>) {
        match event {
            Event::Resolved { host, digest, .. } => println!("{digest} says {host}"),
            Event::HostFailed(report) => println!("{report}"),
            Event::Warning(text) => eprintln!("warning: {text}"),
            Event::Done {
                descriptor, host, ..
            } => {
                println!(
                    "{} {}",
                    descriptor.digest,
                    host.unwrap_or("is here already")
                );
            }
            _ => {}
        }
    }
}
