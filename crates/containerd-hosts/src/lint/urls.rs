use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::fault::Fault;
use crate::file::{Endpoint, lowered};
use crate::finding::Severity;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    let last = subject.endpoints.len().saturating_sub(1);
    for (index, endpoint) in subject.endpoints.iter().enumerate() {
        let is_server = index == last;
        let Some(at) = endpoint.at else { continue };
        let server = subject.file.server.as_ref().filter(|_| is_server);
        if server.is_some_and(|server| server.value.is_empty()) {
            continue;
        }
        if let Some(fault) = misspelt(endpoint, at, is_server) {
            faults.push((Severity::Error, fault));
        }
        if endpoint.has_user {
            let message = "a user or password in the URL, which containerd drops";
            faults.push((
                Severity::Error,
                Fault::new(at, Code::UserinfoInUrl, message)
                    .help("take it out, and give the credential to the client that pulls")
                    .at_host(endpoint.as_subject()),
            ));
        }
        if endpoint.has_query_or_fragment {
            let message = "a query or a fragment in the URL, which containerd drops";
            faults.push((
                Severity::Warning,
                Fault::new(at, Code::QueryInUrl, message)
                    .help("write scheme, host, port and path only"),
            ));
        }
        if let Some(fault) = http_with_tls(endpoint, at) {
            faults.push((Severity::Warning, fault));
        }
        if let Some(fault) = path_mirror(endpoint, at).filter(|_| !is_server) {
            faults.push((Severity::Warning, fault));
        }
    }
}

/// A URL in which containerd finds another host than a reader does, or none.
fn misspelt(endpoint: &Endpoint, at: usize, is_server: bool) -> Option<Fault> {
    let help = "write `https://HOST[:PORT][/PATH]` or `http://…`, in lower case";
    if endpoint.host.is_empty() {
        let outcome = if is_server {
            "containerd asks the registry namespace's own upstream in its place"
        } else {
            "every request to it fails"
        };
        let message = format!("containerd finds no host in this URL; {outcome}");
        return Some(Fault::new(at, Code::MisspeltUrl, message).help(help));
    }
    if !matches!(&*endpoint.scheme, "http" | "https") {
        let message =
            "containerd speaks neither http nor https to this host; every request to it fails";
        return Some(Fault::new(at, Code::MisspeltUrl, message).help(help));
    }
    if endpoint.has_odd_scheme {
        let message = "containerd takes what stands before `://` for the name of the host";
        return Some(Fault::new(at, Code::MisspeltUrl, message).help(help));
    }
    None
}

fn http_with_tls(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    if endpoint.scheme != "http" || !endpoint.has_tls_settings() {
        return None;
    }
    let message = "TLS settings for an `http://` host: containerd tries https first, then repeats the request over plain http";
    Some(
        Fault::new(at, Code::HttpWithTls, message)
            .help("write `https://`, or take out `ca`, `client` and `skip_verify`"),
    )
}

/// Registries whose token servers hand out exactly the scope that a path mirror does not ask for.
fn path_mirror(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    if matches!(endpoint.path.trim_start_matches('/'), "" | "v2") {
        return None;
    }
    let host = lowered(&endpoint.host);
    let host = host.split(':').next().unwrap_or_default();
    let mut strict_domains = [".gcr.io", ".pkg.dev"].iter();
    let is_strict = matches!(host, "ghcr.io" | "gcr.io");
    if !is_strict && !strict_domains.any(|end| host.ends_with(end)) {
        return None;
    }
    let message = "containerd asks this registry for a token without the path in the repository's name, which it refuses";
    Some(
        Fault::new(at, Code::PathMirrorScope, message).help(
            "mirror it at a host of its own, or pull with a client that asks for the whole name",
        ),
    )
}
