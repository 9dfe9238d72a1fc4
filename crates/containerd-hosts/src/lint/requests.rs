//! Entries that can be asked, and where no registry answers.

use super::subject::{Faults, Subject};
use crate::byte_set::ByteSet;
use crate::code::Code;
use crate::fault::Fault;
use crate::file::Endpoint;
use crate::finding::Severity;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    for endpoint in subject.endpoints {
        let Some(at) = endpoint.at.filter(|_| !endpoint.host.is_empty()) else {
            continue;
        };
        let path = match endpoint.overrides_path {
            true => path_outside_v2(endpoint, at),
            false => path_behind_v2(endpoint, at).or_else(|| path_of_v1(endpoint, at)),
        };
        faults.extend(path.map(|fault| (Severity::Warning, fault)));
        faults.extend(web_site(endpoint, at).map(|fault| (Severity::Warning, fault)));
        faults.extend(impossible_host(endpoint, at).map(|fault| (Severity::Error, fault)));
        faults.extend(unpaired_client(subject, endpoint).map(|fault| (Severity::Warning, fault)));
    }
}

/// `https://HOST/v2/PATH`, as the documentation of several registries has it for other programs.
fn path_behind_v2(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    let meant = endpoint.path.strip_suffix("/v2")?;
    meant.strip_prefix("/v2/")?;
    let asked = url(endpoint, &endpoint.path);
    let message = format!("containerd adds `/v2` to this path, and asks `{asked}/…`");
    let help = format!(
        "write `override_path = true` here, so that it asks `{}/…`",
        url(endpoint, meant)
    );
    Some(Fault::new(at, Code::PathBehindV2, message).help(help))
}

/// `https://HOST/v1/`, as docker's file names a login.
fn path_of_v1(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    let path = endpoint.path.strip_suffix("/v2")?;
    if path.trim_matches('/') != "v1" {
        return None;
    }
    let asked = url(endpoint, &endpoint.path);
    let message = format!("containerd adds `/v2` to this path, and asks `{asked}/…`");
    let host = host_name(endpoint);
    let mut docker_hub = ["docker.io", "index.docker.io", "registry-1.docker.io"].into_iter();
    let help = match docker_hub.any(|name| host.eq_ignore_ascii_case(name)) {
        true => format!("write `{DOCKER_HUB}`"),
        false => format!("write `{}`", url(endpoint, "")),
    };
    Some(Fault::new(at, Code::PathOfV1, message).help(help))
}

/// The API of a registry lies below `/v2` (distribution specification, "Endpoints").
fn path_outside_v2(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    if endpoint.path.split('/').any(|part| part == "v2") {
        return None;
    }
    let asked = url(endpoint, &endpoint.path);
    let message =
        format!("with `override_path` containerd asks `{asked}/…`, which is not below `/v2`");
    let help = format!(
        "write `{}`",
        url(
            endpoint,
            &format!("/v2{}", endpoint.path.trim_end_matches('/'))
        )
    );
    Some(Fault::new(at, Code::PathOutsideV2, message).help(help))
}

/// Whether a web site is named, for which another host would be written.
pub(super) fn is_web_site(endpoint: &Endpoint) -> bool {
    registry_of_web_site(endpoint).is_some()
}

const DOCKER_HUB: &str = "https://registry-1.docker.io";

/// Web sites that are named as registries, and the registries that are meant.
const WEB_SITES: [(&str, &str); 18] = [
    ("docker.io", DOCKER_HUB),
    ("www.docker.io", DOCKER_HUB),
    ("docker.com", DOCKER_HUB),
    ("www.docker.com", DOCKER_HUB),
    ("hub.docker.com", DOCKER_HUB),
    ("app.docker.com", DOCKER_HUB),
    ("github.com", "https://ghcr.io"),
    ("www.github.com", "https://ghcr.io"),
    ("gitlab.com", "https://registry.gitlab.com"),
    ("www.gitlab.com", "https://registry.gitlab.com"),
    ("ngc.nvidia.com", "https://nvcr.io"),
    ("catalog.ngc.nvidia.com", "https://nvcr.io"),
    ("catalog.redhat.com", "https://registry.redhat.io"),
    ("access.redhat.com", "https://registry.access.redhat.com"),
    ("www.elastic.co", "https://docker.elastic.co"),
    ("gallery.ecr.aws", "https://public.ecr.aws"),
    ("www.quay.io", "https://quay.io"),
    ("kubernetes.io", "https://registry.k8s.io"),
];

fn web_site(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    let (site, registry) = registry_of_web_site(endpoint)?;
    let message = format!("{site} is a web site, and no registry");
    Some(Fault::new(at, Code::WebSite, message).help(format!("write `{registry}`")))
}

fn registry_of_web_site(endpoint: &Endpoint) -> Option<(&'static str, &'static str)> {
    let host = host_name(endpoint);
    let mut sites = WEB_SITES.iter();
    let found = sites.find(|(site, _)| host.eq_ignore_ascii_case(site));
    found.copied()
}

/// The host, without the port where that is the usual one.
fn host_name(endpoint: &Endpoint) -> &str {
    let host = endpoint.host.strip_suffix(":443");
    host.unwrap_or(&endpoint.host)
}

static IN_HOSTS: ByteSet = ByteSet::ALPHANUMERIC.with(b".-_:[]%");

fn impossible_host(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    if IN_HOSTS.holds_all(&endpoint.host) {
        return None;
    }
    let message = "no host can have this name, so that every request to it fails";
    let help = "write the name or the address of one host; what is for all registries belongs into the directory `_default`";
    Some(Fault::new(at, Code::ImpossibleHost, message).help(help))
}

/// Two files of which the second is the key of the first, without the list that makes them a pair.
fn unpaired_client(subject: &Subject<'_>, endpoint: &Endpoint) -> Option<Fault> {
    let [(certificate, None), (key, None)] = endpoint.client.as_deref()? else {
        return None;
    };
    let at = certificate.at?;
    let name = |path: &std::path::Path| {
        let below = path.strip_prefix(subject.directory).unwrap_or(path);
        shorten(&below.to_string_lossy())
    };
    let (certificate, key) = (name(&certificate.path), name(&key.path));
    if !key.contains("key") {
        return None;
    }
    let message = "each text of `client` names a file with a certificate and its key in it; a certificate and the file of its key stand in a list of their own";
    Some(
        Fault::new(at, Code::UnpairedClient, message)
            .help(format!("write `client = [[\"{certificate}\", \"{key}\"]]`")),
    )
}

/// A URL with that path; users, queries and fragments are not in it.
fn url(endpoint: &Endpoint, path: &str) -> String {
    shorten(&format!("{}://{}{path}", endpoint.scheme, endpoint.host))
}

fn shorten(text: &str) -> String {
    text.chars().take(200).collect()
}
