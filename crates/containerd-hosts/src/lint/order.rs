use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::fault::Fault;
use crate::file::{Endpoint, lowered};
use crate::finding::Severity;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    let mut by_name: HashMap<&str, usize> = HashMap::with_capacity(subject.file.order.len());
    for host in &subject.file.order {
        if by_name.insert(&host.value, host.at).is_some() {
            let message = "containerd asks this host twice: its tables do not follow each other";
            faults.push((
                Severity::Warning,
                Fault::new(host.at, Code::HostListedTwice, message)
                    .help("move all tables of one host together"),
            ));
        }
    }
    let (mirrors, server) = subject.split();
    let mut by_host: HashMap<Cow<'_, str>, &Endpoint> =
        HashMap::with_capacity(subject.endpoints.len());
    for endpoint in mirrors
        .iter()
        .chain(server)
        .filter(|endpoint| !endpoint.host.is_empty())
    {
        let Some(at) = endpoint.at else { continue };
        let other = by_host.insert(lowered(&endpoint.host), endpoint);
        if other.is_some_and(|other| is_one_url_with_other_keys(other, endpoint)) {
            let message = "one URL with two sets of TLS settings: containerd asks it with the one, then with the other";
            faults.push((
                Severity::Warning,
                Fault::new(at, Code::OtherTlsSettings, message)
                    .help("write the same `ca`, `client` and `skip_verify` at both, those of `server` before the first table"),
            ));
        }
        if other
            .is_some_and(|other| (&other.scheme, &other.path) != (&endpoint.scheme, &endpoint.path))
        {
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
