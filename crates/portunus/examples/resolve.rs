//! Which hosts are asked for an image, and what each may see: `resolve CERTS_D CONFIG_JSON IMAGE`.

use std::error::Error;
use std::sync::Arc;

use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::{DockerConfig, HelperPrograms};

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("resolve CERTS_D CONFIG_JSON IMAGE");
    let hosts = HostsTree::new(vec![next()?.into()]);
    let docker = DockerConfig::new(next()?, HelperPrograms::new([]));
    let resolver = Resolver::new(hosts).with_source(Arc::new(docker));
    let image = ImageReference::parse(&next()?)?;
    let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT)?;
    for attempt in &plan.attempts {
        let best = attempt.candidates.first();
        let key = best.map(|candidate| candidate.entry.key.to_string());
        let key = key.as_deref().unwrap_or("anonymous");
        println!("{} {key}", attempt.host.host);
    }
    Ok(())
}
