//! A hosts directory and a store in memory, and what is planned over them.

use std::path::Path;
use std::sync::Arc;

use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Operation, Plan, Resolver};
use portunus::store::{MemoryStore, Provenance, SourceName, Store};

pub(crate) const TWO_MIRRORS: &str = "\
server = \"https://reg-a.test\"
[host.\"https://mirror.test:5000\"]
capabilities = [\"pull\", \"resolve\"]
[host.\"https://mirror.test:5001/v2/cache\"]
capabilities = [\"pull\"]
override_path = true
";

pub(crate) fn resolver(root: &Path, hosts_toml: &str, keys: &[&str]) -> Resolver {
    let dir = root.join("reg-a.test");
    std::fs::create_dir_all(&dir).unwrap();
    std::fs::write(dir.join("hosts.toml"), hosts_toml).unwrap();
    let store = MemoryStore::new(SourceName::FILE);
    for key in keys {
        let credential = Credential::password(*key, "secret");
        store
            .put(&key.parse().unwrap(), &credential, &Provenance::default())
            .unwrap();
    }
    Resolver::new(HostsTree::new(vec![root.to_owned()]))
        .explaining(true)
        .with_source(Arc::new(store))
}

pub(crate) fn plan(hosts_toml: &str, keys: &[&str], image: &str, operation: Operation) -> Plan {
    let root = tempfile::tempdir().unwrap();
    let reference = ImageReference::parse(image).unwrap();
    resolver(root.path(), hosts_toml, keys)
        .resolve(&reference, operation, &Profile::DEFAULT)
        .unwrap()
}

/// The keys of the candidates, host by host.
pub(crate) fn candidates(plan: &Plan) -> Vec<Vec<String>> {
    let keys = |candidates: &[portunus::resolve::Candidate]| {
        candidates
            .iter()
            .map(|candidate| candidate.entry.key.to_string())
            .collect()
    };
    plan.attempts
        .iter()
        .map(|attempt| keys(&attempt.candidates))
        .collect()
}
