use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;

use foldhash::fast::RandomState;

use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::fault::Fault;
use crate::file::{Endpoint, lowered};
use crate::finding::Severity;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    let hosts = subject.endpoints.iter();
    let hosts = hosts.filter_map(|it| Some((lowered(&it.host), (it, it.at?))));
    let repeated_hosts = repeated(hosts);
    // Two of one name are one host.
    if repeated_hosts.is_empty() {
        return;
    }
    for (_, at) in repeated(asked_names(subject)) {
        let message = "containerd asks this host twice: its tables do not follow each other";
        faults.push((
            Severity::Warning,
            Fault::new(at, Code::HostListedTwice, message)
                .help("move all tables of one host together"),
        ));
    }
    for ((other, _), (endpoint, at)) in repeated_hosts {
        if endpoint.host.is_empty() {
            continue;
        }
        if is_one_url_with_other_keys(other, endpoint) {
            let message = "one URL with two sets of TLS settings: containerd asks it with the one, then with the other";
            faults.push((
                Severity::Warning,
                Fault::new(at, Code::OtherTlsSettings, message)
                    .help("write the same `ca`, `client` and `skip_verify` at both, those of `server` before the first table"),
            ));
        }
        if (&other.scheme, &other.path) != (&endpoint.scheme, &endpoint.path) {
            let message =
                "two entries for one host and port: containerd knows one credential for both";
            faults.push((
                Severity::Warning,
                Fault::new(at, Code::SameHostAndPort, message)
                    .help("give each its own host name or port"),
            ));
        }
    }
}

/// The names of the mirrors, and where they stand. containerd 1.7 asks each once, wherever its tables stand.
fn asked_names<'a>(subject: &Subject<'a>) -> impl Iterator<Item = (&'a str, usize)> {
    let (mirrors, _) = subject.split();
    let is_asked = |at| {
        mirrors
            .binary_search_by_key(&Some(at), |mirror| mirror.at)
            .is_ok()
    };
    let names = subject
        .file
        .order
        .iter()
        .map(|host| (&*host.value, host.at));
    names.filter(move |(_, at)| is_asked(*at))
}

/// What has the same key as something before it, behind the last such.
fn repeated<K: Eq + Hash, T: Copy>(things: impl Iterator<Item = (K, T)>) -> Vec<(T, T)> {
    let (_, most) = things.size_hint();
    let mut latest =
        HashMap::with_capacity_and_hasher(most.unwrap_or_default(), RandomState::default());
    let with_latest = |(key, thing)| latest.insert(key, thing).map(|before| (before, thing));
    things.filter_map(with_latest).collect()
}

fn is_one_url_with_other_keys(one: &Endpoint, other: &Endpoint) -> bool {
    let is_one_url = (&one.scheme, &one.path) == (&other.scheme, &other.path);
    is_one_url && tls_settings(one) != tls_settings(other)
}

type TlsSettings<'a> = (
    Option<bool>,
    Vec<&'a Path>,
    Vec<(&'a Path, Option<&'a Path>)>,
);

fn tls_settings(endpoint: &Endpoint) -> TlsSettings<'_> {
    let ca = endpoint.ca.iter().flatten().map(|file| &*file.path);
    let client = endpoint.client.iter().flatten();
    let client =
        client.map(|(certificate, key)| (&*certificate.path, key.as_ref().map(|key| &*key.path)));
    (endpoint.skip_verify, ca.collect(), client.collect())
}
