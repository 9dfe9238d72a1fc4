//! Which entries match, globs among them, and in which order they go.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use portunus::credential::Credential;
use portunus::hosts::HostsTree;
use portunus::name::{CredentialKey, ImageReference, Profile};
use portunus::resolve::{Operation, Plan, Resolver};
use portunus::store::{CredentialsFile, MemoryStore, Provenance, Source, SourceName, Store};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::worlds::{candidates, plan};

/// A key as loose texts: host, registry namespace, repository prefix, profile.
type Loose = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

const SOURCES: [SourceName; 3] = [
    SourceName::COMMAND_LINE,
    SourceName::FILE,
    SourceName::DOCKER,
];

fn loose_key() -> impl Strategy<Value = Loose> {
    (
        prop::sample::select(vec!["a.test", "b.test", "*.test", "a.test:5000"]),
        prop::option::of(prop::sample::select(vec!["b.test", "c.test"])),
        prop::option::of(prop::sample::select(vec![
            "team", "team/app", "teamwork", "te",
        ])),
        prop::option::of(prop::sample::select(vec!["ci", "dev"])),
    )
}

fn text((host, ns, path, profile): &Loose) -> String {
    let mut text = (*host).to_owned();
    for (name, value) in [("ns", ns), ("path", path), ("profile", profile)] {
        if let Some(value) = value {
            let separator = if text.contains('?') { '&' } else { '?' };
            text.push_str(&format!("{separator}{name}={value}"));
        }
    }
    text
}

/// What the rules say, said naively: the position of the entry in the order, or no match.
fn naive_rank(
    (host, ns, path, profile): &Loose,
    image: (&str, &str),
    wanted: Option<&str>,
    source: usize,
) -> Option<(u8, u8, usize, usize)> {
    let (registry, repository) = image;
    let host_fits = *host == registry || (*host == "*.test" && !registry.contains(':'));
    let path_fits = path.is_none_or(|p| format!("{repository}/").starts_with(&format!("{p}/")));
    let ns_fits = ns.is_none_or(|ns| ns == registry);
    // A key for the registry's own host is a plain one.
    let scoped = ns.is_some_and(|ns| ns != *host);
    (host_fits && path_fits && ns_fits && *profile == wanted).then(|| {
        let segments = path.map_or(0, |path| path.split('/').count());
        (
            u8::from(*host == "*.test"),
            u8::from(!scoped),
            9 - segments,
            source,
        )
    })
}

proptest! {
    #[support::test]
    fn candidates_are_those_of_the_naive_model_in_its_order(
        keys in prop::collection::vec((loose_key(), 0..SOURCES.len()), 0..12),
        registry in prop::sample::select(vec!["a.test", "b.test", "a.test:5000"]),
        repository in prop::sample::select(vec!["team/app", "team", "teamwork/x", "team/app/sub"]),
        profile in prop::option::of(prop::sample::select(vec!["ci", "dev"])),
    ) {
        let stores = SOURCES.map(MemoryStore::new);
        let mut expected = Vec::new();
        let mut stored: Vec<(CredentialKey, usize)> = Vec::new();
        for (loose, source) in &keys {
            let key: CredentialKey = text(loose).parse().unwrap();
            if stored.contains(&(key.clone(), *source)) {
                continue;
            }
            stored.push((key.clone(), *source));
            stores[*source]
                .put(&key, &Credential::password("u", "p"), &Provenance::default())
                .unwrap();
            let image = (registry, repository);
            if let Some(rank) = naive_rank(loose, image, profile, *source) {
                expected.push((rank, key, SOURCES[*source]));
            }
        }
        expected.sort_by_key(|(rank, ..)| *rank);
        let reference = ImageReference::parse(&format!("{registry}/{repository}:v1")).unwrap();
        let profile = profile.map_or(Profile::DEFAULT, |name| Profile::new(name).unwrap());
        let expected: Vec<_> = expected.into_iter().map(|(_, key, source)| (key, source)).collect();
        let concerning = |plan: &Plan| {
            let host = plan.attempts[0].authority.as_ref().unwrap();
            stored.iter().filter(|(key, _)| key.covers_host(host)).count()
        };
        let folder = tempfile::tempdir().unwrap();
        let in_file = stored.iter().filter(|(_, source)| SOURCES[*source] == SourceName::FILE);
        let file = file_with(folder.path(), in_file.map(|(key, _)| key));
        let [first, in_memory, last] = stores.map(|store| Arc::new(store) as Arc<dyn Source>);
        for second in [in_memory, Arc::new(file)] {
            for explain in [false, true] {
                let sources = [Arc::clone(&first), Arc::clone(&second), Arc::clone(&last)];
                let resolver = Resolver::new(HostsTree::new(vec![])).explaining(explain);
                let resolver = sources.into_iter().fold(resolver, Resolver::with_source);
                let plan = resolver.resolve(&reference, Operation::Pull, &profile).unwrap();
                let attempt = &plan.attempts[0];
                let found = attempt.candidates.iter();
                let found: Vec<_> = found
                    .map(|candidate| (candidate.entry.key.clone(), candidate.entry.source))
                    .collect();
                prop_assert_eq!(&found, &expected);
                prop_assert_eq!(found.len() + attempt.others, concerning(&plan));
                let told = if explain { attempt.others } else { 0 };
                prop_assert_eq!(attempt.passed_over.len(), told);
            }
        }
    }
}

/// Our own file with an entry for each of these keys.
fn file_with<'k>(folder: &Path, keys: impl Iterator<Item = &'k CredentialKey>) -> CredentialsFile {
    let path = folder.join("credentials.json");
    let entry = json!({"kind": "password", "username": "u", "secret": "p"});
    let entries: Map<String, Value> = keys.map(|key| (key.to_string(), entry.clone())).collect();
    let text = json!({"version": 1, "credentials": entries}).to_string();
    fs::write(&path, text).unwrap();
    CredentialsFile::new(path)
}

#[support::test]
fn the_most_specific_entry_goes_first() {
    let keys = [
        "*.test",
        "reg-a.test",
        "reg-a.test?path=team",
        "reg-a.test?path=team/app",
        "reg-a.test?path=teamwork",
        "reg-a.test?profile=ci",
    ];
    let plan = plan("", &keys, "reg-a.test/team/app:v1", Operation::Pull);
    let expected: [&[&str]; 1] = [&[
        "reg-a.test?path=team/app",
        "reg-a.test?path=team",
        "reg-a.test",
        "*.test",
    ]];
    assert_eq!(candidates(&plan), expected);
}
