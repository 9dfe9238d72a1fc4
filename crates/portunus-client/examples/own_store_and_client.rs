//! A store of one's own before those of this machine, and an HTTP client of one's own (ureq):
//! `own_store_and_client IMAGE`, with a login for every host of the image in `VAULT=USER:PASSWORD`,
//! asks each host whether it has the image. What is sent where, and whether, the authorizer decides.

#[path = "../../portunus/examples/carrier/mod.rs"]
mod carrier;

use std::error::Error;
use std::sync::Arc;

use portunus::authorizer::{Ask, Ledger, Method, Rules, Target};
use portunus::credential::Credential;
use portunus::name::{Authority, CredentialKey};
use portunus::store::{Entries, Entry, Source, SourceError, SourceName};
use portunus_client::{Environment, ImageReference, Operation, Overrides, Settings};

use carrier::Client;

/// One account for every host that is asked for.
#[derive(Debug)]
struct Vault(Credential);

impl Source for Vault {
    fn name(&self) -> SourceName {
        SourceName::new("vault")
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        let key = CredentialKey::plain(host.clone());
        let mut entry = Entry::new(key, self.name(), "the company's vault");
        entry.username = self.0.username().map(str::to_owned);
        entry.kind = Some(self.0.kind());
        Ok(vec![entry].into())
    }

    fn credential(&self, _: &Entry) -> Result<Option<Credential>, SourceError> {
        Ok(Some(self.0.clone()))
    }
}

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> Result<(), Box<dyn Error>> {
    let image = std::env::args()
        .nth(1)
        .ok_or("own_store_and_client IMAGE")?;
    let image = ImageReference::parse(&image)?;
    let environment = Environment::of_this_process();
    let account = environment.text("VAULT")?.and_then(|it| it.split_once(':'));
    let (username, password) = account.ok_or("VAULT is USER:PASSWORD")?;
    let vault = Vault(Credential::password(username, password));

    let settings = Settings::read(&Overrides::default(), &environment)?;
    let resolver = settings.resolver_behind(vec![Arc::new(vault)])?;
    let operation = resolver.prepare(&image, Operation::Pull, &settings.profile)?;
    let mut rules = Rules::default();
    rules.trust = settings.trust();
    let (client, ledger) = (Client::new(), Ledger::new(&operation, rules));
    for prepared in operation.attempts() {
        let (host, attempt) = (ledger.host(&prepared), prepared.attempt());
        let path = format!("/{}/manifests/{}", image.repository(), image.manifest());
        let ask = Ask::new(Method::Get, Target::path(path)).with_scopes(attempt.scopes(&["pull"]));
        match client.drive(&mut host.call(ask), b"") {
            Ok(answer) => println!("{}: {}", attempt.host.host, answer.status().as_u16()),
            Err(error) => println!("{}: {error}", attempt.host.host),
        }
    }
    Ok(())
}
