//! A store of one's own: here the logins that a company's vault keeps, held in memory.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::{Authority, CredentialKey, ImageReference, Profile};
use portunus::resolve::{Operation, Resolver};
use portunus::store::{Entries, Entry, Provenance, Source, SourceError, SourceName, Store, Stored};

#[derive(Debug, Default)]
struct Vault(Mutex<Vec<(CredentialKey, Credential)>>);

impl Vault {
    fn held(&self) -> Vec<(CredentialKey, Credential)> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    fn change(&self, change: impl FnOnce(&mut Vec<(CredentialKey, Credential)>)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn entries_where(&self, wanted: impl Fn(&CredentialKey) -> bool) -> Vec<Entry> {
        let held = self.held().into_iter().filter(|(key, _)| wanted(key));
        let entry = |(key, credential): (CredentialKey, Credential)| {
            let mut entry = Entry::new(key, self.name(), "the company's vault");
            entry.username = credential.username().map(str::to_owned);
            entry.kind = Some(credential.kind());
            entry
        };
        held.map(entry).collect()
    }
}

impl Source for Vault {
    /// What the plan calls it.
    fn name(&self) -> SourceName {
        SourceName::new("vault")
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        Ok(self.entries_where(|key| key.covers_host(host)).into())
    }

    /// A vault that is sealed would answer here with an error: the plan is made without it.
    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        let found = self.held().into_iter().find(|(key, _)| *key == entry.key);
        Ok(found.map(|(_, credential)| credential))
    }
}

impl Store for Vault {
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        _: &Provenance,
    ) -> Result<Stored, SourceError> {
        self.remove(key)?;
        self.change(|held| held.push((key.clone(), credential.clone())));
        Ok(Stored::at("the company's vault"))
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        let removed = self.entries_where(|held| held == key);
        self.change(|held| held.retain(|(other, _)| other != key));
        Ok(removed)
    }

    fn list(&self) -> Result<Entries, SourceError> {
        Ok(self.entries_where(|_| true).into())
    }
}

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> Result<(), Box<dyn Error>> {
    let vault = Vault::default();
    let key: CredentialKey = "reg.test?path=team".parse()?;
    let robot = Credential::password("robot", "secret");
    vault.put(&key, &robot, &Provenance::default())?;
    let resolver = Resolver::new(HostsTree::new(Vec::new())).with_source(Arc::new(vault));
    let image = ImageReference::parse("reg.test/team/app:v1")?;
    let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT)?;
    for candidate in plan.attempts.iter().flat_map(|attempt| &attempt.candidates) {
        println!("{}: {}", candidate.entry.key, candidate.rule);
    }
    Ok(())
}
