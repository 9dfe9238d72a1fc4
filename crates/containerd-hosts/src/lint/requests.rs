//! Entries that can be asked, and where no registry answers.

use super::subject::{Faults, Subject};
use crate::code::Code;
use crate::fault::Fault;
use crate::file::Endpoint;
use crate::finding::Severity;

pub(super) fn lint(subject: &Subject<'_>, faults: &mut Faults) {
    let last = subject.endpoints.len().saturating_sub(1);
    for (index, endpoint) in subject.endpoints.iter().enumerate() {
        let Some(name) = endpoint.name.as_ref().filter(|_| !endpoint.host.is_empty()) else {
            continue;
        };
        let overrides = match index == last {
            true => subject.file.root.override_path.as_ref().map(|it| it.value),
            false => subject.file.overrides_path(&name.value),
        };
        let path = match overrides.unwrap_or_default() {
            true => path_outside_v2(endpoint, name.at),
            false => path_behind_v2(endpoint, name.at),
        };
        faults.extend(path.map(|fault| (Severity::Warning, fault)));
        faults.extend(web_site(endpoint, name.at).map(|fault| (Severity::Warning, fault)));
        faults.extend(impossible_host(endpoint, name.at).map(|fault| (Severity::Error, fault)));
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

/// Web sites that are named as registries, and the registries that are meant.
const WEB_SITES: [(&str, &str); 5] = [
    ("docker.io", "https://registry-1.docker.io"),
    ("www.docker.io", "https://registry-1.docker.io"),
    ("hub.docker.com", "https://registry-1.docker.io"),
    ("github.com", "https://ghcr.io"),
    ("gitlab.com", "https://registry.gitlab.com"),
];

fn web_site(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    let host = endpoint.host.to_ascii_lowercase();
    let host = host.strip_suffix(":443").unwrap_or(&host);
    let (_, registry) = WEB_SITES.iter().find(|(site, _)| *site == host)?;
    let message = format!("{host} is a web site, and no registry");
    Some(Fault::new(at, Code::WebSite, message).help(format!("write `{registry}`")))
}

fn impossible_host(endpoint: &Endpoint, at: usize) -> Option<Fault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_:[]%".contains(c);
    if endpoint.host.chars().all(allowed) {
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
