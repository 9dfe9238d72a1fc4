//! Which hosts are asked for an image, and what each may see: `resolve CERTS_D CONFIG_JSON IMAGE`.

use std::error::Error;
use std::sync::Arc;

use portunus::hosts::HostsDirectories;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::{DockerConfig, HelperPrograms};

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [hosts, logins, image] = arguments.as_slice() else {
        return Err("resolve CERTS_D CONFIG_JSON IMAGE".into());
    };
    let docker = DockerConfig::new(logins, HelperPrograms::new([]));
    let resolver =
        Resolver::new(HostsDirectories::new(vec![hosts.into()])).with_source(Arc::new(docker));
    let image = ImageReference::parse(image)?;
    let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT)?;
    for attempt in &plan.attempts {
        let best = attempt.candidates.first();
        let key = best.map(|candidate| candidate.entry.key.to_string());
        println!(
            "{} {}",
            attempt.host.host,
            key.as_deref().unwrap_or("anonymous")
        );
    }
    Ok(())
}
