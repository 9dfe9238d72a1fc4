//! Which hosts are asked for an image, with what `portunus login` stored: `machine_plan IMAGE`.

use std::error::Error;

use portunus_client::{Environment, ImageReference, Operation, Overrides, Settings};
use portunus_client::{ResolveRequest, resolve};

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> Result<(), Box<dyn Error>> {
    let image = std::env::args().nth(1).ok_or("machine_plan IMAGE")?;
    let image = ImageReference::parse(&image)?;
    let settings = Settings::read(&Overrides::default(), &Environment::of_this_process())?;
    let resolved = resolve(&ResolveRequest::new(image, Operation::Pull), &settings)?;
    for attempt in &resolved.plan().attempts {
        let key = attempt
            .candidates
            .first()
            .map(|it| it.entry.key.to_string());
        println!("{} {}", attempt.host.host, key.unwrap_or_default());
    }
    Ok(())
}
