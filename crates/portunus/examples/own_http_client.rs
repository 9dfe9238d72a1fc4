//! Another HTTP client (ureq) with the decisions of this library:
//! `own_http_client pull|push CERTS_D IMAGE CONFIG_JSON…` asks each host for the manifest, or puts
//! one byte into the first that is pushed to. What is sent where, and whether, is decided by the
//! authorizer; `carrier` only carries it, and refuses what it cannot do.

mod carrier;

use std::error::Error;
use std::sync::Arc;

use portunus::authorizer::{Ask, Authorizer, Conduct, Ledger, Method, Rules, Target};
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Attempt, Operation, Resolver};
use portunus::store::{DockerConfig, HelperPrograms};

use carrier::Client;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The digest of one byte `x`.
const DIGEST: &str = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, hosts, image, logins @ ..] = arguments.as_slice() else {
        return Err("own_http_client pull|push CERTS_D IMAGE CONFIG_JSON…".into());
    };
    let mut resolver = Resolver::new(HostsTree::new(vec![hosts.into()]));
    for path in logins {
        let docker = DockerConfig::new(path, HelperPrograms::new([]));
        resolver = resolver.with_source(Arc::new(docker));
    }
    let image = ImageReference::parse(image)?;
    let operation = match verb.as_str() {
        "push" => Operation::Push,
        _ => Operation::Pull,
    };
    let prepared = resolver.prepare(&image, operation, &Profile::DEFAULT)?;
    let ledger = Ledger::new(&prepared, Rules::default());
    let client = Client::new();
    for prepared in prepared.attempts() {
        let (host, attempt) = (ledger.host(&prepared), prepared.attempt());
        if attempt.phases.is_empty() {
            continue;
        }
        let name = &attempt.host.host;
        let told = match operation {
            Operation::Push => upload(&client, &host, &image, attempt),
            _ => manifest(&client, &host, &image, attempt),
        };
        match told {
            Ok(status) => println!("{name}: {status}"),
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}

fn manifest(
    client: &Client,
    host: &Authorizer,
    image: &ImageReference,
    attempt: &Attempt,
) -> Result<u16> {
    let path = format!("/{}/manifests/{}", image.repository(), image.manifest());
    let scopes = attempt.scopes(&["pull"]);
    let ask = Ask::new(Method::Get, Target::path(path)).with_scopes(scopes);
    let answer = client.drive(&mut host.call(ask), b"")?;
    Ok(answer.status().as_u16())
}

fn upload(
    client: &Client,
    host: &Authorizer,
    image: &ImageReference,
    attempt: &Attempt,
) -> Result<u16> {
    let scopes = attempt.scopes(&["pull", "push"]);
    let to = |method, target| {
        let ask = Ask::new(method, target).with_scopes(scopes.clone());
        ask.with_conduct(Conduct::Stay)
    };
    let uploads = format!("/{}/blobs/uploads/", image.repository());
    let mut begun = host.call(to(Method::Post, Target::path(uploads)));
    client.drive(&mut begun, b"")?;
    let location = begun.onward()?.with_query("digest", DIGEST);
    let mut put = host.call(to(Method::Put, Target::Onward(location)));
    let answer = client.drive(&mut put, b"x")?;
    Ok(answer.status().as_u16())
}
